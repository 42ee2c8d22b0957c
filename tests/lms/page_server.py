"""The page server of production (lms/web.py) on the test's database, as a process of its own."""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager

from django.conf import settings
from django.db import connection

PATIENCE = 60
PROCESSES, THREADS = 2, 4
# What PostgreSQL calls its sessions.
NAME = "page-server"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PageServer:
    def __init__(self, port, process):
        self.port, self.process = port, process

    def ask(self, path, method="GET", body=None, headers=None, timeout=20):
        """Status, headers and body of the answer."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as line:
            line.request(method, path, body=body, headers=self.headers | (headers or {}))
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read()

    def send(self, head, body=b""):
        """Raw bytes; the socket, with nothing read."""
        names = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        line = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        line.sendall(f"{head}\r\n{names}\r\n".encode() + body)
        return line

    headers = {"Host": "testserver", "X-Forwarded-Proto": "https"}


@contextmanager
def page_server(tmp_path, script="from lms.web import main; main()", **changes):
    port = free_port()
    database = connection.settings_dict
    environment = {name: value for name, value in os.environ.items() if name != "PALABRE_TEST"} | {
        "DJANGO_SETTINGS_MODULE": "tests.served",
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
        f"&application_name={NAME}",
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "testserver",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "PALABRE_VAR": str(tmp_path),
        "WEB_PROCESSES": str(PROCESSES),
        "WEB_THREADS": str(THREADS),
        **changes,
    }
    log = (tmp_path / "web.log").open("w")
    command = [sys.executable, "-c", script, "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    try:
        server = PageServer(port, process)
        wait_until_up(server, tmp_path / "web.log")
        yield server
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def wait_until_up(server, log):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            assert server.ask("/livez", timeout=5)[0] == 200
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text()[-3000:])
