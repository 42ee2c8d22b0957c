from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise

Words = str | Promise


class Measure(Enum):
    """What a number is, so that a page, a chart and a file each write it their way."""

    SHARE = "share"
    NUMBER = "number"
    MINUTES = "minutes"
    INDEX = "index"


@dataclass(frozen=True)
class Metric:
    """A figure defined once. A change of definition is a new version: the old figures are not comparable."""

    id: str
    version: int
    name: Words
    definition: Words
    population: Words
    # LD: learner, day and space; T: thread; C: cohort (METRICS §1).
    grain: str
    measure: Measure
    caveats: Words = ""
    # Whether more is better: None where neither is (METRICS M06).
    more_is_better: bool | None = True

    @property
    def code(self) -> str:
        return f"{self.id} v{self.version}"


@dataclass(frozen=True)
class Value:
    """A number with what it stands on, or the reason why there is none."""

    number: float | None = None
    n: int = 0
    low: float | None = None
    high: float | None = None
    reason: Words = ""
    # The number is not reached: it is more than this one (Kaplan–Meier).
    beyond: bool = False

    @property
    def is_known(self) -> bool:
        return self.number is not None
