"""What the rest of Palabre says to open pages: that something changed, never what. `core/stream.py` carries it.

A topic is a kind and a number: `thread:12`, `space:3`, `user:5`. A page may hear the topics of its token, which
the server signed after looking at each of them; a token lives ten minutes and its renewal looks again.
"""

import functools
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.access import signed_in
from core.outage import Outage

CHANNEL = "palabre:live"
REVOKED = "palabre:live:revoked:{}"
REVOKE = "revoke"
TOKEN_SECONDS = 600
TOPICS_AT_ONCE = 50
MISSED_AT_MOST = 1000
SALT = "core.live"

Checker = Callable[[Any, int], bool]
TOPICS: dict[str, Checker] = {}
outage = Outage(seconds=2)

logger = logging.getLogger(__name__)


def topic(kind: str) -> Callable[[Checker], Checker]:
    """Register `allowed(user, number)`: may this person hear of it?"""

    def register(allowed: Checker) -> Checker:
        TOPICS[kind] = allowed
        return allowed

    return register


@topic("user")
def is_oneself(user: Any, number: int) -> bool:
    return user.pk == number


def publish(name: str, event: str = "changed", **data: Any) -> None:
    """Tell every open page that hears `name`, once the running transaction is committed.

    `data` goes out as it is: names only, nothing that needs a permission.
    """
    message = json.dumps([name, event, data])
    transaction.on_commit(functools.partial(_send, message))


def revoke(user_id: int) -> None:
    """End all streams of a person at once and refuse the tokens they still hold."""

    def send() -> None:
        try:
            servers().set(REVOKED.format(user_id), int(time.time()), ex=TOKEN_SECONDS + 60)
        except redis.RedisError:
            logger.warning("the tokens of person %s end by themselves only", user_id)
        _send(json.dumps([f"user:{user_id}", REVOKE, {}]))

    transaction.on_commit(send)


def token_for(user_id: int, topics: Iterable[str], name: str = "") -> str:
    """A token for topics that the caller has checked. `name` is shown to the others on the same thread."""
    content = {"u": user_id, "n": name, "t": list(topics), "i": int(time.time())}
    return signing.dumps(content, salt=SALT, compress=True)


def address_for(request: HttpRequest) -> str:
    """Where the stream is: under the site's own name, or on a port of its own where no proxy stands before us."""
    if not settings.LIVE_PORT:
        return "/live/"
    host = urlsplit(f"//{request.get_host()}").hostname
    return f"{request.scheme}://{host}:{settings.LIVE_PORT}/live/"


def listen(request: HttpRequest, *topics: str) -> None:
    """Ask that the page of this request hears these topics; the view has fetched them through the person."""
    heard: list[str] = getattr(request, "live_topics", [])
    request.live_topics = [*heard, *(name for name in topics if name not in heard)]  # type: ignore[attr-defined]  # for live_stream, at the end of the page


class LivePage(NamedTuple):
    """What assets/js/live.js needs to open the stream of a page."""

    address: str
    token: str
    topics: str


def page(request: HttpRequest | None) -> LivePage | None:
    """The stream of this page, the person's own topic and those of the view; None for somebody not signed in."""
    user: Any = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return None
    listen(request, f"user:{user.pk}")
    topics: list[str] = request.live_topics  # type: ignore[attr-defined]  # `listen` put it there
    return LivePage(
        address_for(request), token_for(user.pk, topics, getattr(user, "name", "")), ",".join(topics)
    )


def allowed_topics(user: Any, names: Iterable[str]) -> list[str]:
    """Those of the names that exist and that this person may hear."""
    allowed = []
    for name in list(names)[:TOPICS_AT_ONCE]:
        kind, _, number = name.partition(":")
        checker = TOPICS.get(kind)
        if (
            checker
            and number.isascii()
            and number.isdigit()
            and len(number) < 19
            and checker(user, int(number))
        ):
            allowed.append(name)
    return allowed


@signed_in
@require_safe
@never_cache
def token(request: HttpRequest) -> JsonResponse:
    """A fresh token for a page that stays open; what the person may no longer hear is left out."""
    topics = allowed_topics(request.user, request.GET.get("topics", "").split(","))
    name = getattr(request.user, "name", "")
    return JsonResponse({"token": token_for(request.user.pk or 0, topics, name), "topics": topics})


@functools.cache
def servers() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def _send(message: str) -> None:
    if not outage.lasts:
        try:
            servers().publish(CHANNEL, message)
            return
        except redis.RedisError:
            outage.begin()
            logger.warning("news could not be told: the server of news is away")
    missed.keep(message)


class Missed:
    """News that could not be told, told by a thread when the server of news is back.

    The hub that finds the server again makes its pages look for themselves, but it may find it before we do.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.messages: dict[str, None] = {}
        self.timer: threading.Timer | None = None

    def keep(self, message: str) -> None:
        with self.lock:
            self.messages[message] = None
            if len(self.messages) > MISSED_AT_MOST:
                del self.messages[next(iter(self.messages))]
            if self.timer is None:
                self.timer = threading.Timer(outage.seconds, self.tell)
                self.timer.daemon = True
                self.timer.start()

    def tell(self) -> None:
        with self.lock:
            messages, self.messages, self.timer = list(self.messages), {}, None
        for message in messages:
            _send(message)


missed = Missed()
