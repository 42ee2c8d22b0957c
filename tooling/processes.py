"""Runs several programs as one: their lines with their names in front, and an end that leaves none behind.

Each child leads a group of its own, so what it started can be ended with it. A guard process holds a pipe to us:
when the pipe closes without a word (kill -9, a crash), the guard ends the groups and the servers in our place.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PATIENCE = 8.0
RESTARTS_A_MINUTE = 5
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Child:
    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    restarts_on_change: bool = False
    process: "subprocess.Popen[str] | None" = None
    births: list[float] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


class Supervisor:
    """Starts the children, restarts those that fall, and stops everything on Ctrl-C, TERM or HUP."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        folder: Path,
        write: Callable[[str], None],
        guard: "Guard",
        patience: float = PATIENCE,
    ) -> None:
        self.children = list(children)
        self.folder = folder
        self.write = write
        self.writing = threading.Lock()
        self.width = max(len(child.name) for child in children)
        self.ending = threading.Event()
        self.signals = 0
        self.changed: set[str] = set()
        self.guard = guard
        self.patience = patience

    def run(self, when_started: Callable[[], None]) -> int:
        """Blocks until asked to end. Returns the exit code: 0 when a person ended it, 1 when a child could not live."""
        for number in ENDING_SIGNALS:
            signal.signal(number, self.end)
        end_with_parent()
        for child in self.children:
            self.start(child)
        threading.Thread(target=when_started, daemon=True).start()
        code = 0
        while not self.signals:
            time.sleep(0.2)
            if not self.signals and not self.keep_alive():
                code = 1
                break
        self.ending.set()
        self.terminate(self.children, patience=self.patience)
        return code

    def end(self, number: int, frame: object) -> None:
        # Nothing that locks: Ctrl-C reaches make and us, and a second signal may come while the first is taken.
        self.signals += 1

    def start(self, child: Child) -> None:
        child.births.append(time.monotonic())
        child.process = subprocess.Popen(  # noqa: S603
            child.command,
            cwd=self.folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **child.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.guard.watch(child.process.pid)
        threading.Thread(target=self.relay, args=(child.name, child.process.stdout), daemon=True).start()

    def say(self, line: str) -> None:
        """One line at a time, whichever thread it comes from."""
        with self.writing:
            self.write(line)

    def relay(self, name: str, lines: IO[str]) -> None:
        for line in lines:
            self.say(f"{name.rjust(self.width)} | {line.rstrip()}")

    def keep_alive(self) -> bool:
        if self.changed:
            self.restart_changed()
        for child in self.children:
            if not child.ended or self.signals:
                continue
            assert child.process is not None
            recent = [birth for birth in child.births if time.monotonic() - birth < 60]
            self.say(f"{child.name} ended with {child.process.returncode}.")
            if len(recent) >= RESTARTS_A_MINUTE:
                self.say(f"{child.name} fell {len(recent)} times in a minute: its lines above say why.")
                return False
            self.end_group(child)
            self.start(child)
        return True

    def change(self, paths: set[str]) -> None:
        """Called by whoever watches the files; the restart happens in our own loop."""
        self.changed |= paths

    def restart_changed(self) -> None:
        names, self.changed = self.changed, set()
        self.say(f"changed: {', '.join(sorted(names)[:4])}")
        children = [child for child in self.children if child.restarts_on_change]
        self.terminate(children, patience=3)
        for child in children:
            child.births.clear()
            self.start(child)

    def terminate(self, children: Sequence[Child], *, patience: float) -> None:
        """Asks, waits, then insists. A second Ctrl-C insists at once."""
        asked = self.signals
        for child in children:
            if child.process and not child.ended:
                child.process.terminate()
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and self.signals <= max(asked, 1):
            if all(child.process is None or child.ended for child in children):
                break
            time.sleep(0.05)
        for child in children:
            self.end_group(child)

    def end_group(self, child: Child) -> None:
        """Kills what is left of the child and of what it started."""
        if child.process is None:
            return
        kill_group(child.process.pid, signal.SIGKILL)
        child.process.wait()
        self.guard.forget(child.process.pid)


class Guard:
    """The other end of the pipe: a process in its own session that outlives our sudden death."""

    def __init__(self, var: Path) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "tooling.processes", str(var)],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def watch(self, pid: int) -> None:
        self.tell(f"+{pid}")

    def forget(self, pid: int) -> None:
        self.tell(f"-{pid}")

    def dismiss(self) -> None:
        self.tell("all is well")
        self.process.wait(timeout=PATIENCE)

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:  # Somebody killed the guard; the children are still ours to end.
            pass


def kill_group(pid: int, number: int) -> bool:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end_with_parent() -> None:
    """On Linux, make's own sudden death reaches us as a request to end."""
    if sys.platform == "linux" and os.getppid() != 1:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def adopt_orphans() -> None:
    """On Linux, servers that detach become our children: in a container nobody else would bury them."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def bury_orphans(patience: float = 2.0) -> None:
    """Collects the adopted that have ended; only once our own children have been waited for."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            time.sleep(0.02)


def guard(var: Path) -> None:
    for number in ENDING_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        if line == "all is well\n":
            return
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    for number, patience in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 1.0)):
        groups = {group for group in groups if kill_group(group, number)}
        deadline = time.monotonic() + patience
        while groups and time.monotonic() < deadline:
            time.sleep(0.1)
            groups = {group for group in groups if kill_group(group, 0)}
    from tooling import embedded  # Only now: the guard stays small while all is well.

    embedded.stop(var)


if __name__ == "__main__":
    guard(Path(sys.argv[1]))
