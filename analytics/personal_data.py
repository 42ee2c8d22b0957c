"""How the figures that name a person are exported and erased (METRICS C7)."""

from django.db import connection

from analytics import days
from analytics.models import LearnerDay, Seat
from analytics.rollups.rebuilding import first_day, mark
from people.models import User
from people.privacy import register

NOT_OF_THE_PERSON = {"id", "organisation", "user", "unit_id"}
KEEP_VOLUMES = """
    INSERT INTO analytics_anonymousday (organisation_id, day, space_id, contributions)
    SELECT organisation_id, day, space_id, contributions FROM analytics_learnerday
    WHERE user_id = %s AND contributions > 0
    ON CONFLICT ON CONSTRAINT anonymous_day_once
    DO UPDATE SET contributions = analytics_anonymousday.contributions + EXCLUDED.contributions
"""


def erase_days(user: User) -> int:
    """The rows go; the days are rebuilt without the person. What was said stays counted, by nobody."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP_VOLUMES, [user.pk])
    if user.organisation is not None:
        acted = LearnerDay.objects.filter(user=user).values_list("day", flat=True)
        joined = days.civil_day(user.joined_at, user.organisation.zone)
        first = max(first_day(user.organisation), min([joined, *acted]))
        mark(user.organisation.pk, days.each_day(first, days.today(user.organisation)))
    return LearnerDay.objects.filter(user=user).delete()[0]


# Every column: what is counted about somebody later comes along by itself.
COUNTED = [field.attname for field in LearnerDay._meta.fields if field.name not in NOT_OF_THE_PERSON]
register(LearnerDay, "user", *COUNTED, erase=erase_days)
# A place in a bitmap says nothing by itself: there is nothing of it to take along.
register(Seat, "user", export=lambda user: [])
