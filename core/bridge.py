"""Django's WSGI handler behind an ASGI server.

Django's own ASGI handler costs about 2 ms per request for synchronous views. Here the loop reads the
whole request, a thread of a small pool runs the view, and the loop sends the answer: a slow uploader or
a slow reader holds no thread. Nothing here knows Palabre.
"""

import asyncio
import contextvars
import io
import logging
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any
from urllib.parse import unquote_to_bytes

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]

IN_MEMORY = 1 << 20
CHUNK = 256 << 10
SPOKEN_ALONE = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
# CONTENT_LENGTH comes from the count, "Proxy" would become HTTP_PROXY, and the body is no longer chunked.
UNHEARD = {b"content-length", b"transfer-encoding", b"proxy"}

logger = logging.getLogger(__name__)


class ClientGone(Exception):
    """The client left before its request was read."""


class Declined(Exception):
    """The request is answered without the application."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(slots=True)
class Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""
    # Read after the thread was given back: an open file, or a long answer spooled on disk.
    source: Iterator[bytes] | None = None
    close: Callable[[], None] = lambda: None

    def with_length(self) -> "Answer":
        if self.status not in (204, 304) and not any(name == b"content-length" for name, _ in self.headers):
            self.headers.append((b"content-length", str(len(self.body)).encode()))
        return self


@dataclass
class Bridge:
    """`app` is a WSGI application; `body_limit` gives the largest body in bytes for a path."""

    app: Callable[..., Iterable[bytes]]
    body_limit: Callable[[str], int]
    threads: int = 8
    queue: int = 64
    idle_seconds: float = 60
    _waiting: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._pool = self._new_pool()
        self._base = contextvars.copy_context()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._lifespan(receive, send)
        if scope["type"] != "http":
            raise ValueError(f"the bridge speaks http, not {scope['type']}")
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                size = await self._read(scope, receive, body)
                answer = await self._run(scope, body, size)
            except ClientGone:
                return None
            except Declined as declined:
                return await _send_sentence(send, declined)
            return await self._send(scope, answer, receive, send)

    def _new_pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.threads, thread_name_prefix="bridge")

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                shutdown = partial(self._pool.shutdown, wait=True, cancel_futures=True)
                self._pool = self._new_pool()
                await asyncio.get_running_loop().run_in_executor(None, shutdown)
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _read(self, scope: Scope, receive: Receive, body: IO[bytes]) -> int:
        """The whole request before a thread is taken; returns its size in bytes."""
        limit, size = self.body_limit(scope["path"]), 0
        announced = _announced_length(scope)
        if announced > limit:
            raise Declined(413, "Content Too Large")
        while True:
            try:
                # A request without a body has its only message ready: no timer for it.
                ready = announced == 0
                message = await receive() if ready else await asyncio.wait_for(receive(), self.idle_seconds)
            except TimeoutError as error:
                raise Declined(408, "Request Timeout") from error
            if message["type"] == "http.disconnect":
                raise ClientGone
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > limit:
                raise Declined(413, "Content Too Large")
            if size > IN_MEMORY:
                await asyncio.get_running_loop().run_in_executor(None, body.write, chunk)
            else:
                body.write(chunk)
            if not message.get("more_body"):
                body.seek(0)
                return size

    async def _run(self, scope: Scope, body: IO[bytes], size: int) -> Answer:
        if self._waiting >= self.threads + self.queue:
            raise Declined(503, "Service Unavailable")
        self._waiting += 1
        try:
            context = contextvars.copy_context()
            work = partial(self._in_thread, context, environ(scope, body, size), scope["method"] == "HEAD")
            # Shielded: the thread reads the body, which must stay open until it is done.
            job = asyncio.get_running_loop().run_in_executor(self._pool, work)
            try:
                return await asyncio.shield(job)
            except asyncio.CancelledError:
                await asyncio.wait([job])
                raise
        finally:
            self._waiting -= 1

    def _in_thread(self, context: contextvars.Context, environment: Environ, head: bool) -> Answer:
        # The thread keeps its own context, in which Django keeps its cache connections; it borrows
        # only what this request set (copying the whole context would open new connections each time).
        borrowed = [
            (variable, variable.set(value))
            for variable, value in context.items()
            if self._base.get(variable) is not value
        ]
        try:
            return answer_of(self.app, environment, head=head)
        except Exception:
            logger.exception("the application raised on %s", environment["PATH_INFO"])
            return Answer(500, [(b"content-type", b"text/plain; charset=utf-8")], b"Internal Server Error")
        finally:
            for variable, token in borrowed:
                variable.reset(token)

    async def _send(self, scope: Scope, answer: Answer, receive: Receive, send: Send) -> None:
        head = scope["method"] == "HEAD"
        try:
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            if answer.source is None or head:
                body = b"" if head else answer.body
                return await send({"type": "http.response.body", "body": body})
            return await self._stream(answer.source, receive, send)
        finally:
            if answer.source is not None:
                await asyncio.get_running_loop().run_in_executor(self._pool, answer.close)

    async def _stream(self, source: Iterator[bytes], receive: Receive, send: Send) -> None:
        """Sends 256 kB at a time; between two of them no thread is held. Stops when the client has gone."""
        gone = asyncio.ensure_future(_departure(receive))
        loop = asyncio.get_running_loop()
        try:
            while chunk := await loop.run_in_executor(self._pool, pull, source):
                if gone.done():
                    return
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()


def environ(scope: Scope, body: IO[bytes], size: int) -> Environ:
    """PEP 3333's dictionary; header names with "_" are dropped, as they would pass for others."""
    root = scope.get("root_path", "")
    raw = scope.get("raw_path") or scope["path"].encode()
    server = scope.get("server") or ("localhost", 80)
    result: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root.encode().decode("latin-1"),
        "PATH_INFO": unquote_to_bytes(raw.split(b"?", 1)[0]).decode("latin-1").removeprefix(root),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "CONTENT_LENGTH": str(size),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if client := scope.get("client"):
        result["REMOTE_ADDR"], result["REMOTE_PORT"] = client[0], str(client[1])
    for name, value in scope["headers"]:
        if b"_" in name or name in UNHEARD:
            continue
        key = SPOKEN_ALONE.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        if key in result:
            text = result[key] + ("; " if name == b"cookie" else ",") + text
        result[key] = text
    return result


def answer_of(app: Callable[..., Iterable[bytes]], environment: Environ, *, head: bool) -> Answer:
    """Runs the application in this thread. Files stay open to be sent later; everything else is complete."""
    answer = Answer(500, [])

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        answer.status = int(status[:3])
        answer.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]

    response = app(environment, start_response)
    close = getattr(response, "close", lambda: None)
    if getattr(response, "file_to_stream", None) is not None and not head:
        answer.source, answer.close = iter(response), close
        return answer
    try:
        if head:
            return answer
        if not getattr(response, "streaming", False):
            answer.body = b"".join(response)
            return answer.with_length()
        # A generator may hold a cursor of this thread's connection: it is emptied here, not elsewhere.
        spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        answer.source, answer.close = iter(partial(spool.read, CHUNK), b""), spool.close
        for chunk in response:
            spool.write(chunk)
        spool.seek(0)
        return answer
    finally:
        close()


def pull(source: Iterator[bytes]) -> bytes:
    """The next 256 kB or so, b"" at the end."""
    joined, size = io.BytesIO(), 0
    for chunk in source:
        size += joined.write(chunk)
        if size >= CHUNK:
            break
    return joined.getvalue()


def _announced_length(scope: Scope) -> int:
    """Bytes announced; 1 when a body comes whose length is not known."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 1
        if name == b"transfer-encoding":
            return 1
    return 0


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_sentence(send: Send, declined: Declined) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    if declined.status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": declined.status, "headers": headers})
    await send({"type": "http.response.body", "body": str(declined).encode()})
