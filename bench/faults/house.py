"""The processes under fire: System, and what a supervisor does to it (restarts) and a bad day (signals, full disks)."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psycopg
import redis

from bench.faults.mailbox import Mailbox
from bench.system import System, family_of, free_port
from tooling.embedded import Servers, answers, start

PROCESSES = ("web", "live", "worker")
SKEW = Path(__file__).parent / "skew"
# Of the tables that grow while the disk is full, and of the files people give.
DISK_MB = 64


class House(System):
    threads = 4

    def __init__(self) -> None:
        super().__init__()
        self.servers = Servers(self.folder)
        self.mailbox = Mailbox(free_port())
        self.disk = self.folder / "disk"
        self.disk_is_small = False
        self.watched: set[str] = set()
        self.ending = threading.Event()
        self.restarting = threading.Thread(target=self._keep_alive, daemon=True)
        self.extra: list[subprocess.Popen[bytes]] = []

    def begin(self) -> None:
        """Servers, mail, the small disk; then Django may be set up and the academy founded."""
        self.start_servers()
        self.mailbox.up()
        self._mount()
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "bench.faults.settings",
            "ALLOWED_HOSTS": "bench.test,localhost",
            "FAULTS_ORIGIN": f"http://localhost:{self.web_port}",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mailbox.port}",
            "EMAIL_INSECURE": "1",
            "MEDIA_ROOT": str(self.disk / "media"),
        }
        os.environ.update(self.environment)

    def open(self) -> None:
        self.start(*PROCESSES)
        self.watched = {*PROCESSES, "postgres", "valkey"}
        self.restarting.start()

    # What a supervisor does.

    def _keep_alive(self) -> None:
        while not self.ending.wait(0.3):
            for name in PROCESSES:
                if name in self.watched and self.processes[name].poll() is not None:
                    self.kill_group(self.processes[name].pid)
                    self.launch(name)
            for name, path in (
                ("postgres", self.servers.postgres_socket),
                ("valkey", self.servers.valkey_socket),
            ):
                if name in self.watched and not answers(path):
                    start(self.folder, doubt=True)

    def launch(self, name: str) -> None:
        """As `start`, without waiting for it: a supervisor does not."""
        with suppress(RuntimeError):
            self.start(name)

    def kill_group(self, pid: int, number: int = signal.SIGKILL) -> None:
        with suppress(ProcessLookupError):
            os.killpg(pid, number)

    # What a bad day does.

    def pids(self, name: str) -> list[int]:
        if name == "postgres":
            return family_of(int((self.servers.data / "postmaster.pid").read_text().split()[0]))
        if name == "valkey":
            return [int((self.servers.sockets / "valkey.pid").read_text())]
        if name == "beat":  # The one that the worker keeps.
            return [pid for pid in self.family("worker") if "beat" in command_of(pid)]
        return self.family(name)

    def signal(self, name: str, number: int) -> None:
        for pid in self.pids(name):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self, name: str) -> None:
        self.signal(name, signal.SIGKILL)

    @contextmanager
    def stopped(self, name: str) -> Any:
        """Everything of it holds its breath, its connections stay open: worse than gone."""
        pids = self.pids(name)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def wait_until_up(self, name: str, seconds: float = 60) -> None:
        """Until a killed server answers again; for processes, until the supervisor has started another."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if name == "postgres" and self.servers.postgres_runs():
                return
            if name == "valkey" and answers(self.servers.valkey_socket):
                return
            if name in PROCESSES and self.processes[name].poll() is None:
                return
            time.sleep(0.05)

    def connect(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self.environment["DATABASE_URL"], autocommit=True)

    def redis(self) -> "redis.Redis":
        return redis.Redis.from_url(self.environment["REDIS_URL"], socket_timeout=5)

    @contextmanager
    def another(self, name: str, **environment: str) -> Any:
        """A second one of these beside the first, for instance with another clock."""
        first, before = self.processes.get(name), dict(self.environment)
        self.watched.discard(name)
        self.environment |= environment
        self.start(name)
        second = self.processes.pop(name)
        self.environment = before
        if first is not None:
            self.processes[name] = first
            self.watched.add(name)
        self.extra.append(second)
        try:
            yield second
        finally:
            self.kill_group(second.pid)
            second.wait()

    # The small disk.

    def _mount(self) -> None:
        self.disk.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=0755", "tmpfs", str(self.disk)],
            capture_output=True,
            check=False,
        )
        self.disk_is_small = sys.platform == "linux" and done.returncode == 0
        (self.disk / "media").mkdir()

    def move_tables(self, *tables: str) -> None:
        """Onto the small disk, with their indexes."""
        if not self.disk_is_small:
            return
        space = self.disk / "tables"
        space.mkdir()
        for folder in (self.folder, self.disk):
            folder.chmod(0o755)
        if owner := self.servers.owner:
            os.chown(space, owner.pw_uid, owner.pw_gid)
        with self.connect() as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{space}'")
            for table in tables:
                connection.execute(f"ALTER TABLE {table} SET TABLESPACE small")
                names = connection.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", [table])
                for (index,) in names.fetchall():
                    connection.execute(f'ALTER INDEX "{index}" SET TABLESPACE small')

    @contextmanager
    def full_disk(self) -> Any:
        filler = self.disk / "filler"
        with filler.open("wb", buffering=0) as handle, suppress(OSError):
            _fill(handle)
        try:
            yield
        finally:
            filler.unlink()

    def end(self) -> None:
        self.ending.set()
        self.restarting.join(70) if self.restarting.is_alive() else None
        for process in self.extra:
            self.kill_group(process.pid)
        for name in self.processes:
            self.signal(name, signal.SIGCONT)
        self.mailbox.down()
        self.stop(forget=False)
        if self.disk_is_small:
            subprocess.run(["umount", str(self.disk)], check=False)
        if self.servers.data != self.servers.link:
            shutil.rmtree(self.servers.data, ignore_errors=True)
            self.servers.log.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def logs(self, words: str) -> list[str]:
        """Lines of the processes' logs that hold these words."""
        found = []
        for path in sorted(self.folder.glob("*.log")):
            found += [line for line in path.read_text(errors="replace").splitlines() if words in line]
        return found


def command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


def _fill(handle: IO[bytes]) -> None:
    for size in (1 << 20, 1 << 12, 1):
        block = b"\0" * size
        with suppress(OSError):
            while handle.write(block) == size:
                pass
