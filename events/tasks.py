"""Doors for Celery, and the wake-ups: a lost one only costs the seconds until the schedule looks again.

Wake-ups are gathered: the first of a short moment asks for a reading at its end, the others find it asked
for. Where the readers stop before what they cannot reach yet, one more reading is asked for a little later, never two.
"""

import logging
import math
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core.outage import Outage
from events import deliveries, reading

# Seconds in which all that happens is read at once.
MOMENT = 0.2
# What a reading could not reach (a transaction that still runs) is tried again after these seconds.
PAUSES = [0.2, 0.5, 1, 2, 4]
WAKING, LOOKING_AGAIN, SENDING = "events.waking", "events.looking_again", "events.sending"
SENDING_SOON = "events.sending_soon"
SOON = timedelta(minutes=1)
# Seconds after which a reading that was asked for and never began counts as lost.
LOST_AFTER = 2

# The schedule looks every ten seconds anyway: while the queue is away, no request waits for it twice.
outage = Outage(seconds=5)
logger = logging.getLogger(__name__)


@shared_task(name="events.read", ignore_result=True)
def read(attempt: int = 0) -> None:
    # Before the reading: what happens from here on may have come too late for it.
    cache.delete_many([WAKING, LOOKING_AGAIN] if attempt else [WAKING])
    if reading.read_all() is reading.State.BEHIND and attempt < len(PAUSES):
        _gather(LOOKING_AGAIN, read, attempt + 1, seconds=PAUSES[attempt])


@shared_task(name="events.send", ignore_result=True)
def send() -> None:
    cache.delete_many([SENDING, SENDING_SOON])
    deliveries.send_due()
    wake_senders_soon()


@shared_task(name="events.forget_deliveries", ignore_result=True)
def forget_deliveries() -> None:
    deliveries.forget()


def wake_readers() -> None:
    _gather(WAKING, read)


def wake_senders() -> None:
    _gather(SENDING, send)


def wake_senders_soon() -> None:
    """When the next delivery falls due, if that is before the schedule would have looked a few times."""
    if outage.lasts or cache.get(SENDING_SOON):
        return
    seconds = deliveries.next_due_in(SOON)
    if seconds is not None:
        _gather(SENDING_SOON, send, seconds=seconds + MOMENT)


def _gather(name: str, task: Any, *args: Any, seconds: float = MOMENT) -> None:
    """Ask for the task in some seconds, unless somebody has asked already and it has not begun."""
    if outage.lasts or not cache.add(name, True, timeout=math.ceil(seconds) + LOST_AFTER):
        return
    if not wake(task, *args, countdown=seconds):
        cache.delete(name)


def wake_readers_on_commit() -> None:
    """Once per transaction, however many events it records."""
    waiting = transaction.get_connection().run_on_commit
    if not any(function is wake_readers for _, function, _ in waiting):
        transaction.on_commit(wake_readers)


def wake(task: Any, *args: Any, **options: Any) -> bool:
    """Put a task on the queue; when the queue is away, its own schedule must find what is due."""
    if outage.lasts:
        return False
    try:
        task.apply_async(args=args, retry=False, **options)
        return True
    except (OperationalError, RedisError, OSError):
        # The change is committed: nothing that happens here may turn it into an error.
        outage.begin()
        logger.warning("the queue is out of reach; the schedule will find what waits")
        return False
