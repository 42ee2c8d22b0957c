from django.db import migrations, models

from analytics import bitmaps


def count_people(apps, _editor):
    for group in apps.get_model("analytics", "ShownGroup").objects.iterator():
        group.size = bitmaps.Unpacker(group.people).people().bit_count()
        group.save(update_fields=["size"])


class Migration(migrations.Migration):
    """Which figures a group was shown with and how many its people are; who the enrolments of a day are."""

    dependencies = [("analytics", "0009_shown_group_of_people")]
    operations = [
        migrations.AddField("completionday", "enrolled_people", models.BinaryField(db_default=b"\0")),
        migrations.AddField("completionday", "completed_people", models.BinaryField(db_default=b"\0")),
        migrations.AddField("showngroup", "size", models.PositiveIntegerField(db_default=0)),
        migrations.AddField(
            "showngroup",
            "figures",
            models.CharField(
                choices=[
                    ("activity", "Activity"),
                    ("questions", "Questions"),
                    ("enrolments", "Enrolments"),
                ],
                db_default="activity",
                max_length=10,
            ),
        ),
        migrations.RunPython(count_people, migrations.RunPython.noop),
        migrations.AddIndex(
            "showngroup",
            models.Index(fields=["organisation", "figures", "size"], name="shown_group_of_size"),
        ),
    ]
