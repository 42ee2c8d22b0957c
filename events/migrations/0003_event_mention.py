from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # The log is written while the index is made.
    dependencies = [("events", "0002_event_space_left")]
    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                fields=["post_id"],
                condition=models.Q(verb="community.person_mentioned"),
                name="event_mention",
            ),
        ),
    ]
