"""Makes the whole demo academy, all of it or nothing."""

from collections.abc import Callable

from django.db import connection, transaction
from django.utils import timezone

from analytics import days
from analytics.rollups import rebuilding
from core.errors import Refused
from events.models import Cursor, Event
from events.reading import READERS, read_all
from lms.demo import content
from lms.demo.clock import Clock
from lms.demo.conversations import Conversations
from lms.demo.lessons import Lessons
from lms.demo.log import Log
from lms.demo.places import Places
from lms.demo.population import Population
from lms.demo.studies import Studies
from lms.demo.visits import Visits
from notifications.actions import NEWS_FOR
from people.models import Organisation, User

MARK = "awa@demo.palabre.test"


def is_there() -> bool:
    return User.objects.filter(email=MARK).exists()


def make(say: Callable[[str], None]) -> None:
    """Raises Refused where other people live already: their academy is not ours to fill."""
    if User.objects.exists():
        raise Refused(
            "This database already has people who are not of the demo; seed_demo fills empty ones only."
        )
    with transaction.atomic():
        _make(say)


def _make(say: Callable[[str], None]) -> None:
    clock, log = Clock(timezone.now().replace(microsecond=0)), Log()
    people = Population(clock, log)
    people.make()
    say(f"{len(people.by_key)} people")
    places = Places(clock, log, people)
    places.make(content.spaces())
    conversations = Conversations(clock, people, places)
    lessons = Lessons(clock, log, people, places, conversations)
    lessons.make()
    say(f"{len(lessons.runs)} courses")
    for space, talks in places.talk:
        for talk in talks:
            conversations.open(space, talk, lessons.addresses.get(talk.marks.get("about", ""), ("", "")))
    conversations.happen()
    say(f"{len(conversations.said)} messages")
    Studies(lessons).happen()
    Visits(clock, log, people, places, conversations).happen()
    say(f"{log.write()} events")
    with connection.cursor() as cursor:
        # No autovacuum sees into this transaction: planned as if its tables were empty, the figures take minutes.
        cursor.execute("ANALYZE")
    _let_readers_know(clock)


def _let_readers_know(clock: Clock) -> None:
    """Nobody else writes in an academy that has no people yet: the readers need not wait for this transaction."""
    last = Event.objects.latest("txid", "pk")
    # Every day is new and is counted below, so marking the same ninety days eight thousand times is spared;
    # and the bell tells nobody of what is older than its news.
    for reader in ("analytics.days", "notifications.bell"):
        Cursor.objects.create(reader=reader, txid=last.txid, event_id=last.pk)
    bell = READERS["notifications.bell"]
    fresh = Event.objects.filter(verb__in=bell.verbs, at__gte=clock.now - NEWS_FOR)
    bell.handle(list(fresh.order_by("at", "pk")))
    read_all(fenced=False)
    for organisation in Organisation.objects.all():
        rebuilding.rebuild(organisation, rebuilding.first_day(organisation), days.today(organisation))
