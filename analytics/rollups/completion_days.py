"""How many enrolments stood at the end of a day, how many were completed, and whose they are (METRICS M21)."""

from collections import Counter

from django.db import connection

from analytics import bitmaps
from analytics.days import bounds
from analytics.models import CompletionDay
from analytics.rollups.roster import LEARNERS
from analytics.rollups.statements import statement

STANDING = statement("completion_days").format(learners=LEARNERS)
PEOPLE = ("enrolled_people", "completed_people")


def rebuild(organisation, day) -> None:
    CompletionDay.objects.filter(organisation=organisation, day=day).delete()
    start, end = bounds(day, organisation.zone)
    # Enrolled for seven days, that one included: on the sixth day before it at the latest.
    exposed = bounds(day.fromordinal(day.toordinal() - 5), organisation.zone)[0]
    parameters = {"organisation": organisation.pk, "day": day, "start": start, "end": end, "exposed": exposed}
    with connection.cursor() as cursor:
        cursor.execute(STANDING, parameters)
        columns = [column.name for column in cursor.description]
        found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    for row in found:
        # A seat stands there once for each enrolment.
        row.update((name, _packed(row[name] or [])) for name in PEOPLE)
    CompletionDay.objects.bulk_create(
        [CompletionDay(organisation=organisation, day=day, **row) for row in found], batch_size=1_000
    )


def _packed(seats: list[int]) -> bytes:
    return bitmaps.packed_slices(bitmaps.slices_of(Counter(seats)))
