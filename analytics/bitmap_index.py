"""The content of the bitmap index: what groups of people did over some days, as bitmaps that add up.

Stored in `ActivityBlock`, one block for each scope and day or week.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, reduce
from itertools import zip_longest

from analytics import bitmaps
from analytics.bitmaps import Slices

# Those of a month and of the one before it; each takes about a megabyte for 100,000 people.
CONTENTS_AT_MOST = 40


@dataclass
class GroupActivity:
    """Days enrolled and contributions as a number per person; present and taking part as sets."""

    exposure: Slices = field(default_factory=list)
    present: int = 0
    participated: int = 0
    contributions: Slices = field(default_factory=list)

    def add(self, other: GroupActivity) -> None:
        self.exposure = bitmaps.added(self.exposure, other.exposure)
        self.present |= other.present
        self.participated |= other.participated
        self.contributions = bitmaps.added(self.contributions, other.contributions)

    def among(self, people: int) -> GroupActivity:
        return GroupActivity(
            [bits & people for bits in self.exposure],
            self.present & people,
            self.participated & people,
            [bits & people for bits in self.contributions],
        )

    def act(self, seat: int, presences: int, contributions: int, participations: int) -> None:
        """What the person of a seat did, besides what they are known to have done."""
        here = 1 << seat
        if presences or participations:
            self.present |= here
        if participations:
            self.participated |= here
        if contributions:
            self.contributions = bitmaps.added(self.contributions, bitmaps.slices_of({seat: contributions}))

    @property
    def is_anything(self) -> bool:
        return bool(self.exposure or self.present or self.participated or self.contributions)

    @property
    def people(self) -> int:
        """Everybody of whom anything is known."""
        return self.exposed | self.present | self.participated | self.contributors

    @property
    def exposed(self) -> int:
        return bitmaps.anyone(self.exposure)

    @property
    def contributors(self) -> int:
        return bitmaps.anyone(self.contributions)


ActivityByUnit = dict[int, GroupActivity]


def forget_acts(units: ActivityByUnit, people: int) -> None:
    """As if these people had done nothing; they stay enrolled."""
    for activity in units.values():
        activity.present &= ~people
        activity.participated &= ~people
        activity.contributions = [bits & ~people for bits in activity.contributions]
        while activity.contributions and not activity.contributions[-1]:
            activity.contributions.pop()


def merge(into: ActivityByUnit, units: ActivityByUnit) -> None:
    for unit, activity in units.items():
        into.setdefault(unit, GroupActivity()).add(activity)


class BlockContent:
    """The content of one block: the activity of each unit, and that of everybody in it."""

    def __init__(self, units: ActivityByUnit) -> None:
        self.units = units
        self.people = {unit: activity.people for unit, activity in units.items()}

    @cached_property
    def whole(self) -> GroupActivity:
        found = list(self.units.values())
        if overlap(self.people.values()):
            # Somebody changed unit during the week: their numbers add up.
            return total(found)
        return GroupActivity(
            _together([activity.exposure for activity in found]),
            union(activity.present for activity in found),
            union(activity.participated for activity in found),
            _together([activity.contributions for activity in found]),
        )


@lru_cache(maxsize=CONTENTS_AT_MOST)
def content_of(data: bytes) -> BlockContent:
    """The content of a stored block: a day that is past is the same in every report."""
    return BlockContent(unpack(data))


class PeriodContent:
    """What is known over several blocks: of everybody at once, and of some units for who asks."""

    def __init__(self, contents: Sequence[BlockContent]) -> None:
        self.contents = contents

    @cached_property
    def whole(self) -> GroupActivity:
        return total(content.whole for content in self.contents)

    @cached_property
    def people(self) -> dict[int, int]:
        """Who was in each unit."""
        found: dict[int, int] = {}
        for content in self.contents:
            for unit, people in content.people.items():
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
        activity = self.whole.among(inside ^ movers)
        if movers:
            for content in self.contents:
                for unit in units & content.units.keys():
                    activity.add(content.units[unit].among(movers))
        return activity


def total(found: Iterable[GroupActivity]) -> GroupActivity:
    result = GroupActivity()
    for activity in found:
        result.add(activity)
    return result


def union(sets: Iterable[int]) -> int:
    return reduce(int.__or__, sets, 0)


def overlap(sets: Iterable[int]) -> int:
    """Those who are in several of the sets."""
    seen = twice = 0
    for people in sets:
        twice |= seen & people
        seen |= people
    return twice


def _together(numbers: Sequence[Slices]) -> Slices:
    """The numbers of people of whom nobody is in two of them."""
    return [union(slices) for slices in zip_longest(*numbers, fillvalue=0)]


def pack(units: ActivityByUnit) -> bytes:
    parts = []
    for unit in sorted(units):
        activity = units[unit]
        parts.append(struct.pack("<q", unit))
        parts.append(bitmaps.packed_slices(activity.exposure))
        parts.append(bitmaps.packed(activity.present))
        parts.append(bitmaps.packed(activity.participated))
        parts.append(bitmaps.packed_slices(activity.contributions))
    return b"".join(parts)


def unpack(data: bytes | memoryview) -> ActivityByUnit:
    reader = bitmaps.Unpacker(data)
    units: ActivityByUnit = {}
    while not reader.is_done:
        (unit,) = reader.numbers("<q")
        units[unit] = GroupActivity(reader.slices(), reader.people(), reader.people(), reader.slices())
    return units
