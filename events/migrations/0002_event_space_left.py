from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # The log is written while the index is made.
    dependencies = [("events", "0001_initial")]
    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                fields=["at"],
                condition=models.Q(verb="community.space_left"),
                name="event_space_left",
            ),
        ),
    ]
