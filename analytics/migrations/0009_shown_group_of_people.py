from django.db import migrations, models


class Migration(migrations.Migration):
    """A group shown twice for other people is two answers: the first is no longer forgotten."""

    dependencies = [("analytics", "0008_useful_marks")]
    operations = [
        migrations.RemoveConstraint("showngroup", "shown_group_once"),
        migrations.AddConstraint(
            "showngroup",
            models.UniqueConstraint(
                fields=["organisation", "starts_on", "ends_on", "filters", "digest"],
                name="shown_group_of_people_once",
            ),
        ),
    ]
