"""Servers one can do without for a while: who finds one away says so, and nobody waits for it again at once."""

import time


class Outage:
    """Begins when a call failed and lasts some seconds; the first call afterwards tries again.

    Without it each request of a page would wait for the same dead server, several times over.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.until = 0.0

    @property
    def lasts(self) -> bool:
        return time.monotonic() < self.until

    def begin(self) -> None:
        self.until = time.monotonic() + self.seconds

    def end(self) -> None:
        self.until = 0.0
