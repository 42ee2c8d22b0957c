"""Tells open pages that something changed, once the change is really there. Never what: pages come and ask."""

from typing import Any

from community.models import Thread
from core.live import publish


def announce_thread(thread: Thread, *, number: int | None = None) -> None:
    """`number` is that of a new post, so that a page which has it asks for nothing."""
    data: dict[str, Any] = {"number": number} if number else {}  # as `publish` takes it
    publish(f"thread:{thread.pk}", **data)
    announce_space(thread.space_id)


def announce_space(space_id: int) -> None:
    publish(f"space:{space_id}")
