"""What the page server of production does, asked by sockets."""

import os
import threading
import time
from pathlib import Path

import pytest
from django.db import connection

from tests.lms.page_server import NAME, PROCESSES, THREADS, page_server

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
MEGABYTE = 1 << 20
# A thread of the server that has had nothing to do for this long ends: the shortest that granian takes.
IMPATIENT = "from lms import web; web.IDLE_SECONDS = 5; web.main()"


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


def test_connections_to_the_database_stay_within_processes_times_threads(folder):
    """Idle threads of the server end and others begin: their connections must not stay behind."""
    with page_server(folder, IMPATIENT) as server:
        most = 0
        for _ in range(3):
            crowd = [threading.Thread(target=server.ask, args=["/readyz"]) for _ in range(16)]
            for one in crowd:
                one.start()
            for one in crowd:
                one.join()
            time.sleep(1)  # A session that was told to end takes a moment to be gone.
            most = max(most, connections_of(server))
            time.sleep(5)  # The server's own clock, which no test can move.
        assert 0 < most <= PROCESSES * THREADS


def connections_of(server):
    """Sessions that PostgreSQL holds for processes of this server."""
    with connection.cursor() as cursor:
        # What PostgreSQL forks by itself for a large query bears the same name.
        sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND backend_type = %s"
        cursor.execute(sessions, [NAME, "client backend"])
        return cursor.fetchone()[0]


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
