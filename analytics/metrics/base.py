"""The declaration of a metric: id, version, question, formula, edge cases and words, in one place.

Each file of this folder declares metrics beside the facts they are computed from; `metric` adds them to `METRICS`,
and the report, its page and its file show what stands there, in the order of the ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Self

from django.utils.functional import Promise

from analytics.filters import Period, Scope
from people.models import Organisation

Text = str | Promise


class Unit(Enum):
    """What a number is, so that a page, a chart and a file each write it their way."""

    SHARE = "share"
    NUMBER = "number"
    MINUTES = "minutes"
    INDEX = "index"


@dataclass(frozen=True)
class Value:
    """A number with what it stands on, or the reason why there is none."""

    number: float | None = None
    n: int = 0
    low: float | None = None
    high: float | None = None
    reason: Text = ""
    # The number is not reached: it is more than this one (Kaplan–Meier).
    beyond: bool = False

    @property
    def is_known(self) -> bool:
        return self.number is not None


@dataclass(frozen=True)
class ReportQuery:
    """What facts are asked for: everything of a scope in a period and in the one before it."""

    organisation: Organisation
    scope: Scope
    period: Period
    now: datetime


class Facts:
    """What a metric is computed from, counted by unit; units are put together with `add`."""

    @classmethod
    def read(cls, query: ReportQuery) -> tuple[Mapping[int, Self], Mapping[int, Self]]:
        """By unit, for the period and for the one before it."""
        raise NotImplementedError

    def add(self, other: Self) -> None:
        raise NotImplementedError


# Facts and the smallest group that may be shown (`k`) in, a value out.
Formula = Callable[..., Value]


@dataclass(frozen=True)
class Words:
    """What is written beside each figure."""

    name: Text
    definition: Text
    population: Text


@dataclass(frozen=True, eq=False)
class Metric:
    """A figure defined once. A change of definition is a new version: the old figures are not comparable."""

    id: str
    version: int
    question: Text
    words: Words
    edge_cases: Text
    facts: type[Any]
    unit: Unit
    # Whether more is better: None where neither is (METRICS M06).
    more_is_better: bool | None

    @property
    def code(self) -> str:
        return f"{self.id} v{self.version}"

    @property
    def name(self) -> Text:
        return self.words.name


@dataclass(frozen=True, eq=False)
class Reading:
    """One number of a metric; `detail` says which, where there are several."""

    code: str
    metric: Metric
    formula: Formula
    detail: Text = ""

    def value(self, facts: Any, *, k: int) -> Value:
        return self.formula(facts, k=k)


METRICS: dict[str, Metric] = {}
READINGS: dict[str, Reading] = {}


def metric(
    id: str,
    version: int,
    *,
    question: Text,
    formula: Formula | Mapping[str, tuple[Text, Formula]],
    edge_cases: Text,
    words: Words,
    facts: type[Any],
    unit: Unit,
    more_is_better: bool | None = True,
) -> Metric:
    """Declare a metric. Several formulas are several readings of it: {key: (detail, formula)}."""
    declared = METRICS[id] = Metric(id, version, question, words, edge_cases, facts, unit, more_is_better)
    readings = formula.items() if isinstance(formula, Mapping) else [("", ("", formula))]
    for key, (detail, of_reading) in readings:
        code = f"{id}.{key}" if key else id
        READINGS[code] = Reading(code, declared, of_reading, detail)
    return declared
