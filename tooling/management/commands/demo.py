"""Runs the whole academy in one terminal; `make demo` and `make dev` end here."""

import fcntl
import io
import os
import socket
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable
from typing import IO, Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from tooling import embedded
from tooling.catalogues import compile_catalogues
from tooling.processes import Child, Guard, Supervisor, adopt_orphans, bury_orphans
from tooling.setup import Failed, digest, files_under, step

HOST = os.environ.get("HOST", "127.0.0.1")
ACCOUNTS = (
    ("awa@demo.palabre.test", "learner"),
    ("julie@demo.palabre.test", "trainer, facilitator"),
    ("marc@demo.palabre.test", "HR of Lumen"),
    ("ines@demo.palabre.test", "learner of Atelier Nord"),
    ("admin@demo.palabre.test", "administrator"),
)
PASSWORD = "palabre-demo"  # noqa: S105


class Command(BaseCommand):
    help = "Starts servers, data, web, live, worker and schedule, and stops them all on Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reload", action="store_true", help="restart on change, rebuild assets, show errors"
        )

    def handle(self, *, reload: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "This is for trying Palabre; with DATABASE_URL set, run it as the README says."
            )
        port = chosen_port(settings.PORT)
        live_port = free_port(after=port)
        lock = only_one_here()
        adopt_orphans()
        supervisor = Supervisor(
            children(port, live_port, reload=reload),
            folder=settings.BASE_DIR,
            write=print_line,
            # The guard stops the servers in our place, also when a step below ends this process.
            guard=Guard(settings.VAR_DIR),
        )
        try:
            prepare(reload=reload)
            if reload:
                threading.Thread(target=watch_files, args=[supervisor], daemon=True).start()
            code = supervisor.run(lambda: announce(port, supervisor))
        except KeyboardInterrupt:
            code = 130
        print_line("\nStopping the servers.")
        embedded.stop(settings.VAR_DIR)
        supervisor.guard.dismiss()
        bury_orphans()
        print_line("Everything has ended; the data stay for the next time (make reset forgets them).")
        lock.close()
        sys.exit(code)


def print_line(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def bind(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))


def chosen_port(port: int) -> int:
    try:
        bind(port)
    except OverflowError:
        raise CommandError(f"{port} is not a port; choose one between 1024 and 65535.") from None
    except OSError as error:
        raise CommandError(
            f"Port {port} cannot be used ({error.strerror}). Choose another: make demo PORT={port + 1}"
        ) from None
    return port


def free_port(after: int) -> int:
    """For the stream, which nobody types."""
    for port in range(after + 1, min(after + 100, 65536)):
        try:
            bind(port)
        except OSError:
            continue
        return port
    raise CommandError(f"No port after {after} is free; choose another: make demo PORT=…")


def only_one_here() -> IO[str]:
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    handle = (settings.VAR_DIR / "demo.pid").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.seek(0)
        raise CommandError(
            f"Palabre already runs from this folder (process {handle.read().strip()}); end it with: make stop"
        ) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def children(port: int, live_port: int, *, reload: bool) -> list[Child]:
    """What production runs, on this machine: pages, stream, and a worker with the schedule."""
    python = [sys.executable, "-m"]
    web = ["lms.web", "--host", HOST, "--port", str(port)]
    live = ["uvicorn", "lms.asgi:application", "--host", HOST, "--port", str(live_port), "--no-access-log"]
    live += ["--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    worker = ["celery", "-q", "-A", "lms", "worker", "-B", "--concurrency", "2", "--loglevel", "WARNING"]
    quiet = ["--without-gossip", "--without-mingle"]
    common = {"LIVE_PORT": str(live_port)} | ({"DEBUG": "1"} if reload else {})
    # Celery takes JSON only here, so its fear of the superuser (pickle) has no ground.
    calm = {**common, "PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
    started = [
        Child("web", [*python, *web], common, restarts_on_change=True),
        Child("live", [*python, *live], common, restarts_on_change=True),
        Child("worker", [*python, *worker, *quiet], calm, restarts_on_change=True),
    ]
    if reload:
        started.append(Child("assets", ["npm", "run", "--silent", "watch"]))
    return started


def prepare(*, reload: bool) -> None:
    step("PostgreSQL and Valkey", start_servers)
    step("Translations", compile_translations)
    step("Database", migrate)
    step("Demo academy", seed)
    if not reload:
        step("Static files", collect_static)
    connections.close_all()


def explained(work: Callable[[], str | None], advice: str) -> str | None:
    try:
        return work()
    except (Exception, SystemExit) as error:
        raise Failed(advice, f"{traceback.format_exc(limit=-6)}\n{error}") from error


def start_servers() -> str | None:
    def work() -> str | None:
        if embedded.runs(settings.VAR_DIR):
            return "running"
        embedded.start(settings.VAR_DIR)
        return None

    return explained(work, "Read the lines above; `make stop` then `make demo` starts them afresh.")


def compile_translations() -> str | None:
    return explained(
        lambda: None if compile_catalogues(settings.LOCALE_PATHS) else "ready",
        "Correct the catalogue named above, or take it back from git.",
    )


def migrate() -> str | None:
    def work() -> str | None:
        executor = MigrationExecutor(connections["default"])
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "ready"
        call_command("migrate", interactive=False, verbosity=0)
        return None

    return explained(work, "If the data of this demo may go: make reset, then make demo.")


def seed() -> str | None:
    if "seed_demo" not in get_commands():
        return "SKIPPED: this version has no command seed_demo"
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
        cluster = cursor.fetchone()[0]
    stamp = settings.VAR_DIR / "seeded"
    if stamp.exists() and stamp.read_text() == cluster:
        return "ready"
    advice = "If the data of this demo may go: make reset, then make demo."
    explained(lambda: call_command("seed_demo", stdout=io.StringIO()), advice)
    stamp.write_text(cluster)
    return None


def collect_static() -> str | None:
    packages = settings.BASE_DIR / "requirements.lock"
    mark = digest([*files_under("static"), packages])
    stamp = settings.VAR_DIR / "static.stamp"
    if stamp.exists() and stamp.read_text() == mark:
        return "ready"
    advice = "Correct the file named above; `make reset` does not touch it."
    explained(lambda: call_command("collectstatic", interactive=False, verbosity=0, clear=True), advice)
    stamp.write_text(mark)
    return None


def watch_files(supervisor: Supervisor) -> None:
    """Restarts the Python processes when code or a catalogue changes; templates are read anew at each request."""
    from watchfiles import PythonFilter, watch

    folders = [path.parent for path in settings.BASE_DIR.glob("*/__init__.py") if path.parent.name != "tests"]
    only = PythonFilter(extra_extensions=(".po",))
    for changes in watch(*folders, *settings.LOCALE_PATHS, watch_filter=only, stop_event=supervisor.ending):
        compile_catalogues(settings.LOCALE_PATHS)
        supervisor.change({os.path.relpath(path, settings.BASE_DIR) for _, path in changes})


def announce(port: int, supervisor: Supervisor) -> None:
    address = f"http://localhost:{port}/"
    deadline = time.monotonic() + 60
    while not supervisor.ending.is_set():
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/livez", timeout=2).close()
            break
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                supervisor.say("The pages do not answer after a minute: the lines of `web` above say why.")
                return
            time.sleep(0.1)
    else:
        return
    accounts = "\n".join(f"    {email.ljust(28)} {role}" for email, role in ACCOUNTS)
    supervisor.say(
        f"\n  Palabre is open: {address}\n\n"
        f"  Sign in with one of these, password {PASSWORD}:\n{accounts}\n\n"
        "  Ctrl-C ends everything.\n"
    )
