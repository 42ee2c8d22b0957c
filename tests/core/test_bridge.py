"""The bridge behind a real uvicorn on the loopback interface."""

import contextvars
import http.client
import os
import socket
import threading
import time
from contextlib import closing

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from core.bridge import Bridge, environ, pull
from tests.core.serving import serving

MEGABYTE = 1 << 20
LIMIT = 20 * MEGABYTE
from_outside = contextvars.ContextVar("from_outside", default="nothing")


class Site:
    """A WSGI application with one address per behaviour, counting what it holds."""

    def __init__(self, folder):
        self.big = folder / "big.bin"
        self.big.write_bytes(os.urandom(MEGABYTE) * 20)
        self.holding = threading.Semaphore(0)
        self.closed = 0
        self.opened = []
        self.running = 0
        self.seen = {}
        self.lock = threading.Lock()

    def __call__(self, environment, start_response):
        response = getattr(self, environment["PATH_INFO"].strip("/").split("/")[0])(environment)
        original = response.close

        def close():
            original()
            with self.lock:
                self.closed += 1

        response.close = close
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return response

    def page(self, environment):
        self.seen = environment
        return HttpResponse("page", headers={"Set-Cookie": "a=b"})

    def echo(self, environment):
        body = environment["wsgi.input"].read()
        return HttpResponse(body, headers={"X-Length": environment["CONTENT_LENGTH"]})

    def file(self, environment):
        self.opened.append(self.big.open("rb"))
        return FileResponse(self.opened[-1])

    def rows(self, environment):
        threads = []

        def generate():
            for number in range(5000):
                threads.append(threading.get_ident())
                yield f"{number};{'x' * 500}\n"
            yield f"{len(set(threads))}"

        return StreamingHttpResponse(generate())

    def breaks(self, environment):
        raise RuntimeError("planned")

    def breaks_midway(self, environment):
        def generate():
            yield "a"
            raise RuntimeError("planned")

        return StreamingHttpResponse(generate())

    def hold(self, environment):
        with self.lock:
            self.running += 1
        self.holding.acquire(timeout=10)
        return HttpResponse("held")

    def context(self, environment):
        return HttpResponse(f"{from_outside.get()} {threading.current_thread().name}")


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


@pytest.fixture(params=["httptools", "h11"])
def port(site, request):
    with serving(
        Bridge(site, body_limit=lambda path: LIMIT, threads=4, queue=36), http=request.param
    ) as number:
        yield number


def ask(port, path, method="GET", body=None, headers=None, timeout=20):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)) as connection:
        connection.request(method, path, body=body, headers=headers or {}, encode_chunked=False)
        response = connection.getresponse()
        return response.status, response.read(), response.headers


def start(port, request, receive_buffer=None):
    """Sends raw bytes and returns the socket, nothing read."""
    client = socket.socket()
    client.settimeout(15)
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.connect(("127.0.0.1", port))
    client.sendall(request)
    return client


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


def test_a_page_arrives_with_its_headers(port, site):
    status, body, headers = ask(port, "/page/caf%C3%A9?q=%C3%A9", headers={"Cookie": "a=1", "X-Token": "t"})
    assert (status, body, headers["set-cookie"]) == (200, b"page", "a=b")
    assert headers["content-length"] == "4"
    assert site.seen["PATH_INFO"].encode("latin-1").decode() == "/page/café"
    assert site.seen["QUERY_STRING"] == "q=%C3%A9"
    assert site.seen["HTTP_X_TOKEN"] == "t"
    assert site.seen["REMOTE_ADDR"] == "127.0.0.1"


def test_header_names_with_an_underscore_are_dropped(port, site):
    ask(port, "/page", headers={"X_Forwarded_Proto": "https", "Proxy": "http://evil.test", "X-Fine": "yes"})
    assert "HTTP_X_FORWARDED_PROTO" not in site.seen
    assert "HTTP_PROXY" not in site.seen
    assert site.seen["HTTP_X_FINE"] == "yes"


def test_a_header_given_twice_is_joined(port, site):
    request = b"GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: a=1\r\nCookie: b=2\r\nX-A: 1\r\nX-A: 2\r\n\r\n"
    with start(port, request) as client:
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
    assert site.seen["HTTP_COOKIE"] == "a=1; b=2"
    assert site.seen["HTTP_X_A"] == "1,2"


def test_head_has_headers_and_no_body(port):
    status, body, headers = ask(port, "/page", method="HEAD")
    assert (status, body) == (200, b"")
    assert headers["set-cookie"] == "a=b"
    status, body, headers = ask(port, "/file", method="HEAD")
    assert (status, body, headers["content-length"]) == (200, b"", str(20 * MEGABYTE))


def test_a_large_upload_arrives_whole(port):
    sent = os.urandom(5 * MEGABYTE)
    status, body, headers = ask(port, "/echo", method="POST", body=sent)
    assert status == 200
    assert body == sent
    assert headers["x-length"] == str(len(sent))


def test_a_chunked_upload_gets_its_length_from_the_count(port):
    request = (
        b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    )
    with start(port, request) as client:
        response = http.client.HTTPResponse(client)
        response.begin()
        assert response.read() == b"hello world"
        assert response.headers["x-length"] == "11"


def test_a_body_announced_too_large_is_refused_before_it_is_sent(port, site):
    request = f"POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {LIMIT + 1}\r\n\r\n"
    with start(port, request.encode()) as client:
        assert client.recv(65536).startswith(b"HTTP/1.1 413")
    assert site.closed == 0


def test_a_body_that_grows_too_large_is_refused_by_count(tmp_path):
    site = Site(tmp_path)
    with serving(Bridge(site, body_limit=lambda path: 10 if path == "/echo" else LIMIT)) as port:
        request = b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n"
        with start(port, request) as client:
            assert client.recv(65536).startswith(b"HTTP/1.1 413")
        assert ask(port, "/page", method="POST", body=b"hello world")[0] == 200
    assert site.closed == 1


def test_an_upload_that_stops_coming_is_given_up(tmp_path):
    bridge = Bridge(Site(tmp_path), body_limit=lambda path: LIMIT, idle_seconds=0.2)
    with (
        serving(bridge) as port,
        start(port, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhal") as client,
    ):
        assert client.recv(65536).startswith(b"HTTP/1.1 408")


def test_slow_uploaders_hold_no_thread(port, site):
    slow = [
        start(port, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf") for _ in range(30)
    ]
    assert ask(port, "/page", timeout=2)[0] == 200
    for client in slow:
        client.close()
    assert ask(port, "/page", timeout=2)[0] == 200
    assert site.closed == 2


def test_a_file_arrives_identical(port, site):
    status, body, headers = ask(port, "/file")
    assert status == 200
    assert body == site.big.read_bytes()
    assert headers["content-length"] == str(len(body))
    wait_until(lambda: site.closed == 1)


def test_slow_readers_hold_no_thread(port, site):
    request = b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n"
    slow = [start(port, request, receive_buffer=4096) for _ in range(16)]
    assert all(client.recv(100).startswith(b"HTTP/1.1 200") for client in slow)
    assert ask(port, "/page", timeout=2)[0] == 200
    for client in slow:
        client.close()
    wait_until(lambda: site.closed == 17)


def test_80_abandoned_downloads_leave_nothing_behind(port, site):
    for _ in range(8):
        clients = [start(port, b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n", 4096) for _ in range(10)]
        assert all(client.recv(100).startswith(b"HTTP/1.1 200") for client in clients)
        for client in clients:
            client.close()
        # 40 fit at once: what was abandoned must have been let go for the later rounds to be served.
        assert ask(port, "/page", timeout=5)[0] == 200
    wait_until(lambda: site.closed == 88)
    wait_until(lambda: not any(file.closed is False for file in site.opened))


def test_a_generator_is_emptied_in_one_thread(port, site):
    status, body, _ = ask(port, "/rows")
    lines = body.decode().splitlines()
    assert status == 200
    assert len(lines) == 5001
    assert lines[4999].startswith("4999;")
    assert lines[-1] == "1"
    assert site.closed == 1


@pytest.mark.parametrize("path", ["/breaks", "/breaks_midway"])
def test_an_exception_is_answered_with_500_and_the_next_page_works(port, path, caplog):
    status, body, _ = ask(port, path)
    assert (status, body) == (500, b"Internal Server Error")
    assert "planned" not in body.decode()
    assert ask(port, "/page")[0] == 200


def test_a_full_queue_answers_503_and_recovers(tmp_path):
    site = Site(tmp_path)
    with serving(Bridge(site, body_limit=lambda path: LIMIT, threads=2, queue=1)) as port:
        held = [start(port, b"GET /hold HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(2)]
        wait_until(lambda: site.running == 2)
        waiting = start(port, b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until(lambda: ask(port, "/page", timeout=5)[0] == 503)
        assert ask(port, "/page")[2]["retry-after"] == "1"
        site.holding.release(2)
        assert all(client.recv(100).startswith(b"HTTP/1.1 200") for client in [*held, waiting])
        assert ask(port, "/page")[0] == 200
        for client in [*held, waiting]:
            client.close()


def test_what_an_outer_application_sets_is_seen_by_the_view_and_forgotten_after(tmp_path):
    bridge = Bridge(Site(tmp_path), body_limit=lambda path: LIMIT, threads=1)

    async def outer(scope, receive, send):
        if scope["type"] == "http" and scope["query_string"]:
            from_outside.set(scope["query_string"].decode())
        await bridge(scope, receive, send)

    with serving(outer) as port:
        assert ask(port, "/context?first")[1].startswith(b"first bridge")
        assert ask(port, "/context")[1].startswith(b"nothing bridge")


def test_the_path_is_cut_after_the_root_path():
    scope = {
        "method": "GET",
        "path": "/sub/page",
        "raw_path": b"/sub/page",
        "root_path": "/sub",
        "http_version": "1.1",
        "headers": [],
    }
    result = environ(scope, None, 0)
    assert (result["SCRIPT_NAME"], result["PATH_INFO"]) == ("/sub", "/page")


def test_a_pull_joins_small_chunks_and_loses_none():
    chunks = [bytes([number % 256]) * 5000 for number in range(200)]
    source, pulled = iter(chunks), []
    while part := pull(source):
        pulled.append(part)
    assert b"".join(pulled) == b"".join(chunks)
    assert len(pulled) == 4
