"""The content of the bitmap index: numbers per person of each measure, unit by unit, over some days.

Stored in `ActivityBlock`, one block for each scope, day or week, and measure.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache, reduce
from itertools import zip_longest

from analytics import bitmaps
from analytics.bitmaps import Slices
from analytics.measures import MEASURES, Measure

# Those of a month and of the one before it; each takes a few hundred kilobytes for 100,000 people.
CONTENTS_AT_MOST = 200
NumbersByUnit = dict[int, Slices]


class GroupActivity:
    """What a group of people did over some days: a number per person for each measure."""

    def __init__(self, numbers: dict[Measure, Slices]) -> None:
        self.numbers = numbers

    def of(self, measure: Measure) -> Slices:
        return self.numbers.get(measure, [])

    def people(self, measure: Measure) -> int:
        """Those whose number is at least one."""
        return bitmaps.anyone(self.of(measure))

    @property
    def everybody(self) -> int:
        return union(map(bitmaps.anyone, self.numbers.values()))

    def among(self, people: int) -> GroupActivity:
        return GroupActivity(
            {measure: bitmaps.among(slices, people) for measure, slices in self.numbers.items()}
        )

    def joined(self, other: GroupActivity) -> GroupActivity:
        measures = self.numbers.keys() | other.numbers.keys()
        return GroupActivity({one: one.joined(self.of(one), other.of(one)) for one in measures})


class BlockContent:
    """One measure of a scope over a day or a week, unit by unit, and that of everybody in it."""

    def __init__(self, measure: Measure, units: NumbersByUnit) -> None:
        self.measure, self.units = measure, units
        self.people = {unit: bitmaps.anyone(slices) for unit, slices in units.items()}

    @cached_property
    def whole(self) -> Slices:
        if overlap(self.people.values()):
            # Somebody changed unit during the week: their numbers are joined.
            return self.measure.total(self.units.values())
        return [union(slices) for slices in zip_longest(*self.units.values(), fillvalue=0)]


@lru_cache(maxsize=CONTENTS_AT_MOST)
def content_of(measure: str, data: bytes) -> BlockContent:
    """The content of a stored block: a day that is past is the same in every report."""
    return BlockContent(MEASURES[measure], unpack(data))


class PeriodContent:
    """What several blocks hold together: the activity of everybody, and of some units for who asks."""

    def __init__(self, blocks: Sequence[BlockContent]) -> None:
        self.blocks = blocks

    @cached_property
    def whole(self) -> GroupActivity:
        return GroupActivity(
            {
                measure: measure.total(block.whole for block in self.blocks if block.measure is measure)
                for measure in dict.fromkeys(block.measure for block in self.blocks)
            }
        )

    @cached_property
    def people(self) -> dict[int, int]:
        """Who was in each unit."""
        found: dict[int, int] = {}
        for block in self.blocks:
            for unit, people in block.people.items():
                found[unit] = found.get(unit, 0) | people
        return found

    @cached_property
    def movers(self) -> int:
        """Those who were in several units."""
        return overlap(self.people.values())

    def of(self, units: frozenset[int] | None) -> GroupActivity:
        """The activity of these units, None for all: what people did elsewhere is not in it."""
        if units is None:
            return self.whole
        inside = union(people for unit, people in self.people.items() if unit in units)
        movers = inside & self.movers
        stayers = self.whole.among(inside ^ movers)
        if not movers:
            return stayers
        theirs: dict[Measure, Slices] = {}
        for block in self.blocks:
            for unit in units & block.units.keys():
                numbers = bitmaps.among(block.units[unit], movers)
                theirs[block.measure] = block.measure.joined(theirs.get(block.measure, []), numbers)
        return stayers.joined(GroupActivity(theirs))

    def grouped_by(self, units: dict[int, int]) -> PeriodContent:
        """The same activity, each person's under the unit they have here ({unit: people}); others in none (0)."""
        placed = {unit: people for unit, people in units.items() if unit}
        groups = {**placed, 0: self.whole.everybody & ~union(placed.values())}
        return PeriodContent(
            [
                BlockContent(
                    measure, {unit: bitmaps.among(slices, people) for unit, people in groups.items()}
                )
                for measure, slices in self.whole.numbers.items()
            ]
        )


def union(sets: Iterable[int]) -> int:
    return reduce(int.__or__, sets, 0)


def overlap(sets: Iterable[int]) -> int:
    """Those who are in several of the sets."""
    seen = twice = 0
    for people in sets:
        twice |= seen & people
        seen |= people
    return twice


def pack(units: NumbersByUnit) -> bytes:
    """Units without anybody are left out: nothing is left of a block without people."""
    return b"".join(
        struct.pack("<q", unit) + bitmaps.packed_slices(slices)
        for unit, slices in sorted(units.items())
        if bitmaps.anyone(slices)
    )


def unpack(data: bytes | memoryview) -> NumbersByUnit:
    reader = bitmaps.Unpacker(data)
    units: NumbersByUnit = {}
    while not reader.is_done:
        (unit,) = reader.numbers("<q")
        units[unit] = reader.slices()
    return units
