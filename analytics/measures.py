"""Measures: the numbers per person and day that the bitmap index keeps, one row of `ActivityBlock` each.

A measure that is added here, or gets a new version, has the days that are built already counted again by
`mark_missing_days`: nothing is migrated.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from analytics import bitmaps
from analytics.bitmaps import Slices


class LearnerDayRow(NamedTuple):
    """The columns of `LearnerDay` that measures are made from."""

    user_id: int
    unit_id: int
    space_id: int
    presences: int
    contributions: int
    participations: int
    useful_marks: int


@dataclass(frozen=True, eq=False)
class Measure:
    name: str
    # What a row counts for; None: the measure comes from the roster of the day.
    number: Callable[[LearnerDayRow], int] | None
    # Numbers of several days and spaces add up; otherwise it is enough to have done it once.
    adds_up: bool = True
    version: int = 1

    def joined(self, left: Slices, right: Slices) -> Slices:
        return bitmaps.added(left, right) if self.adds_up else bitmaps.either(left, right)

    def total(self, found: Iterable[Slices]) -> Slices:
        nothing: Slices = []
        return reduce(self.joined, found, nothing)


ENROLLED = Measure("enrolled", None)
PRESENT = Measure("present", lambda row: int(row.presences > 0 or row.participations > 0), adds_up=False)
PARTICIPATED = Measure("participated", lambda row: int(row.participations > 0), adds_up=False)
CONTRIBUTIONS = Measure("contributions", lambda row: row.contributions)
USEFUL_MARKS = Measure("useful_marks", lambda row: row.useful_marks)

MEASURES = {
    measure.name: measure for measure in (ENROLLED, PRESENT, PARTICIPATED, CONTRIBUTIONS, USEFUL_MARKS)
}
# How the bytes of a block are laid out; blocks of another layout are not read.
LAYOUT = 1
# What a day that is built holds.
SIGNATURE = " ".join(
    [f"layout.{LAYOUT}", "enrolments.1", *sorted(f"{one.name}.{one.version}" for one in MEASURES.values())]
)
