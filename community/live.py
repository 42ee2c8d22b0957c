"""Tells open pages that something changed, once the change is really there. Never what: pages come and ask."""

from functools import partial

from django.db import transaction

from community.models import Thread


def announce_thread(thread: Thread) -> None:
    _announce(f"thread:{thread.pk}", f"space:{thread.space_id}")


def announce_space(space_id: int) -> None:
    _announce(f"space:{space_id}")


def _announce(*topics: str) -> None:
    transaction.on_commit(partial(_publish, topics), robust=True)


def _publish(topics: tuple[str, ...]) -> None:
    try:
        from core.live import publish
    except ImportError:
        return
    for topic in topics:
        publish(topic)
