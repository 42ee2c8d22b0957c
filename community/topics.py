"""Who may hear, on an open page, that something changed in a thread or a space."""

from typing import Any

from community.models import Space, Thread
from core import live


@live.topic("thread")
def hears_thread(user: Any, number: int) -> bool:
    return Thread.objects.visible_to(user).filter(pk=number).exists()


@live.topic("space")
def hears_space(user: Any, number: int) -> bool:
    return Space.objects.readable_by(user).filter(pk=number).exists()
