"""A browser reduced to what a benchmark needs: one kept connection, cookies, forms. It costs little on purpose."""

import re
import socket
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
# The server closes a connection that nobody uses; what is written then is never sent twice.
KEPT = 10


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


@dataclass
class Client:
    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    patience: float = 60
    connection: socket.socket | None = None
    waiting: bytes = b""
    used: float = 0

    @property
    def token(self) -> str:
        return self.cookies.get("csrftoken") or self.cookies.get("__Host-csrftoken", "")

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, b"", headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        headers.setdefault("X-CSRFToken", self.token)
        return self.send("POST", path, urlencode(fields).encode(), headers)

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {
            # The proxy says that the outside speaks HTTPS; production refuses anything else.
            "Host": "bench.test",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "192.0.2.1",
            "Referer": "https://bench.test/",
            "Accept-Encoding": "identity",
            "Cookie": cookies,
            **({"Content-Length": str(len(body))} if method == "POST" else {}),
            **headers,
        }
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in sent.items() if value)
        request = f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
        started = time.perf_counter()
        if started - self.used > KEPT:
            self.close()
        answer = self._exchange(request, method)
        self.used = time.perf_counter()
        answer.seconds = self.used - started
        return answer

    def _exchange(self, request: bytes, method: str) -> Answer:
        for attempt in (1, 2):
            try:
                if self.connection is None:
                    self.connection = socket.create_connection((self.host, self.port), self.patience)
                    self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connection.sendall(request)
                return self._read(method)
            except (ConnectionError, EOFError):
                # A kept connection may have been closed between two requests.
                self.close()
                if attempt == 2 or method != "GET":
                    raise
        raise AssertionError

    def _read(self, method: str) -> Answer:
        while b"\r\n\r\n" not in self.waiting:
            self._more()
        head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                cookie, _, kept = value.strip().split(";")[0].partition("=")
                self.cookies[cookie] = kept
            headers[name.lower()] = value
        if "content-length" in headers:
            body = self._take(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            body = self._chunks()
        else:
            body = b""
        if headers.get("connection") == "close":
            self.close()
        return Answer(int(first.split(" ")[1]), headers, body, 0.0)

    def _take(self, length: int) -> bytes:
        while len(self.waiting) < length:
            self._more()
        taken, self.waiting = self.waiting[:length], self.waiting[length:]
        return taken

    def _chunks(self) -> bytes:
        parts = []
        while True:
            while b"\r\n" not in self.waiting:
                self._more()
            size, _, self.waiting = self.waiting.partition(b"\r\n")
            part = self._take(int(size, 16) + 2)[:-2]
            if not part:
                return b"".join(parts)
            parts.append(part)

    def _more(self) -> None:
        assert self.connection is not None
        data = self.connection.recv(1 << 18)
        if not data:
            raise EOFError
        self.waiting += data

    def close(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection, self.waiting = None, b""


def sign_in(host: str, port: int, login: str, password: str) -> Client:
    client = Client(host, port)
    token = TOKEN.search(client.get("/accounts/login/").body)
    assert token, "the sign-in page has no form"
    answer = client.post(
        "/accounts/login/", {"csrfmiddlewaretoken": token[1].decode(), "login": login, "password": password}
    )
    assert answer.status == 302, f"{login} could not sign in: {answer.status}"
    return client


@dataclass
class Load:
    """What clients saw: seconds of each request, and requests a second over all."""

    seconds: list[float]
    per_second: float
    failures: int

    def percentile(self, share: float) -> float:
        return (
            statistics.quantiles(self.seconds, n=100)[int(share * 100) - 1] if len(self.seconds) > 1 else 0.0
        )


def load(
    clients: Sequence[Client], ask: Callable[[Client, int], Answer], *, requests: int, seconds: float = 60
) -> Load:
    """Send `requests` over these clients, each in its thread, one request after the other; none after `seconds`."""
    until = time.perf_counter() + seconds
    took: list[list[float]] = [[] for _client in clients]
    failures = [0] * len(clients)

    def work(place: int) -> None:
        for number in range(place, requests, len(clients)):
            if took[place] and time.perf_counter() > until:
                break
            answer = ask(clients[place], number)
            took[place].append(answer.seconds)
            failures[place] += answer.status >= 400

    started = time.perf_counter()
    threads = [threading.Thread(target=work, args=[place]) for place in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    all_of_them = [one for some in took for one in some]
    return Load(all_of_them, len(all_of_them) / elapsed, sum(failures))
