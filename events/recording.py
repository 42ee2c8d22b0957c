"""How a sentence enters the log: in the transaction of the change it speaks of, or not at all."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from psycopg.types.json import Jsonb

from events.models import Event
from events.tasks import wake_readers_on_commit
from events.verbs import VERBS, VISITS

BATCH = 2_000
# PostgreSQL says the others.
WRITTEN = [field for field in Event._meta.concrete_fields if field.name not in ("id", "txid", "recorded_at")]
COLUMNS = ", ".join(str(field.column) for field in WRITTEN)
PLACES = ", ".join("coalesce(%s, now())" if field.name == "at" else "%s" for field in WRITTEN)
INSERT = (
    f"INSERT INTO {Event._meta.db_table} ({COLUMNS}) VALUES ({PLACES}) RETURNING id, txid, at, recorded_at"  # noqa: S608 - names of columns
)


def record(
    verb: str,
    *,
    actor: Any | None,
    subject: models.Model,
    at: datetime | None = None,
    role: str | None = None,
    organisation_id: int | None = None,
    space_id: int | None = None,
    thread_id: int | None = None,
    post_id: int | None = None,
    session_id: int | None = None,
    module_id: int | None = None,
    data: dict[str, Any] | None = None,
    key: str | None = None,
) -> Event:
    """Write that `actor` did `verb` to `subject`. `data` holds ids and numbers, never what people wrote.

    `role` defaults to the actor's role now; `at` to the time of the transaction, imports give the past one.
    Raises RuntimeError outside a transaction and ValueError for a verb that events/verbs.py does not list.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{verb} must be recorded in the transaction of its change")
    if verb not in VERBS:
        raise ValueError(f"{verb} is not listed in events/verbs.py")
    event = Event(  # type: ignore[misc]  # without `at`, PostgreSQL says it
        verb=verb,
        actor_id=actor.pk if actor else None,
        role=role or (actor.event_role if actor else Event.Role.SYSTEM),
        organisation_id=organisation_id or (actor.organisation_id if actor else None),
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk if isinstance(subject.pk, int) else None,
        data=data or {},
        key=key,
        at=at,
        space_id=space_id, thread_id=thread_id, post_id=post_id, session_id=session_id, module_id=module_id,
    )  # fmt: skip
    _insert(event)
    if verb not in VISITS:
        # Nobody waits to hear who came by: the next tick of the schedule counts it.
        wake_readers_on_commit()
    return event


def record_many(events: Iterable[Event]) -> int:
    """Write what an import brings, each event with its past `at` and its key; a key the log knows is left out.

    Returns how many were new. Raises as `record` does, and ValueError for an event without a key or a date.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("imported events must be recorded in the transaction of the import")
    wanted = {event.key: event for event in events}
    for event in wanted.values():
        if event.verb not in VERBS:
            raise ValueError(f"{event.verb} is not listed in events/verbs.py")
        if not event.key or not isinstance(event.at, datetime):
            raise ValueError(f"an imported {event.verb} has a key and a date")
    keys = [key for key in wanted if key]
    for start in range(0, len(keys), BATCH):
        for known in Event.objects.filter(key__in=keys[start : start + BATCH]).values_list("key", flat=True):
            del wanted[known]
    _copy(wanted.values())
    return len(wanted)


def sentence_from(source: str, **columns: str) -> str:
    """The INSERT of a sentence for each row of `source`, for an act that is one statement with its sentence.

    Columns are SQL. The verbs in them are listed in events/verbs.py, which nothing checks here but the tests.
    """
    values = ", ".join(columns.values())
    return f"INSERT INTO {Event._meta.db_table} ({', '.join(columns)}) SELECT {values} FROM {source}"  # noqa: S608 - written by us


def _insert(event: Event) -> None:
    # One event at a time too: each write of a page composed it anew.
    with connection.cursor() as cursor:
        cursor.execute(INSERT, _values(event))
        event.pk, event.txid, event.at, event.recorded_at = cursor.fetchone()
    event._state.adding = False


def _values(event: Event) -> list[Any]:
    values = (getattr(event, field.attname) for field in WRITTEN)
    return [Jsonb(value) if isinstance(value, dict) else value for value in values]


def _copy(events: Iterable[Event]) -> None:
    # 95,626 events took 40 s with bulk_create and 13 s so: most of the time went into composing the INSERT.
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {Event._meta.db_table} ({COLUMNS}) FROM STDIN") as copy,
    ):
        for event in events:
            copy.write_row(_values(event))
