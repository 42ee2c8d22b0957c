"""What is known of some people over some days, as bitmaps that add up; stored in `ActivityBlock`."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from analytics import bitmaps
from analytics.bitmaps import Slices


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


def whole(units: Units) -> Tally:
    result = Tally()
    for tally in units.values():
        result.add(tally)
    return result


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
