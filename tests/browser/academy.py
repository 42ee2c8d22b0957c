"""The demo academy as `make demo` runs it, in a folder and on a port of its own."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOT_PASSED_ON = {"PALABRE_TEST", "DJANGO_SETTINGS_MODULE", "DEBUG"}
PATIENCE = 180  # seconds, on a machine that runs other tests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for found in map(shutil.which, names) if found), None)


class Academy:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = (folder / "academy.log").open("w+")
        self.process: subprocess.Popen | None = None

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k not in NOT_PASSED_ON}
        return {**kept, "PALABRE_VAR": str(self.folder / "var"), "PORT": str(self.port)}

    def manage(self, *words: str) -> str:
        """Run a management command on the academy's own data."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> "Academy":
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env=self.environment(),
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.url}/readyz", timeout=5).close()
                return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        self.stop()
        raise RuntimeError(f"the academy did not start:\n{self.said()[-4000:]}")

    def said(self) -> str:
        self.log.flush()
        return (self.folder / "academy.log").read_text()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()


def temporary_academy() -> Academy:
    return Academy(Path(tempfile.mkdtemp(prefix="palabre-academy-")))


class RunningAcademy(Academy):
    """One that somebody else started, at PALABRE_URL with its data in PALABRE_VAR; it is left running."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.port = urlsplit(self.url).port or 80

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k not in NOT_PASSED_ON}
        return {**kept, "PORT": str(self.port)}


@contextmanager
def find_academy() -> Iterator[Academy]:
    """The one that PALABRE_URL names, or a new one for as long as it is needed."""
    if url := os.environ.get("PALABRE_URL"):
        yield RunningAcademy(url)
        return
    academy = temporary_academy().start()
    try:
        yield academy
    finally:
        academy.stop()
        shutil.rmtree(academy.folder, ignore_errors=True)
