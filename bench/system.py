"""The production processes on servers of their own, on this machine: what the compose file runs, minus the proxy."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WORKERS = 2
PASSWORD = "a-password-for-the-bench"  # of every seeded person
TICKS = os.sysconf("SC_CLK_TCK")
IDLE = 0.05  # seconds of processor in a second


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def family_of(pid: int) -> list[int]:
    """The process and all it started."""
    found, waiting = [], [pid]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        with suppress(FileNotFoundError, ProcessLookupError):  # It ended while we looked.
            for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += map(int, tasks.read_text().split())
    return found


def times_of(pid: int) -> list[int]:
    """Ticks of processor: of its own code, of the kernel for it, and both of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return [0, 0, 0, 0]
    return [int(field) for field in fields[11:15]]


def pss_of(pid: int) -> int:
    """Kilobytes of a process, each page it shares with n others counted as its n-th part."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


class System:
    """PostgreSQL and Valkey in a folder, then web, live and worker with production settings."""

    # One thread a process: what a page costs is easier to see.
    threads = 1

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="palabre-bench-"))
        # Run as the superuser, PostgreSQL runs as somebody who must be able to walk to its data.
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        self.web_port, self.live_port = free_port(), free_port()
        self.processes: dict[str, subprocess.Popen] = {}
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in {"PALABRE_TEST", "DEBUG"}},
            "PALABRE_VAR": str(self.folder),
            "PYTHONWARNINGS": "ignore",
            "WEB_PROCESSES": str(WORKERS),
            "WEB_THREADS": str(self.threads),
        }

    def start_servers(self) -> None:
        """Start PostgreSQL and Valkey, and point the environment at them as a production would."""
        from tooling import embedded

        # As docs/operations.md says: a quarter of the memory of a small server.
        embedded.start(self.folder, memory="1GB")
        database, redis = embedded.embedded_urls(self.folder)
        self.environment |= {
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "SECRET_KEY": "for-the-bench-only-" + "x" * 50,
            "ALLOWED_HOSTS": "bench.test",
            "EMAIL_URL": "smtp://127.0.0.1:9",
            "DEFAULT_FROM_EMAIL": "Palabre <palabre@bench.test>",
            "DJANGO_SETTINGS_MODULE": "bench.settings",
        }

    def manage(self, *words: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self, *names: str) -> None:
        port = {"web": self.web_port, "live": self.live_port}
        commands = {
            "web": [
                *("python", "-m", "lms.web", "--host", "127.0.0.1", "--port", str(port["web"])),
            ],
            "live": [
                *("uvicorn", "lms.asgi:application", "--host", "127.0.0.1", "--port", str(port["live"])),
                *("--no-access-log", "--log-level", "warning"),
            ],
            "worker": [
                *("celery", "-q", "-A", "lms", "worker", "-B", "--concurrency", "2", "--loglevel", "ERROR"),
                *("--without-gossip", "--without-mingle"),
            ],
            # What a fleet may run beside its workers; in a small house it is theirs (-B).
            "beat": ["celery", "-q", "-A", "lms", "beat", "--loglevel", "ERROR", "--pidfile="],
        }
        for name in names:
            command = [str(BIN / commands[name][0]), *commands[name][1:]]
            log = (self.folder / f"{name}.log").open("a")
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        for name in names:
            if name in port:
                self.wait_for(port[name], name)

    def wait_for(self, port: int, name: str) -> None:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/livez", headers={"Host": "bench.test"})
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(request, timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"{name} does not answer:\n{(self.folder / f'{name}.log').read_text()[-3000:]}")

    def family(self, name: str) -> list[int]:
        """The process and all it started."""
        return family_of(self.processes[name].pid)

    def cpu(self, name: str) -> float:
        """Seconds of processor that the process and its children have used."""
        return sum(sum(times_of(pid)[:2]) for pid in self.family(name)) / TICKS

    def database_cpu(self) -> float:
        """The same of PostgreSQL, with those of its processes that have ended."""
        from tooling import embedded

        first = int((embedded.Servers(self.folder).data / "postmaster.pid").read_text().split()[0])
        running = sum(sum(times_of(pid)[:2]) for pid in family_of(first))
        return (running + sum(times_of(first)[2:])) / TICKS

    def valkey_cpu(self) -> float:
        from tooling import embedded

        pid = int((embedded.Servers(self.folder).sockets / "valkey.pid").read_text())
        return sum(times_of(pid)[:2]) / TICKS

    def house_cpu(self) -> dict[str, float]:
        """Seconds of processor that each part of the house has used."""
        parts = {name: self.cpu(name) for name in self.processes}
        return parts | {"database": self.database_cpu(), "valkey": self.valkey_cpu()}

    def finish(self, within: float = 60.0) -> None:
        """Wait until everything that follows from what was done is done: every event read by every reader, every
        day that it marked built again, and the processes at rest. Django is set up for this house's database.
        The figures are asked for as the schedule does each minute, without waiting for the minute."""
        from analytics.models import DirtyDay
        from analytics.tasks import rebuild_dirty_days
        from events.models import Cursor, Event

        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            self.settle()  # Our own looks into the database would count as the house's.
            last = Event.objects.order_by("-txid", "-id").values_list("txid", "id").first()
            read = all(cursor.position >= last for cursor in Cursor.objects.all()) if last else True
            if read and not DirtyDay.objects.exists():
                return
            if read:
                rebuild_dirty_days.delay()

    def memory(self) -> dict[str, int]:
        """Megabytes of each process with its children, servers included, what they share counted once (PSS)."""
        from tooling import embedded

        servers = embedded.Servers(self.folder)
        firsts = {name: process.pid for name, process in self.processes.items()} | {
            "PostgreSQL": int((servers.data / "postmaster.pid").read_text().split()[0]),
            "Valkey": int((servers.sockets / "valkey.pid").read_text()),
        }
        return {
            name: round(sum(pss_of(pid) for pid in family_of(first)) / 1024) for name, first in firsts.items()
        }

    def peak_memory(self, name: str) -> float:
        """The highest peak among the process and its children, in MB."""
        peaks = []
        for pid in self.family(name):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmHWM"):
                    peaks.append(int(line.split()[1]) / 1024)
        return max(peaks)

    def settle(self, within: float = 20.0) -> None:
        """Let the worker finish what was asked of it: what it takes is not the page's that is measured next."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            before = self.cpu("worker") + self.database_cpu()
            time.sleep(1)
            if self.cpu("worker") + self.database_cpu() - before < IDLE:
                return

    def restart(self, name: str) -> None:
        process = self.processes.pop(name)
        os.killpg(process.pid, 15)
        process.wait(20)
        self.start(name)

    def end_processes(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, 15)
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
        self.processes.clear()

    def stop(self, *, forget: bool = True) -> None:
        from tooling import embedded

        self.end_processes()
        embedded.stop(self.folder)
        if forget:
            shutil.rmtree(self.folder, ignore_errors=True)
