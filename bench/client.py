"""A browser reduced to what a benchmark needs: one kept connection, cookies, forms. It costs little on purpose."""

import re
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
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
    used: float = 0

    def __post_init__(self) -> None:
        self.connection = HTTPConnection(self.host, self.port)

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
            **headers,
        }
        given = {name.replace("_", "-"): value for name, value in sent.items() if value}
        started = time.perf_counter()
        if started - self.used > KEPT:
            self.close()
        response, content = self._exchange(method, path, body, given)
        self.used = time.perf_counter()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, kept = cookie.split(";")[0].partition("=")
            self.cookies[name] = kept
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, found, content, self.used - started)

    def _exchange(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[HTTPResponse, bytes]:
        for attempt in (1, 2):
            try:
                self.connection.timeout = self.patience
                self.connection.request(method, path, body or None, headers)
                response = self.connection.getresponse()
                return response, response.read()
            except (OSError, HTTPException) as error:
                self.close()
                # A kept connection may have been closed between two requests.
                if attempt == 2 or method != "GET" or isinstance(error, TimeoutError):
                    raise
        raise AssertionError

    def close(self) -> None:
        self.connection.close()


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
