import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from tooling import embedded
from tooling.embedded import Servers

pytestmark = pytest.mark.processes


@pytest.fixture
def var(tmp_path, monkeypatch):
    # As the demo runs it: the tests' own servers trade safety for speed.
    monkeypatch.delenv("PALABRE_TEST")
    # Deeper than the 107 bytes that a socket's path may have.
    deep = tmp_path / ("d" * 60) / ("e" * 60) / "var"
    yield deep
    embedded.forget(deep)


def sql(var, statement):
    with psycopg.connect(embedded.embedded_urls(var)[0], autocommit=True) as connection:
        found = connection.execute(statement)
        return found.fetchone() if found.description else None


def postmaster(var):
    return int((Servers(var).data / "postmaster.pid").read_text().split()[0])


def test_servers_start_once_keep_their_data_and_survive_a_kill(var):
    start = [sys.executable, "-c", "import sys; from pathlib import Path; from tooling import embedded; "]
    start[-1] += "embedded.start(Path(sys.argv[1]))"
    together = [subprocess.Popen([*start, str(var)]) for _ in range(4)]
    assert [process.wait(60) for process in together] == [0, 0, 0, 0]
    first = postmaster(var)
    assert redis.from_url(embedded.embedded_urls(var)[1]).ping()
    sql(var, "CREATE TABLE kept (word text)")
    sql(var, "INSERT INTO kept VALUES ('palabre')")

    embedded.start(var)
    assert postmaster(var) == first

    os.kill(first, signal.SIGKILL)
    embedded.start(var, doubt=True)
    assert sql(var, "SELECT word FROM kept") == ("palabre",)

    assert embedded.stop(var) is True
    assert embedded.runs(var) is False
    assert embedded.stop(var) is False
    embedded.start(var)
    assert sql(var, "SELECT word FROM kept") == ("palabre",)

    data, sockets = Servers(var).data, Servers(var).sockets
    embedded.forget(var)
    assert not data.exists()
    assert not sockets.exists()


def test_nobody_else_can_walk_to_the_sockets_and_the_superuser_does_not_run_postgresql(var):
    embedded.start(var)
    servers = Servers(var)
    assert servers.sockets.stat().st_mode & 0o077 == 0
    assert len(str(servers.postgres_socket).encode()) <= 107
    assert sql(var, "SHOW listen_addresses") == ("",)
    assert Path(f"/proc/{postmaster(var)}").stat().st_uid != 0


def test_a_folder_of_sockets_that_belongs_to_somebody_else_is_refused(var):
    servers = Servers(var)
    if os.geteuid() != 0:
        pytest.skip("only the superuser can give a folder away")
    servers.sockets.mkdir()
    os.chown(servers.sockets, 12345, 12345)
    with pytest.raises(embedded.ServerFailed, match="belongs to somebody else"):
        embedded.start(var)


def test_what_tests_run_on_is_apart_from_the_demo(monkeypatch, tmp_path):
    in_test = embedded.embedded_urls(tmp_path)
    monkeypatch.delenv("PALABRE_TEST")
    assert set(embedded.embedded_urls(tmp_path)).isdisjoint(in_test)


def test_tests_side_by_side_have_each_their_own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    first = embedded.embedded_urls(tmp_path)[1]
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw1")
    assert embedded.embedded_urls(tmp_path)[1] != first
