from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0010_lesson_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="batch",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
    ]
