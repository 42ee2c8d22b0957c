"""How many enrolments stood at the end of a day, and how many were completed (METRICS M21)."""

from django.db import connection

from analytics.days import bounds
from analytics.models import CompletionDay
from analytics.rollups.roster import LEARNERS
from analytics.rollups.statements import statement

INSERT = statement("completion_days").format(learners=LEARNERS)


def rebuild(organisation, day) -> None:
    CompletionDay.objects.filter(organisation=organisation, day=day).delete()
    start, end = bounds(day, organisation.zone)
    # Enrolled for seven days, that one included: on the sixth day before it at the latest.
    exposed = bounds(day.fromordinal(day.toordinal() - 5), organisation.zone)[0]
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {"organisation": organisation.pk, "day": day, "start": start, "end": end, "exposed": exposed},
        )
