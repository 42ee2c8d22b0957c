from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0007_split_blocks")]
    operations = [
        migrations.AddField(
            "learnerday", "useful_marks", models.PositiveIntegerField(db_default=0, default=0)
        ),
    ]
