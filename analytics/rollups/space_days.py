"""What was said in each space on a day. Built after the learners' days, which it counts, in one transaction with them."""

from collections.abc import Collection

from django.db import connection

from analytics.models import SpaceDay
from analytics.rollups.learner_days import parameters
from analytics.rollups.statements import statement

INSERT = statement("space_days")
LEARNERS = statement("learners_of_spaces")


def rebuild(organisation, day) -> None:
    SpaceDay.objects.filter(organisation=organisation, day=day).delete()
    with connection.cursor() as cursor:
        cursor.execute(INSERT, parameters(organisation, day))


def count_learners(organisation, day, spaces: Collection[int]) -> None:
    """Count again who was in these spaces, after a day on which some came in and nothing was said."""
    with connection.cursor() as cursor:
        cursor.execute(LEARNERS, {"organisation": organisation.pk, "day": day, "spaces": sorted(spaces)})
