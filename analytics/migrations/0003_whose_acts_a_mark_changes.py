from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0002_what_a_mark_changes")]
    operations = [
        migrations.AddField("dirtyday", "people", ArrayField(models.BigIntegerField(), null=True)),
    ]
