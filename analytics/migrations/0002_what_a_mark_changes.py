from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial")]
    operations = [
        migrations.AddField("dirtyday", "roster", models.BooleanField(db_default=True, default=True)),
    ]
