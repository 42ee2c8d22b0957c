"""The stream of open pages: a raw ASGI endpoint that holds neither a thread, a session nor a database connection.

One subscription per process feeds all its streams. An idle stream is one suspended coroutine; writing happens
in a short task of its own, so that a slow page delays nobody.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import redis.asyncio as redis
from django.conf import settings
from django.core import signing

from core.live import CHANNEL, REVOKE, REVOKED, SALT, TOKEN_SECONDS

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PING_SECONDS = 20
QUEUE = 32
STREAMS_PER_PERSON = 30
HERE = "palabre:live:here:{}"
NAMES_SHOWN = 20
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

logger = logging.getLogger(__name__)


class Stream:
    """One open page. What waits is kept once per topic and event; beyond 32 the oldest is dropped for a resync."""

    __slots__ = ("expires", "issued", "name", "opened", "pending", "pump", "seen", "send", "topics", "user")

    def __init__(self, token: dict[str, Any], send: Send) -> None:
        self.user: int = token["u"]
        self.name: str = token["n"]
        self.topics: tuple[str, ...] = tuple(token["t"])
        self.issued: int = token["i"]
        self.expires = token["i"] + TOKEN_SECONDS
        self.send = send
        self.opened = False
        self.seen = time.monotonic()
        self.pending: dict[tuple[str, str], bytes] = {}
        self.pump: asyncio.Task[None] | None = None

    def push(self, event: str, topic: str = "", data: dict[str, Any] | None = None) -> None:
        if self.pending.pop((topic, event), None) is not None:
            data = None  # two at once: only that something changed
        if len(self.pending) >= QUEUE:
            del self.pending[next(iter(self.pending))]
            self.pending["", "resync"] = said("resync", {})
        self.pending[topic, event] = said(event, {"topic": topic, **(data or {})} if topic else {})
        if self.opened and self.pump is None:
            self.pump = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        try:
            while self.pending:
                over = ("", "over") in self.pending
                body = b"".join(self.pending.values())
                self.pending.clear()
                self.seen = time.monotonic()
                message: Message = {"type": "http.response.body", "body": body, "more_body": not over}
                await self.send(message)
                if over:
                    return
        except (OSError, RuntimeError):
            # The page has gone while we wrote to it; its coroutine hears the same and tidies up.
            self.pending.clear()
        finally:
            self.pump = None

    @property
    def threads(self) -> list[str]:
        return [name for name in self.topics if name.startswith("thread:")]

    @property
    def member(self) -> str:
        return f"{self.user}:{self.name}"


class Hub:
    """All streams of this process and their one subscription."""

    def __init__(self) -> None:
        self.topics: dict[str, set[Stream]] = {}
        self.people: dict[int, list[Stream]] = {}
        self.changed: dict[str, float] = {}
        self.listening_since: float | None = None
        self.server: redis.Redis | None = None
        self.tasks: list[asyncio.Task[None]] = []
        self.ready = asyncio.Event()

    async def start(self) -> None:
        """Returns when the subscription stands; raises TimeoutError when the server of news is away."""
        if not self.tasks:
            self.server = redis.Redis.from_url(settings.REDIS_URL, health_check_interval=15)
            self.tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._tick())]
        async with asyncio.timeout(2):
            await self.ready.wait()

    async def stop(self) -> None:
        for stream in self.streams():
            stream.push("over")
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.server:
            await self.server.aclose()

    def streams(self) -> list[Stream]:
        return [stream for streams in self.people.values() for stream in streams]

    def add(self, stream: Stream) -> bool:
        """False, and nothing done, when this person has as many as anybody may: those that are open stay open."""
        mine = self.people.setdefault(stream.user, [])
        if len(mine) >= STREAMS_PER_PERSON:
            return False
        mine.append(stream)
        for topic in stream.topics:
            self.topics.setdefault(topic, set()).add(stream)
        return True

    def remove(self, stream: Stream) -> None:
        mine = self.people.get(stream.user, [])
        if stream in mine:
            mine.remove(stream)
        if not mine:
            self.people.pop(stream.user, None)
        for topic in stream.topics:
            streams = self.topics.get(topic, set())
            streams.discard(stream)
            if not streams:
                self.topics.pop(topic, None)

    def catch_up(self, stream: Stream) -> None:
        """What changed between the making of the page and the opening of its stream."""
        if self.listening_since is None or self.listening_since > stream.issued:
            stream.push("resync")
            return
        for topic in stream.topics:
            if self.changed.get(topic, 0) >= stream.issued:
                stream.push("changed", topic)

    async def is_revoked(self, stream: Stream) -> bool:
        assert self.server is not None
        moment = await self.server.get(REVOKED.format(stream.user))
        return moment is not None and int(moment) >= stream.issued

    def tell(self, topic: str, event: str, data: dict[str, Any]) -> None:
        if event == REVOKE:
            for stream in list(self.people.get(int(topic.partition(":")[2]), [])):
                stream.push("over")
            return
        if event == "changed":
            self.changed[topic] = time.time()
        for stream in self.topics.get(topic, ()):
            stream.push(event, topic, data)

    async def arrive(self, stream: Stream) -> None:
        """Show the person's name to the others on the same thread."""
        await self._show([stream])
        await self._tell_presence(stream.threads)

    async def leave(self, stream: Stream) -> None:
        assert self.server is not None
        elsewhere = {topic for other in self.people.get(stream.user, []) for topic in other.topics}
        left = [topic for topic in stream.threads if topic not in elsewhere]
        for topic in left:
            await self.server.zrem(HERE.format(topic), stream.member)
        await self._tell_presence(left)

    async def _show(self, streams: Iterable[Stream]) -> None:
        assert self.server is not None
        until = time.time() + 2.5 * PING_SECONDS
        pipeline = self.server.pipeline(transaction=False)
        for stream in streams:
            for topic in stream.threads:
                pipeline.zadd(HERE.format(topic), {stream.member: until})
                pipeline.expire(HERE.format(topic), 4 * PING_SECONDS)
        await pipeline.execute()

    async def _tell_presence(self, topics: list[str]) -> None:
        assert self.server is not None
        for topic in topics:
            here: list[Any] = await self.server.zrangebyscore(
                HERE.format(topic), time.time(), "+inf", 0, NAMES_SHOWN
            )
            names = sorted({bytes(member).decode().partition(":")[2] for member in here})
            await self.server.publish(CHANNEL, json.dumps([topic, "presence", {"names": names}]))

    async def _listen(self) -> None:
        """Reads the subscription for ever; after each loss everyone is told to look for themselves."""
        pause = 0.2
        while True:
            try:
                assert self.server is not None
                async with self.server.pubsub() as subscription:
                    await subscription.subscribe(CHANNEL)
                    while True:
                        message = await subscription.get_message(timeout=10)
                        if message is None:
                            await subscription.ping()
                        elif message["type"] == "subscribe":
                            pause = 0.2
                            self._subscribed()
                        elif message["type"] == "message":
                            self.tell(*json.loads(message["data"]))
            except (redis.RedisError, OSError, ValueError) as error:
                logger.warning("the server of news was lost (%s)", type(error).__name__)
                self.listening_since = None
                self.ready.clear()
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)

    def _subscribed(self) -> None:
        self.listening_since = time.time()
        self.changed.clear()
        self.ready.set()
        for stream in self.streams():
            stream.push("resync")

    async def _tick(self) -> None:
        """Every 5 s: end what expired, ping what was quiet for 20 s, keep names shown."""
        shown = time.monotonic()
        while True:
            await asyncio.sleep(5)
            now, quiet = time.time(), time.monotonic() - PING_SECONDS + 5
            for stream in self.streams():
                if stream.expires <= now:
                    stream.push("over")
                elif stream.seen < quiet:
                    stream.push("ping")
            self.changed = {topic: at for topic, at in self.changed.items() if at > now - TOKEN_SECONDS}
            if time.monotonic() - shown > PING_SECONDS and self.ready.is_set():
                shown = time.monotonic()
                try:
                    await self._show(self.streams())
                except (redis.RedisError, OSError):
                    logger.warning("presence could not be kept")


class Live:
    """ASGI application for `/live/?token=…`."""

    def __init__(self) -> None:
        self.hub: Hub | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = read_token(scope)
        if scope["method"] != "GET":
            return await answer(scope, send, 405)
        if token is None:
            return await answer(scope, send, 403)
        hub = self.hub = self.hub or Hub()
        stream = Stream(token, send)
        try:
            await hub.start()
            # Listed before it is checked: a revocation in between finds it.
            if not hub.add(stream):
                return await answer(scope, send, 429)
            if await hub.is_revoked(stream):
                return await answer(scope, send, 403)
            headers = [*HEADERS, *origin_allowed(scope)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            stream.opened = True
            stream.push("hello")
            hub.catch_up(stream)
            await _quietly(hub.arrive(stream))
            while (await receive())["type"] != "http.disconnect":
                pass
        except (TimeoutError, redis.RedisError):
            await answer(scope, send, 503)
        finally:
            hub.remove(stream)
            if stream.pump:
                stream.pump.cancel()
            if stream.threads:
                await _quietly(hub.leave(stream))

    async def stop(self) -> None:
        hub, self.hub = self.hub, None
        if hub:
            await hub.stop()


def said(event: str, data: dict[str, Any]) -> bytes:
    return f"event: {event}\ndata: {json.dumps(data)}\n\n".encode()


def read_token(scope: Scope) -> dict[str, Any] | None:
    given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
    try:
        return signing.loads(given, salt=SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None


async def _quietly(work: Any) -> None:
    try:
        await work
    except (redis.RedisError, OSError):
        logger.warning("presence could not be kept")


def origin_allowed(scope: Scope) -> list[tuple[bytes, bytes]]:
    """For the pages of another port of this machine, where no proxy brings both under one name."""
    origin = dict(scope["headers"]).get(b"origin", b"")
    allowed = origin.decode("latin-1") in settings.LIVE_ORIGINS
    return [(b"access-control-allow-origin", origin), (b"vary", b"origin")] if allowed else []


async def answer(scope: Scope, send: Send, status: int) -> None:
    """A state without words; a page of ours on another port may read it, and asks for a new token where it was refused."""
    headers = [(b"content-length", b"0"), *origin_allowed(scope)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
