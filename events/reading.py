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
from django.db.models import Func, QuerySet, Value
from django.db.models.lookups import GreaterThan

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
    handle_batch: Callable[[list[Event]], None] | None = None


class State(Enum):
    DONE = "done"
    # Something is left that this reading could not reach: a running transaction, another worker, a failing event.
    BEHIND = "behind"


READERS: dict[str, Reader] = {}


class Fence(Func):
    """The oldest transaction that still runs: everything before it is final."""

    template = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    output_field = models.BigIntegerField()


class Row(Func):
    function = "ROW"
    output_field = models.BigIntegerField()


def reader(
    name: str, *, verbs: Iterable[str], reset: Callable[[], None] = lambda: None
) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register `handle(event)` for these verbs. It runs in a savepoint and must be idempotent by event.

    `reset()` removes what the reader has made, before `manage.py rebuild` reads everything again.
    """

    def register(handle: Callable[[Event], None]) -> Callable[[Event], None]:
        _register(Reader(name, handle, frozenset(verbs), reset))
        return handle

    return register


def batch_reader(
    name: str, *, verbs: Iterable[str], reset: Callable[[], None] = lambda: None
) -> Callable[[Callable[[list[Event]], None]], Callable[[list[Event]], None]]:
    """The same for `handle(events)`: a year of imported history is read by hundreds, not one by one.

    A batch that fails is handled one by one, so that only what fails is parked.
    """

    def register(handle: Callable[[list[Event]], None]) -> Callable[[list[Event]], None]:
        _register(Reader(name, lambda event: handle([event]), frozenset(verbs), reset, handle))
        return handle

    return register


def _register(one: Reader) -> None:
    if one.name in READERS:
        raise ValueError(f"two readers are called {one.name}")
    READERS[one.name] = one


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
    together = _handled_together(one, [event for event in events if event.verb in one.verbs])
    for event in events:
        if event.verb in one.verbs and not together and not _handled(one, cursor, event):
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
    # Rows are compared whole, so that the index begins at the cursor: an import is one transaction of a year's events.
    later = GreaterThan(Row("txid", "id"), Row(Value(cursor.txid), Value(cursor.event_id)))
    events = Event.objects.filter(later).order_by("txid", "id")
    return events.filter(txid__lt=Fence()) if fenced else events


def _handled_together(one: Reader, events: list[Event]) -> bool:
    """True when the reader takes batches and took this one, whole."""
    if one.handle_batch is None or not events:
        return False
    try:
        with transaction.atomic():
            one.handle_batch(events)
        return True
    except Exception:
        logger.exception("%s failed on a batch of %s events: now one by one", one.name, len(events))
        return False


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
