from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0003_whose_acts_a_mark_changes")]
    operations = [
        migrations.AddField("dirtyday", "said", models.BooleanField(db_default=True, default=True)),
    ]
