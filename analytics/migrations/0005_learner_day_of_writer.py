from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # Figures are counted while the index is made.
    dependencies = [("analytics", "0004_whether_something_was_said")]
    operations = [
        AddIndexConcurrently(
            model_name="learnerday",
            index=models.Index(
                fields=["space_id", "day"],
                include=["user"],
                condition=models.Q(contributions__gt=0),
                name="learner_day_of_writer",
            ),
        ),
    ]
