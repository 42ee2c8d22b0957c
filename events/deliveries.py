"""What leaves the house: a row is written with the change, claimed with a lease, sent, then marked.

Between the sending and the mark a worker may die: the row is then sent again, with the same key and so the
same Message-ID. At least once, recognisable as the same; never lost.
"""

import hashlib
import logging
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min, QuerySet
from django.db.models.functions import Now

from events.models import Delivery

# What a dead worker held goes on within a minute. Long enough for all that is claimed at once, each held up by a
# mail server that lets its ten seconds pass. Leases and due times are the database's: machines' clocks differ.
LEASE = timedelta(seconds=45)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440)]
# While a server is away, a few deliveries ask for it this often, without end; the others wait and go when it is back.
AWAY_PAUSE = timedelta(seconds=10)
CLAIMED_AT_ONCE = 4
CLAIM = f"""
    UPDATE {Delivery._meta.db_table}
    SET leased_until = statement_timestamp() + %s, attempts = attempts + 1
    WHERE id IN (
        SELECT id FROM {Delivery._meta.db_table}
        WHERE state = 'waiting' AND due_at <= statement_timestamp() AND NOT kind = ANY(%s)
          AND (leased_until IS NULL OR leased_until < statement_timestamp())
        ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
    )
    RETURNING *
"""  # noqa: S608 - the name of a table

logger = logging.getLogger(__name__)


class Undeliverable(Exception):
    """Trying again would change nothing."""


class Away(Exception):
    """The server that takes it does not answer: nothing is wrong with what is sent."""


@dataclass(frozen=True)
class Handler:
    send: Callable[[Delivery], str | None]
    private: tuple[str, ...]


HANDLERS: dict[str, Handler] = {}
Sender = Callable[[Delivery], str | None]


def handler(kind: str, *, private: tuple[str, ...] = ()) -> Callable[[Sender], Sender]:
    """Register `send(delivery)` for a kind. It checks access again, sends, and returns None;
    or returns the reason for which nothing must be sent. `private` names what the payload forgets afterwards.
    """

    def register(send: Sender) -> Sender:
        HANDLERS[kind] = Handler(send, private)
        return send

    return register


def enqueue(
    kind: str,
    *,
    key: str,
    recipient_id: int | None = None,
    payload: dict[str, Any] | None = None,
    wait: timedelta = timedelta(0),
) -> None:
    """Write that something must leave, after `wait`; the same key is sent once. In the transaction of its cause."""
    from events.tasks import wake_senders, wake_senders_soon

    if kind not in HANDLERS:
        raise ValueError(f"nobody sends deliveries of kind {kind}")
    delivery = Delivery(
        kind=kind, key=key, recipient_id=recipient_id, payload=payload or {}, due_at=Now() + wait
    )
    Delivery.objects.bulk_create([delivery], ignore_conflicts=True)
    transaction.on_commit(wake_senders_soon if wait else wake_senders)


def message_id(key: str) -> str:
    """The same key has the same Message-ID, however often it is sent."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def send_due() -> int:
    """Send everything that is due; returns how many rows were handled."""
    handled = 0
    away: set[str] = set()
    while claimed := claim(without=away):
        for delivery in claimed:
            if delivery.kind in away:
                _put_back(delivery)
            elif not _send(delivery):
                away.add(delivery.kind)
        handled += len(claimed)
    return handled


def next_due_in(at_most: timedelta) -> float | None:
    """Seconds until the next delivery falls due, if that is soon."""
    waiting = Delivery.objects.filter(
        state=Delivery.State.WAITING, due_at__gt=Now(), due_at__lte=Now() + at_most
    )
    found = waiting.aggregate(left=Min("due_at") - Now())["left"]
    return found.total_seconds() if found is not None else None


@transaction.atomic
def claim(*, without: Collection[str] = ()) -> list[Delivery]:
    """Take what is due, but none of the kinds `without`; a lease holds it for us."""
    found = Delivery.objects.raw(CLAIM, [LEASE, list(without), CLAIMED_AT_ONCE])
    return sorted(found, key=lambda one: one.due_at)


def _send(delivery: Delivery) -> bool:
    """False when the server that takes this kind is away."""
    sender = HANDLERS.get(delivery.kind)
    if not _ours(delivery).filter(leased_until__gt=Now()).exists():
        # The batch took longer than the lease: somebody else has this one now.
        return True
    try:
        if sender is None:
            raise Undeliverable(f"nobody sends deliveries of kind {delivery.kind}")
        reason = sender.send(delivery)
    except Undeliverable as error:
        _mark(delivery, state=Delivery.State.FAILED, error=str(error))
    except Away as error:
        logger.warning("delivery %s waits for its server: %s", delivery.pk, error)
        _put_back(delivery, due_at=Now() + AWAY_PAUSE, error=str(error))
        return False
    except Exception:
        logger.exception("delivery %s failed for the %s. time", delivery.pk, delivery.attempts)
        _postpone(delivery, traceback.format_exc()[-4000:])
    else:
        state = Delivery.State.SENT if reason is None else Delivery.State.DROPPED
        kept = {name: value for name, value in delivery.payload.items() if name not in sender.private}
        _mark(delivery, state=state, error=reason or "", payload=kept, sent_at=Now())
    return True


def _postpone(delivery: Delivery, error: str) -> None:
    if delivery.attempts > len(PAUSES):
        _mark(delivery, state=Delivery.State.FAILED, error=error)
    else:
        _mark(delivery, due_at=Now() + PAUSES[delivery.attempts - 1], error=error)


def _put_back(delivery: Delivery, **fields: Any) -> None:
    """As if it had not been tried."""
    _mark(delivery, attempts=delivery.attempts - 1, **fields)


def _ours(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=delivery.pk, leased_until=delivery.leased_until)


def _mark(delivery: Delivery, **fields: Any) -> None:
    # Only while the lease is ours: a slow sender must not overwrite what its successor noted.
    _ours(delivery).update(leased_until=None, **fields)


def forget(days: int = 90) -> int:
    """Delete what was sent, dropped or given up that many days ago."""
    before = Now() - timedelta(days=days)
    done = Delivery.objects.exclude(state=Delivery.State.WAITING).filter(created_at__lt=before)
    return done.delete()[0]
