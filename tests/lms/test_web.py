"""What the page server of production does, asked by sockets."""

import os
import time
from pathlib import Path

import pytest

from tests.lms.page_server import page_server

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("web")


@pytest.fixture
def server(folder):
    with page_server(folder) as server:
        yield server


def test_a_body_too_large_for_who_is_not_signed_in_is_refused_before_it_is_sent(server):
    head = f"POST /accounts/login/ HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: {40 * MEGABYTE}"
    with server.send(head) as line:
        assert line.recv(65536).startswith(b"HTTP/1.1 413 ")
    # A film's address takes no film from nobody.
    with server.send(head.replace("/accounts/login/", "/studio/modules/1/video/")) as line:
        assert line.recv(65536).startswith(b"HTTP/1.1 413 ")
    status, _, _ = server.ask("/accounts/login/", "POST", body=b"x" * MEGABYTE)
    assert status == 403  # Read, and without the token against forged requests.


def test_a_body_without_a_length_is_refused(server):
    chunks = b"5\r\nhello\r\n0\r\n\r\n"
    with server.send("POST /accounts/login/ HTTP/1.1\r\nTransfer-Encoding: chunked", chunks) as line:
        assert line.recv(65536).startswith(b"HTTP/1.1 411 ")
    both = "POST /accounts/login/ HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked"
    with server.send(both, chunks) as line:
        assert line.recv(65536).startswith((b"HTTP/1.1 411 ", b"HTTP/1.1 400 "))


def test_head_has_headers_and_no_body(server):
    status, headers, body = server.ask("/accounts/login/", "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 1000


def test_a_process_that_is_killed_is_replaced(server):
    tasks = Path(f"/proc/{server.process.pid}/task/{server.process.pid}")
    for pid in (tasks / "children").read_text().split():
        os.kill(int(pid), 9)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            assert server.ask("/livez", timeout=5)[0] == 200
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("nobody answers")
