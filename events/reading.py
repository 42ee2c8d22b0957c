"""How a reader follows the log: in (transaction, id) order, behind the fence, one at a time, each event once.

An id is given before its transaction commits, so a reader that follows ids alone jumps over events of slower
transactions. The fence keeps it behind every transaction that still runs.
"""

import logging
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from django.db import models, transaction
from django.db.models import Func, Q, QuerySet

from events.models import BEGINNING, Cursor, Event, ParkedEvent

ATTEMPTS = 5
BATCH = 200

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reader:
    name: str
    handle: Callable[[Event], None]
    verbs: frozenset[str]
    reset: Callable[[], None]


class State(Enum):
    DONE = "done"
    # Something is left that this reading could not reach: a running transaction, another worker, a failing event.
    BEHIND = "behind"


READERS: dict[str, Reader] = {}


class Fence(Func):
    """The oldest transaction that still runs: everything before it is final."""

    template = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    output_field = models.BigIntegerField()


def reader(
    name: str, *, verbs: Iterable[str], reset: Callable[[], None] = lambda: None
) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register `handle(event)` for these verbs. It runs in a savepoint and must be idempotent by event.

    `reset()` removes what the reader has made, before `manage.py rebuild` reads everything again.
    """

    def register(handle: Callable[[Event], None]) -> Callable[[Event], None]:
        if name in READERS:
            raise ValueError(f"two readers are called {name}")
        READERS[name] = Reader(name, handle, frozenset(verbs), reset)
        return handle

    return register


def read_all(*, fenced: bool = True) -> State:
    """Let every reader read to the end. `fenced=False` also reads the running transaction's own events."""
    states = [read(one, fenced=fenced) for one in READERS.values()]
    return State.BEHIND if State.BEHIND in states else State.DONE


def read(one: Reader, *, fenced: bool = True) -> State:
    Cursor.objects.bulk_create([Cursor(reader=one.name)], ignore_conflicts=True)
    while True:
        found, state = _read_batch(one, fenced=fenced)
        if found < BATCH or state is State.BEHIND:
            return state


def rebuild(one: Reader, *, fenced: bool = True) -> None:
    """Forget what the reader made and read the log from the first event."""
    with transaction.atomic():
        Cursor.objects.bulk_create([Cursor(reader=one.name)], ignore_conflicts=True)
        cursor = Cursor.objects.select_for_update().get(pk=one.name)
        one.reset()
        ParkedEvent.objects.filter(reader=one.name).delete()
        cursor.txid, cursor.event_id, cursor.attempts = BEGINNING, 0, 0
        cursor.failing_event_id = None
        cursor.save()
    read(one, fenced=fenced)


def retry(parked: ParkedEvent) -> bool:
    """Hand a parked event to its reader once more; True when it is done with."""
    one = READERS.get(parked.reader)
    if one is None:
        return False
    try:
        with transaction.atomic():
            one.handle(parked.event)
            parked.delete()
    except Exception:
        logger.exception("%s still fails on event %s", parked.reader, parked.event_id)
        return False
    return True


@transaction.atomic
def _read_batch(one: Reader, *, fenced: bool) -> tuple[int, State]:
    cursor = Cursor.objects.select_for_update(skip_locked=True).filter(pk=one.name).first()
    if cursor is None:
        return 0, State.BEHIND
    events = list(_after(cursor, fenced=fenced)[:BATCH])
    state = State.DONE
    for event in events:
        if event.verb in one.verbs and not _handled(one, cursor, event):
            state = State.BEHIND
            break
        cursor.txid, cursor.event_id = event.txid, event.pk
        cursor.failing_event_id, cursor.attempts = None, 0
    if events:
        cursor.save()
    if state is State.DONE and fenced and len(events) < BATCH and _after(cursor, fenced=False).exists():
        state = State.BEHIND
    return len(events), state


def _after(cursor: Cursor, *, fenced: bool) -> QuerySet[Event]:
    later = Q(txid__gt=cursor.txid) | Q(id__gt=cursor.event_id)
    # The first condition alone bounds the index; the second only sorts out the cursor's own transaction.
    events = Event.objects.filter(later, txid__gte=cursor.txid).order_by("txid", "id")
    return events.filter(txid__lt=Fence()) if fenced else events


def _handled(one: Reader, cursor: Cursor, event: Event) -> bool:
    """True when the cursor may move on: the event was handled, or parked after too many failures."""
    try:
        with transaction.atomic():
            one.handle(event)
        return True
    except Exception:
        error = traceback.format_exc()
        logger.exception("%s failed on event %s", one.name, event.pk)
    if cursor.failing_event_id != event.pk:
        cursor.failing_event_id, cursor.attempts = event.pk, 0
    cursor.attempts += 1
    if cursor.attempts < ATTEMPTS:
        return False
    ParkedEvent.objects.update_or_create(reader=one.name, event=event, defaults={"error": error[-10_000:]})
    return True


def backlog() -> dict[str, int]:
    """How many events each reader has not read yet."""
    cursors = {cursor.reader: cursor for cursor in Cursor.objects.all()}
    return {name: _after(cursors.get(name, Cursor()), fenced=False).count() for name in READERS}
