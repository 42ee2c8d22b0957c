"""What is known of some people over some days, as bitmaps that add up; stored in `ActivityBlock`."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, reduce
from itertools import zip_longest

from analytics import bitmaps
from analytics.bitmaps import Slices

# Those of a month and of the one before it; each takes about a megabyte for 100,000 people.
SHEETS_AT_MOST = 40


@dataclass
class Tally:
    """Days enrolled and contributions as a number per person; present and taking part as sets."""

    exposure: Slices = field(default_factory=list)
    present: int = 0
    participated: int = 0
    contributions: Slices = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.exposure = bitmaps.added(self.exposure, other.exposure)
        self.present |= other.present
        self.participated |= other.participated
        self.contributions = bitmaps.added(self.contributions, other.contributions)

    def among(self, people: int) -> Tally:
        return Tally(
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


Units = dict[int, Tally]


def forget_acts(units: Units, people: int) -> None:
    """As if these people had done nothing; they stay enrolled."""
    for tally in units.values():
        tally.present &= ~people
        tally.participated &= ~people
        tally.contributions = [bits & ~people for bits in tally.contributions]
        while tally.contributions and not tally.contributions[-1]:
            tally.contributions.pop()


def merge(into: Units, units: Units) -> None:
    for unit, tally in units.items():
        into.setdefault(unit, Tally()).add(tally)


class Sheet:
    """The tallies by unit of one block, and that of everybody in it."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.people = {unit: tally.people for unit, tally in units.items()}

    @cached_property
    def whole(self) -> Tally:
        found = list(self.units.values())
        if overlap(self.people.values()):
            # Somebody changed unit during the week: their numbers add up.
            return total(found)
        return Tally(
            _together([tally.exposure for tally in found]),
            union(tally.present for tally in found),
            union(tally.participated for tally in found),
            _together([tally.contributions for tally in found]),
        )


@lru_cache(maxsize=SHEETS_AT_MOST)
def sheet_of(data: bytes) -> Sheet:
    """The sheet of a stored block: a day that is past is the same in every report."""
    return Sheet(unpack(data))


class Joined:
    """What is known over several blocks: of everybody at once, and of some units for who asks."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sheets = sheets

    @cached_property
    def whole(self) -> Tally:
        return total(sheet.whole for sheet in self.sheets)

    @cached_property
    def people(self) -> dict[int, int]:
        """Who was in each unit."""
        found: dict[int, int] = {}
        for sheet in self.sheets:
            for unit, people in sheet.people.items():
                found[unit] = found.get(unit, 0) | people
        return found

    @cached_property
    def movers(self) -> int:
        """Those who were in several units."""
        return overlap(self.people.values())

    def of(self, units: frozenset[int] | None) -> Tally:
        """The tally of these units, None for all: what people did elsewhere is not in it."""
        if units is None:
            return self.whole
        inside = union(people for unit, people in self.people.items() if unit in units)
        movers = inside & self.movers
        tally = self.whole.among(inside ^ movers)
        if movers:
            for sheet in self.sheets:
                for unit in units & sheet.units.keys():
                    tally.add(sheet.units[unit].among(movers))
        return tally


def total(found: Iterable[Tally]) -> Tally:
    result = Tally()
    for tally in found:
        result.add(tally)
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


def pack(units: Units) -> bytes:
    parts = []
    for unit in sorted(units):
        tally = units[unit]
        parts.append(struct.pack("<q", unit))
        parts.append(bitmaps.packed_slices(tally.exposure))
        parts.append(bitmaps.packed(tally.present))
        parts.append(bitmaps.packed(tally.participated))
        parts.append(bitmaps.packed_slices(tally.contributions))
    return b"".join(parts)


def unpack(data: bytes | memoryview) -> Units:
    reader = bitmaps.Unpacker(data)
    units: Units = {}
    while not reader.is_done:
        (unit,) = reader.numbers("<q")
        units[unit] = Tally(reader.slices(), reader.people(), reader.people(), reader.slices())
    return units
