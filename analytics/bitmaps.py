"""Sets of people as bitmaps, numbers per person as bit slices, and how they are stored.

A set is a Python int whose bit p says that the person of seat p belongs to it. A number per person is a
list of sets, the slices: slice k holds those whose number has bit k (O'Neil & Quass, "Improved query
performance with variant indexes", 1997). Sums, thresholds and histograms over 100,000 people are then a
few operations on ints of 12 kB, exact whatever days and units are put together.
"""

import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

Slices = list[int]
CHUNK = 64
EMPTY = bytes(CHUNK)
BITS = tuple(1 << place for place in range(8))
RUNS, RUN = struct.Struct("<H"), struct.Struct("<HI")


def set_of(positions: Iterable[int]) -> int:
    found = list(positions)
    if not found:
        return 0
    # From the lowest on: the people of a unit sit together, far from the first seat.
    first = min(found) >> 3
    buffer = bytearray((max(found) >> 3) + 1 - first)
    for position in found:
        buffer[(position >> 3) - first] |= BITS[position & 7]
    return int.from_bytes(buffer, "little") << (8 * first)


def slices_of(numbers: Mapping[int, int]) -> Slices:
    """The slices of a number per position."""
    height = max((number.bit_length() for number in numbers.values()), default=0)
    return [set_of(p for p, number in numbers.items() if number >> k & 1) for k in range(height)]


def added(left: Slices, right: Slices) -> Slices:
    """The sum, person by person: the carry moves up slice by slice."""
    total, carry = [], 0
    for k in range(max(len(left), len(right))):
        a = left[k] if k < len(left) else 0
        b = right[k] if k < len(right) else 0
        either = a ^ b
        total.append(either ^ carry)
        carry = (a & b) | (carry & either)
    if carry:
        total.append(carry)
    return total


def either(left: Slices, right: Slices) -> Slices:
    """The union, slice by slice: of sets, those who are in one of them."""
    longer, shorter = (left, right) if len(left) >= len(right) else (right, left)
    return [a | b for a, b in zip(longer, shorter, strict=False)] + longer[len(shorter) :]


def among(slices: Slices, people: int) -> Slices:
    """The numbers of these people alone."""
    found = [bits & people for bits in slices]
    while found and not found[-1]:
        found.pop()
    return found


def anyone(slices: Slices) -> int:
    """Those whose number is at least one."""
    return reduce(int.__or__, slices, 0)


def at_least(slices: Slices, threshold: int) -> int:
    """Those whose number reaches the threshold (1 or more), compared from the highest slice down."""
    height = max(len(slices), threshold.bit_length())
    above, equal = 0, anyone(slices)
    for k in reversed(range(height)):
        bits = slices[k] if k < len(slices) else 0
        if threshold >> k & 1:
            equal &= bits
        else:
            above |= equal & bits
            equal &= ~bits
    return above | equal


def total(slices: Slices, people: int) -> int:
    return sum((bits & people).bit_count() << k for k, bits in enumerate(slices))


def histogram(slices: Slices, people: int) -> Counter[int]:
    """How many of these people have each number, zero included."""
    counts: Counter[int] = Counter()
    branches = [(people, len(slices), 0)]
    while branches:
        group, height, number = branches.pop()
        if not group:
            continue
        if height == 0:
            counts[number] += group.bit_count()
            continue
        among = group & slices[height - 1]
        branches.append((among, height - 1, number | 1 << (height - 1)))
        branches.append((group ^ among, height - 1, number))
    return counts


def highest(slices: Slices, people: int) -> int:
    """The largest number that one of these people has."""
    number = 0
    for k in reversed(range(len(slices))):
        if among := people & slices[k]:
            people, number = among, number | 1 << k
    return number


def packed(people: int) -> bytes:
    """Runs of chunks that are not empty: (first chunk, number of chunks, their bytes)."""
    raw = people.to_bytes(-(-people.bit_length() // (8 * CHUNK)) * CHUNK, "little")
    runs: list[tuple[int, int]] = []
    empty = (len(raw) - len(raw.lstrip(b"\0"))) // CHUNK
    for index in range(empty, len(raw) // CHUNK):
        if raw[index * CHUNK : (index + 1) * CHUNK] == EMPTY:
            continue
        if runs and sum(runs[-1]) == index:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((index, 1))
    parts = [RUNS.pack(len(runs))]
    for start, length in runs:
        content = raw[start * CHUNK : (start + length) * CHUNK]
        # The last run of a small organisation is a few bytes: its empty end is not kept.
        content = content.rstrip(b"\0")
        parts.append(RUN.pack(start, len(content)) + content)
    return b"".join(parts)


class Unpacker:
    """Reads what `packed` wrote, one value after the other."""

    def __init__(self, data: bytes | memoryview) -> None:
        self.data = bytes(data)
        self.at = 0

    @property
    def is_done(self) -> bool:
        return self.at >= len(self.data)

    def numbers(self, layout: str) -> tuple:
        values = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return values

    def people(self) -> int:
        data, at = self.data, self.at
        (runs,) = RUNS.unpack_from(data, at)
        at += RUNS.size
        result = 0
        for _ in range(runs):
            start, length = RUN.unpack_from(data, at)
            at += RUN.size + length
            result |= int.from_bytes(data[at - length : at], "little") << (start * CHUNK * 8)
        self.at = at
        return result

    def slices(self) -> Slices:
        height = self.data[self.at]
        self.at += 1
        return [self.people() for _ in range(height)]


def packed_slices(slices: Slices) -> bytes:
    return struct.pack("<B", len(slices)) + b"".join(packed(bits) for bits in slices)


def members(people: int) -> Iterator[int]:
    """The positions in a set, in order."""
    while people:
        lowest = people & -people
        yield lowest.bit_length() - 1
        people ^= lowest
