"""What the clients sent and what was acknowledged, written to disk before it is believed."""

import json
import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Act:
    """One thing a person wants done, sent until it is acknowledged, each time under the same key."""

    person: int
    kind: str
    facts: dict[str, Any]
    sent: int = 0
    # When the acknowledgement came, on the clock of the harness.
    acknowledged: float | None = None
    status: int = 0
    found: dict[str, Any] = field(default_factory=dict)


class Journal:
    """Lines of JSON: `sent` before the request leaves, `acknowledged` when 2xx or a redirect has come."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("a", encoding="utf-8")
        self.writing = threading.Lock()
        self.acts: list[Act] = []
        self.statuses: Counter[int] = Counter()
        self.surprises: list[str] = []

    def send(self, act: Act) -> None:
        with self.writing:
            if not act.sent:
                self.acts.append(act)
            act.sent += 1
            self._write("sent", act)

    def answer(self, act: Act, status: int, found: dict[str, Any] | None = None) -> None:
        """An answer came: acknowledged when 2xx or 302, else it is not known what became of the act."""
        with self.writing:
            self.statuses[status] += 1
            act.status = status
            if 200 <= status < 400:
                act.found = found or {}
                act.acknowledged = time.monotonic()
                self._write("acknowledged", act)
                os.fsync(self.file.fileno())

    def no_answer(self) -> None:
        with self.writing:
            self.statuses[0] += 1

    def surprise(self, words: str) -> None:
        with self.writing:
            self.surprises.append(words)

    def of(self, kind: str) -> list[Act]:
        with self.writing:
            return [act for act in self.acts if act.kind == kind]

    def acknowledged(self, kind: str) -> list[Act]:
        return [act for act in self.of(kind) if act.acknowledged is not None]

    def acknowledged_since(self, moment: float) -> int:
        with self.writing:
            return sum(1 for act in self.acts if act.acknowledged and act.acknowledged >= moment)

    def _write(self, word: str, act: Act) -> None:
        line = {"what": word, "person": act.person, "kind": act.kind, **act.facts, **act.found}
        self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.file.flush()
