"""The declaration of a metric: id, version, question, formula, edge cases and words, in one place.

Each file of this folder declares metrics beside the facts they are computed from; `metric` adds them to `METRICS`,
and the report, its page and its file show what stands there, in the order of the ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from enum import Enum
from typing import Any, ClassVar, Self

from django.utils.functional import Promise

from analytics.filters import Period, Scope
from analytics.models import ShownGroup
from people.models import Organisation

Text = str | Promise
Number = float | Decimal


class Unit(Enum):
    """What a number is, so that a page, a chart and a file each write it their way."""

    SHARE = "share"
    NUMBER = "number"
    MINUTES = "minutes"
    INDEX = "index"


STEPS = {
    Unit.SHARE: Decimal("0.01"),
    Unit.NUMBER: Decimal("0.1"),
    Unit.MINUTES: Decimal(1),
    Unit.INDEX: Decimal("0.01"),
}
DAY = 60 * 24


def rounded(number: Number, unit: Unit) -> Decimal:
    """Half-even to what is written of it: whole percents, tenths, minutes (days from two days on), hundredths.

    A tie is one of the decimal number: 0.285 is read as written, not as the nearest binary fraction.
    """
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    if unit is Unit.MINUTES and exact >= 2 * DAY:
        return (exact / DAY).quantize(Decimal(1), ROUND_HALF_EVEN) * DAY
    # No minus before a zero.
    return exact.quantize(STEPS[unit], ROUND_HALF_EVEN) + 0


def rounded_or_none(number: Number | None, unit: Unit) -> Decimal | None:
    return None if number is None else rounded(number, unit)


def parts_of_a_whole(shares: Sequence[Number]) -> list[Decimal]:
    """Shares that add up to 1 as whole percents that add up to 100, by the largest remainder."""
    exact = [Decimal(repr(float(share))) for share in shares]
    found = [share.quantize(STEPS[Unit.SHARE], ROUND_FLOOR) for share in exact]
    missing = int((1 - sum(found)) * 100)
    by_remainder = sorted(range(len(exact)), key=lambda one: found[one] - exact[one])
    for one in by_remainder[:missing]:
        found[one] += STEPS[Unit.SHARE]
    return found


@dataclass(frozen=True)
class Value:
    """A number with what it stands on, or the reason why there is none."""

    number: Number | None = None
    n: int = 0
    low: Number | None = None
    high: Number | None = None
    reason: Text = ""
    # The number is not reached: it is more than this one (Kaplan–Meier).
    beyond: bool = False

    @property
    def is_known(self) -> bool:
        return self.number is not None

    def rounded(self, unit: Unit) -> Value:
        return replace(
            self,
            number=rounded_or_none(self.number, unit),
            low=rounded_or_none(self.low, unit),
            high=rounded_or_none(self.high, unit),
        )


@dataclass(frozen=True)
class ReportQuery:
    """What facts are asked for: everything of a scope in a period and in the one before it."""

    organisation: Organisation
    scope: Scope
    period: Period
    now: datetime
    # The seats of people whose facts are wanted one by one: some groups count them, others do not.
    apart: tuple[int, ...] = ()


# The unit, and the seat of one of those wanted apart; None: all others of the unit.
FactsKey = tuple[int, int | None]


class Facts:
    """What a metric is computed from, counted by unit; units are put together with `add`."""

    figures: ClassVar[ShownGroup.Figures]

    @classmethod
    def read(cls, query: ReportQuery) -> tuple[Mapping[FactsKey, Self], Mapping[FactsKey, Self]]:
        """For the period and for the one before it."""
        raise NotImplementedError

    def add(self, other: Self) -> None:
        raise NotImplementedError

    def among(self, people: int) -> Self:
        """The facts of these people alone, where they are not told apart by the key already."""
        return self


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
    # Its readings are the parts of a whole: together they are 1.
    is_a_whole: bool

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
        """Rounded here once: page, chart and file show the same number."""
        if not self.metric.is_a_whole:
            return self.formula(facts, k=k).rounded(self.metric.unit)
        parts = [reading for reading in READINGS.values() if reading.metric is self.metric]
        exact = [reading.formula(facts, k=k) for reading in parts]
        value = exact[parts.index(self)]
        numbers = [one.number for one in exact if one.number is not None]
        if len(numbers) < len(parts):
            return value.rounded(self.metric.unit)
        return replace(value.rounded(self.metric.unit), number=parts_of_a_whole(numbers)[parts.index(self)])


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
    is_a_whole: bool = False,
) -> Metric:
    """Declare a metric. Several formulas are several readings of it: {key: (detail, formula)}."""
    declared = METRICS[id] = Metric(
        id, version, question, words, edge_cases, facts, unit, more_is_better, is_a_whole
    )
    readings = formula.items() if isinstance(formula, Mapping) else [("", ("", formula))]
    for key, (detail, of_reading) in readings:
        code = f"{id}.{key}" if key else id
        READINGS[code] = Reading(code, declared, of_reading, detail)
    return declared
