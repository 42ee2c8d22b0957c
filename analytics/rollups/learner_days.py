"""What each learner did on a day, in one statement, from the log and from what became of the posts."""

from datetime import timedelta

from django.db import connection

from analytics.days import bounds
from analytics.rollups.statements import statement
from community.models import Thread
from events.models import Event
from events.verbs import CONTRIBUTIONS, PARTICIPATIONS, PRESENCE

# A post that repeats the author's own text of the last 24 hours is not a contribution (METRICS C3).
REPEAT = timedelta(hours=24)
# How alike two texts must be, from 0 to 1, by their trigrams.
ALIKE = 0.9
# Posts of one author in one thread closer than this count once (METRICS M05).
BURST = timedelta(minutes=10)

COUNTED = statement("counted_contributions")
INSERT = statement("learner_days")


def parameters(organisation, day, people: list[int] | None = None) -> dict:
    start, end = bounds(day, organisation.zone)
    return {
        "organisation": organisation.pk,
        "day": day,
        "people": people,
        "start": start,
        "end": end,
        "lookback": start - REPEAT,
        "repeat": REPEAT,
        "alike": ALIKE,
        "burst": BURST,
        "contributions": sorted(CONTRIBUTIONS),
        "others": sorted(PARTICIPATIONS - CONTRIBUTIONS - {"community.post_reacted"}),
        "presence": sorted(PRESENCE | PARTICIPATIONS),
    }


def rebuild(
    organisation, day, people: list[int] | None = None, *, spoke: bool = True
) -> set[tuple[int, int]]:
    """Make the rows of a day, or of these people on it, what the log says they are; who changed, and in which space.

    `spoke`: everybody's contributions are counted, for the days of spaces; else those of these people only.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.analytics_counted")
        cursor.execute(COUNTED, parameters(organisation, day, None if spoke else people))
        cursor.execute(INSERT, parameters(organisation, day, people))
        return set(cursor.fetchall())


def has_words_of(organisation, day, people: list[int] | None) -> bool:
    """Whether one of these people, or anybody, may have said something on a day that is counted in a space."""
    if people is None:
        return True
    start, end = bounds(day, organisation.zone)
    words = Event.objects.filter(organisation_id=organisation.pk, verb__in=CONTRIBUTIONS, actor_id__in=people)
    # A thread that was made by hand has no event.
    threads = Thread.objects.filter(space__organisation=organisation, author__in=people)
    return (
        words.filter(at__gte=start, at__lt=end).exists()
        or threads.filter(created_at__gte=start, created_at__lt=end).exists()
    )
