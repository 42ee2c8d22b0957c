"""What became of the questions that learners asked on a day."""

from django.db import connection

from analytics.days import bounds
from analytics.models import ThreadFact
from analytics.rollups.statements import statement

INSERT = statement("thread_facts")


def rebuild(organisation, day) -> None:
    ThreadFact.objects.filter(organisation=organisation, day=day).delete()
    start, end = bounds(day, organisation.zone)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, {"organisation": organisation.pk, "day": day, "start": start, "end": end})
