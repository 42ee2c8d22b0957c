"""The formulas, free of any database. Numbers of people per value come as histograms: {value: people}."""

from collections.abc import Mapping
from math import sqrt

# 97.5th percentile of the normal law: two-sided 95 %.
Z = 1.959963984540054


def wilson(successes: int, n: int) -> tuple[float, float] | None:
    """The 95 % score interval of a proportion (Wilson, 1927)."""
    if n == 0:
        return None
    share = successes / n
    spread = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    centre, scale = share + Z * Z / (2 * n), 1 + Z * Z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def median(histogram: Mapping[int, int]) -> float | None:
    """Half-way between the two middle values when their number is even."""
    people = sum(histogram.values())
    if not people:
        return None
    wanted = {(people - 1) // 2, people // 2}
    found, below = [], 0
    for value in sorted(histogram):
        found += [value for rank in wanted if below <= rank < below + histogram[value]]
        below += histogram[value]
    return sum(found) / len(found)


def gini(histogram: Mapping[int, int]) -> float | None:
    """G = Σ(2i − n − 1)·x_i / (n·Σx), x ascending, i from 1; 0 when all are equal."""
    people = sum(histogram.values())
    amount = sum(value * count for value, count in histogram.items())
    if not people or not amount:
        return None
    weighted, below = 0, 0
    for value in sorted(histogram):
        count = histogram[value]
        # Σ over the ranks below+1 … below+count of (2i − n − 1).
        weighted += value * count * (2 * below + count - people)
        below += count
    return weighted / (people * amount)


def lorenz(histogram: Mapping[int, int], points: int = 10) -> list[float]:
    """The share of everything held by the lowest 0, 1/points, … 1 of the people."""
    people = sum(histogram.values())
    amount = sum(value * count for value, count in histogram.items())
    if not people or not amount:
        return []
    shares = []
    for step in range(points + 1):
        wanted, held = people * step / points, 0.0
        for value in sorted(histogram):
            taken = min(wanted, histogram[value])
            held += value * taken
            wanted -= taken
        shares.append(held / amount)
    return shares


def survival_median(answered: Mapping[int, int], waiting: Mapping[int, int]) -> int | None:
    """The median time by Kaplan and Meier (1958): waiting ones are censored, neither lost nor answered.

    Both are {time: number}. None when half of them have not been answered within the time observed.
    """
    at_risk = sum(answered.values()) + sum(waiting.values())
    surviving = 1.0
    for time in sorted({*answered, *waiting}):
        events = answered.get(time, 0)
        if events:
            surviving *= 1 - events / at_risk
            # 1/2 reached through products such as 4/5 · 3/4 · … must not be missed by a rounding.
            if surviving <= 0.5 + 1e-9:
                return time
        at_risk -= events + waiting.get(time, 0)
    return None
