import fcntl
import os
import signal
import time
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from tooling import embedded


class Command(BaseCommand):
    help = "Ends what runs from this folder: the demo, and the servers of the demo and of the tests."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            self.stdout.write("DATABASE_URL is set: nothing here is ours to stop.")
            return
        ended = end_demo()
        for var in (settings.VAR_DIR, settings.VAR_DIR / "test"):
            ended = embedded.stop(var) or ended
        self.stdout.write("Everything has ended." if ended else "Nothing was running.")


def end_demo(patience: float = 25) -> bool:
    """Asks the demo of this folder to end and waits for it. The lock it holds says whether it still lives."""
    pidfile = settings.VAR_DIR / "demo.pid"
    if not pidfile.exists():
        return False
    with pidfile.open() as handle:
        deadline = time.monotonic() + patience
        asked = False
        while time.monotonic() < deadline:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return asked
            except BlockingIOError:
                if not asked:
                    os.kill(int(handle.read() or 0) or os.getpid(), signal.SIGTERM)
                    asked = True
            time.sleep(0.1)
    return asked
