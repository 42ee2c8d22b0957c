"""What a player says of itself, read with care: it comes from outside."""

import math
from typing import Any

from courses.ranges import Range

MOST_RANGES = 500


class BadReport(ValueError):
    """Not a report: {"ranges": [[start, end], …], "position": seconds}."""


def read_report(report: Any) -> tuple[list[Range], float]:
    try:
        pairs, position = report["ranges"], float(report["position"])
        ranges = [(float(start), float(end)) for start, end in pairs]
    except (TypeError, KeyError, ValueError, OverflowError) as error:
        raise BadReport from error
    numbers = [position, *(number for pair in ranges for number in pair)]
    if len(ranges) > MOST_RANGES or not all(math.isfinite(number) for number in numbers):
        raise BadReport
    return ranges, position
