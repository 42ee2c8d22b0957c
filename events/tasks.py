"""Doors for Celery, and the wake-ups: a lost one only costs the seconds until the schedule looks again."""

import logging
from typing import Any

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core.outage import Outage
from events import deliveries, reading

# What a reading could not reach (a transaction that still runs) is tried again after these seconds.
PAUSES = [0.2, 0.5, 1, 2, 4]

# The schedule looks every ten seconds anyway: while the queue is away, no request waits for it twice.
outage = Outage(seconds=5)
logger = logging.getLogger(__name__)


@shared_task(name="events.read", ignore_result=True)
def read(attempt: int = 0) -> None:
    if reading.read_all() is reading.State.BEHIND and attempt < len(PAUSES):
        wake(read, attempt + 1, countdown=PAUSES[attempt])


@shared_task(name="events.send", ignore_result=True)
def send() -> None:
    deliveries.send_due()


@shared_task(name="events.forget_deliveries", ignore_result=True)
def forget_deliveries() -> None:
    deliveries.forget()


def wake_readers() -> None:
    wake(read)


def wake_senders() -> None:
    wake(send)


def wake_readers_on_commit() -> None:
    """Once per transaction, however many events it records."""
    waiting = transaction.get_connection().run_on_commit
    if not any(function is wake_readers for _, function, _ in waiting):
        transaction.on_commit(wake_readers)


def wake(task: Any, *args: Any, **options: Any) -> None:
    """Put a task on the queue; when the queue is away, its own schedule must find what is due."""
    if outage.lasts:
        return
    try:
        task.apply_async(args=args, retry=False, **options)
    except (OperationalError, RedisError, OSError):
        # The change is committed: nothing that happens here may turn it into an error.
        outage.begin()
        logger.warning("the queue is out of reach; the schedule will find what waits")
