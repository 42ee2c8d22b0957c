"""What leaves the house: a row is written with the change, claimed with a lease, sent, then marked.

Between the sending and the mark a worker may die: the row is then sent again, with the same key and so the
same Message-ID. At least once, recognisable as the same; never lost.
"""

import hashlib
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from events.models import Delivery

# What a dead worker held goes on within a minute. Long enough for all that is claimed at once, each held up by a
# mail server that lets its ten seconds pass.
LEASE = timedelta(seconds=45)
# A lease that ends later than this after the longest one comes from a machine whose clock runs ahead, for hours
# perhaps: what it held when it died must not wait for them.
CLOCKS_DIFFER = timedelta(seconds=45)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440)]
CLAIMED_AT_ONCE = 4

logger = logging.getLogger(__name__)


class Undeliverable(Exception):
    """Trying again would change nothing."""


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
    due_at: datetime | None = None,
) -> None:
    """Write that something must leave; the same key is sent once. In the transaction of its cause."""
    from events.tasks import wake_senders

    if kind not in HANDLERS:
        raise ValueError(f"nobody sends deliveries of kind {kind}")
    delivery = Delivery(kind=kind, key=key, recipient_id=recipient_id, payload=payload or {})
    if due_at is not None:
        delivery.due_at = due_at
    Delivery.objects.bulk_create([delivery], ignore_conflicts=True)
    transaction.on_commit(wake_senders)


def message_id(key: str) -> str:
    """The same key has the same Message-ID, however often it is sent."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def send_due() -> int:
    """Send everything that is due; returns how many rows were handled."""
    handled = 0
    while claimed := claim():
        for delivery in claimed:
            _send(delivery)
        handled += len(claimed)
    return handled


@transaction.atomic
def claim(at_once: int = CLAIMED_AT_ONCE) -> list[Delivery]:
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now) | Q(leased_until__gt=now + CLOCKS_DIFFER + LEASE)
    waiting = Delivery.objects.filter(free, state=Delivery.State.WAITING, due_at__lte=now)
    claimed = list(waiting.order_by("due_at").select_for_update(skip_locked=True)[:at_once])
    lease = now + LEASE
    Delivery.objects.filter(pk__in=[one.pk for one in claimed]).update(
        leased_until=lease, attempts=F("attempts") + 1
    )
    for one in claimed:
        one.leased_until, one.attempts = lease, one.attempts + 1
    return claimed


def _send(delivery: Delivery) -> None:
    sender = HANDLERS.get(delivery.kind)
    if delivery.leased_until is None or delivery.leased_until <= timezone.now():
        # The batch took longer than the lease: somebody else has this one now.
        return
    try:
        if sender is None:
            raise Undeliverable(f"nobody sends deliveries of kind {delivery.kind}")
        reason = sender.send(delivery)
    except Undeliverable as error:
        _mark(delivery, state=Delivery.State.FAILED, error=str(error))
    except Exception:
        logger.exception("delivery %s failed for the %s. time", delivery.pk, delivery.attempts)
        _postpone(delivery, traceback.format_exc()[-4000:])
    else:
        state = Delivery.State.SENT if reason is None else Delivery.State.DROPPED
        kept = {name: value for name, value in delivery.payload.items() if name not in sender.private}
        _mark(delivery, state=state, error=reason or "", payload=kept, sent_at=timezone.now())


def _postpone(delivery: Delivery, error: str) -> None:
    if delivery.attempts > len(PAUSES):
        _mark(delivery, state=Delivery.State.FAILED, error=error)
    else:
        _mark(delivery, due_at=timezone.now() + PAUSES[delivery.attempts - 1], error=error)


def _mark(delivery: Delivery, **fields: Any) -> None:
    # Only while the lease is ours: a slow sender must not overwrite what its successor noted.
    ours = Delivery.objects.filter(pk=delivery.pk, leased_until=delivery.leased_until)
    ours.update(leased_until=None, **fields)


def forget(days: int = 90) -> int:
    """Delete what was sent, dropped or given up that many days ago."""
    before = timezone.now() - timedelta(days=days)
    done = Delivery.objects.exclude(state=Delivery.State.WAITING).filter(created_at__lt=before)
    return done.delete()[0]
