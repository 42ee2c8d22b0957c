from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0009_departures_and_mutes"),
    ]

    operations = [
        migrations.AddField(
            model_name="space",
            name="welcomes",
            field=models.BooleanField(
                db_default=False,
                default=False,
                verbose_name="Newcomers of the organisation are members from their first day",
            ),
        ),
    ]
