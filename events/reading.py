"""How readers follow the log: in (transaction, id) order, behind the fence, one worker at a time, each event once.

An id is given before its transaction commits, so a reader that follows ids alone jumps over events of slower
transactions. The fence keeps it behind every transaction that still runs.
Two transactions that wait for the same lock may carry their ids the other way round: what a reader makes follows what
is now, or the order of the events' own ids under that lock, never the order in which it meets them.
"""

import logging
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.db.models import Func, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan
from kombu.exceptions import OperationalError as QueueError
from redis.exceptions import RedisError

from core.prepared import AnyOf, prepared
from events.models import BEGINNING, Cursor, Event, ParkedEvent

ATTEMPTS = 5
BATCH = 200
# A server is away, a lock was not had in time, the disk is full: the event is not at fault, and is tried until it goes.
OUTAGES = (OperationalError, InterfaceError, QueueError, RedisError, OSError)

logger = logging.getLogger(__name__)
Handler = Callable[[list[Event]], None]


@dataclass(frozen=True)
class Reader:
    name: str
    handle: Handler
    verbs: frozenset[str]
    reset: Callable[[], None]


class State(Enum):
    DONE = "done"
    # Something is left that this reading could not reach: a running transaction, another worker, a failing event.
    BEHIND = "behind"


READERS: dict[str, Reader] = {}

# `final`: before the oldest transaction that still runs, so that nothing can come before it any more.
# Rows are compared whole, so that the index begins at the cursor: an import is one transaction of a year's events.
BATCH_AFTER = f"""
    SELECT *, txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS final
    FROM {Event._meta.db_table} WHERE (txid, id) > (%s, %s) ORDER BY txid, id LIMIT %s
"""  # noqa: S608 - the name of a table


MOVE = f"""
    UPDATE {Cursor._meta.db_table} SET txid = %s, event_id = %s, failing_event_id = NULL, attempts = 0,
        updated_at = statement_timestamp() WHERE reader = ANY(%s)
"""  # noqa: S608 - the name of a table


class Row(Func):
    function = "ROW"
    output_field = models.BigIntegerField()


def reader(
    name: str, *, verbs: Iterable[str], reset: Callable[[], None] = lambda: None
) -> Callable[[Handler], Handler]:
    """Register `handle(events)` for these verbs: all that happened since, in order, up to a batch at once.

    It runs in a savepoint and must be idempotent by event. A batch that fails is handed over one by one, so that
    only what fails is parked. `reset()` removes what the reader has made, before `manage.py rebuild` reads
    everything again.
    """

    def register(handle: Handler) -> Handler:
        if name in READERS:
            raise ValueError(f"two readers are called {name}")
        READERS[name] = Reader(name, handle, frozenset(verbs), reset)
        return handle

    return register


def read_all(*, fenced: bool = True) -> State:
    """Let every reader read to the end. `fenced=False` also reads the running transaction's own events."""
    return _read(READERS.values(), fenced=fenced)


def read(one: Reader, *, fenced: bool = True) -> State:
    return _read([one], fenced=fenced)


def _read(readers: Iterable[Reader], *, fenced: bool) -> State:
    waiting, state, made = {one.name: one for one in readers}, State.DONE, False
    while waiting:
        missing, ended, behind = _read_batch(waiting, fenced=fenced)
        if missing and not made:
            _make_cursors(missing)
            missing, made = set(), True
        if missing or behind:
            state = State.BEHIND
        waiting = {name: one for name, one in waiting.items() if name not in missing | ended}
    return state


def rebuild(one: Reader, *, fenced: bool = True) -> None:
    """Forget what the reader made and read the log from the first event."""
    with transaction.atomic():
        _make_cursors([one.name])
        cursor = Cursor.objects.select_for_update().get(pk=one.name)
        one.reset()
        ParkedEvent.objects.filter(reader=one.name).delete()
        cursor.txid, cursor.event_id, cursor.attempts = BEGINNING, 0, 0
        cursor.failing_event_id = None
        cursor.save()
    read(one, fenced=fenced)


def read_again(one: Reader, since: datetime) -> None:
    """Hand a reader once more what happened since a moment and lies behind its cursor, which stays where it is.

    Only for readers that make what is: what an outage made them miss is there afterwards, and nothing is there twice.
    """
    last = 0
    while True:
        with transaction.atomic():
            _make_cursors([one.name])
            cursor = Cursor.objects.select_for_update().get(pk=one.name)
            past = Event.objects.filter(at__gte=since, verb__in=one.verbs, pk__gt=last).exclude(
                _later(cursor)
            )
            events = list(past.order_by("pk")[:BATCH])
            if events:
                one.handle(events)
                last = events[-1].pk
        if len(events) < BATCH:
            return


def retry(parked: ParkedEvent) -> bool:
    """Hand a parked event to its reader once more; True when it is done with."""
    one = READERS.get(parked.reader)
    if one is None:
        return False
    try:
        with transaction.atomic():
            one.handle([parked.event])
            parked.delete()
    except Exception:
        logger.exception("%s still fails on event %s", parked.reader, parked.event_id)
        return False
    return True


@transaction.atomic
def _read_batch(waiting: Mapping[str, Reader], *, fenced: bool) -> tuple[set[str], set[str], bool]:
    """One batch of events for all the readers that have read furthest: those behind catch up by themselves.

    Returns the readers whose cursor another worker holds (or that have none), those that can go no further now,
    and whether these have left something.
    """
    cursors = _free_cursors(names=list(waiting))
    missing = waiting.keys() - {cursor.pk for cursor in cursors}
    if not cursors:
        return missing, set(), False
    front = max(cursor.position for cursor in cursors)
    together = [cursor for cursor in cursors if cursor.position == front]
    events, more = _events_after(front, fenced=fenced)
    moved = [cursor.pk for cursor in together]
    if not _handled_by_all([waiting[name] for name in moved], events):
        moved = [cursor.pk for cursor in together if _handled(waiting[cursor.pk], cursor, events)]
    if events and moved:
        _move(moved, events[-1])
    stopped = {cursor.pk for cursor in together} - set(moved)
    if len(events) == BATCH:
        return missing, stopped, bool(stopped)
    return missing, stopped | set(moved), bool(stopped or more)


@prepared
def _free_cursors(names: list[str]) -> QuerySet:
    return Cursor.objects.filter(AnyOf("pk", names)).select_for_update(skip_locked=True)


def _move(names: list[str], last: Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [last.txid, last.pk, names])


def _make_cursors(names: Collection[str]) -> None:
    # In a transaction of its own: another worker would wait for its end instead of passing over a cursor that is held.
    if Cursor.objects.filter(pk__in=names).count() < len(names):
        Cursor.objects.bulk_create([Cursor(reader=name) for name in names], ignore_conflicts=True)


def _events_after(position: tuple[int, int], *, fenced: bool) -> tuple[list[Event], bool]:
    """A batch of events behind the fence, and whether there are others that wait for it."""
    found = list(Event.objects.raw(BATCH_AFTER, [*position, BATCH]))
    events = [event for event in found if event.final or not fenced]  # type: ignore[attr-defined]  # of the query
    return events, len(events) < len(found)


def _handled_by_all(readers: list[Reader], events: list[Event]) -> bool:
    """Almost always: nobody stumbles, and one savepoint does for all of them."""
    if not events:
        return True
    try:
        with transaction.atomic():
            for one in readers:
                if concerned := [event for event in events if event.verb in one.verbs]:
                    one.handle(concerned)
        return True
    except Exception as error:
        _refuse_to_go_on(error)
        return False


def _handled(one: Reader, cursor: Cursor, events: list[Event]) -> bool:
    """True when the reader may move past all of them; else its cursor stands before the one it stumbled over."""
    concerned = [event for event in events if event.verb in one.verbs]
    if not concerned or _handled_together(one, concerned):
        return True
    for event in concerned:
        if not _handled_alone(one, cursor, event):
            cursor.save()
            return False
        cursor.txid, cursor.event_id = event.txid, event.pk
        cursor.failing_event_id, cursor.attempts = None, 0
    return True


def _handled_together(one: Reader, events: list[Event]) -> bool:
    try:
        with transaction.atomic():
            one.handle(events)
        return True
    except Exception as error:
        _refuse_to_go_on(error)
        logger.exception("%s failed on a batch of %s events: now one by one", one.name, len(events))
        return False


def _handled_alone(one: Reader, cursor: Cursor, event: Event) -> bool:
    """True when the cursor may move on: the event was handled, or parked after too many failures."""
    try:
        with transaction.atomic():
            one.handle([event])
        return True
    except Exception as failure:
        _refuse_to_go_on(failure)
        logger.exception("%s failed on event %s", one.name, event.pk)
        if isinstance(failure, OUTAGES):
            return False
        error = traceback.format_exc()
    if cursor.failing_event_id != event.pk:
        cursor.failing_event_id, cursor.attempts = event.pk, 0
    cursor.attempts += 1
    if cursor.attempts < ATTEMPTS:
        return False
    ParkedEvent.objects.update_or_create(reader=one.name, event=event, defaults={"error": error[-10_000:]})
    return True


def _refuse_to_go_on(error: Exception) -> None:
    """Where the connection or the time is lost, so is the whole batch: all of it is read again."""
    if isinstance(error, SoftTimeLimitExceeded) or transaction.get_connection().needs_rollback:
        raise error


def _later(cursor: Cursor) -> Q:
    return Q(GreaterThan(Row("txid", "id"), Row(Value(cursor.txid), Value(cursor.event_id))))


def backlog() -> dict[str, int]:
    """How many events each reader has not read yet."""
    cursors = {cursor.reader: cursor for cursor in Cursor.objects.all()}
    return {name: Event.objects.filter(_later(cursors.get(name, Cursor()))).count() for name in READERS}
