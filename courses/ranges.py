"""Stretches of a video as (start, end) pairs in seconds, joined so that nothing is counted twice."""

from collections.abc import Iterable

Range = tuple[float, float]


def merged(ranges: Iterable[Range]) -> list[Range]:
    """The same stretches in order, those that touch or overlap made one; what has no length is left out."""
    joined: list[Range] = []
    for start, end in sorted((start, end) for start, end in ranges if end > start):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def length(ranges: Iterable[Range]) -> float:
    """Seconds covered by stretches that do not overlap."""
    return sum(end - start for start, end in ranges)


def clipped(ranges: Iterable[Range], duration: float) -> list[Range]:
    """What lies inside a video of `duration` seconds."""
    return merged((max(start, 0.0), min(end, duration)) for start, end in ranges)


def without(ranges: Iterable[Range], known: Iterable[Range]) -> list[Range]:
    """What `ranges` holds and `known` does not."""
    rest = merged(ranges)
    for known_start, known_end in merged(known):
        cut: list[Range] = []
        for start, end in rest:
            cut += [(start, min(end, known_start)), (max(start, known_end), end)]
        rest = merged(cut)
    return rest


def first_seconds(ranges: Iterable[Range], seconds: float) -> list[Range]:
    """The beginning of these stretches, `seconds` long in all."""
    kept: list[Range] = []
    for start, end in merged(ranges):
        if seconds <= 0:
            break
        kept.append((start, min(end, start + seconds)))
        seconds -= end - start
    return merged(kept)
