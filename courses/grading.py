"""What answers are worth, in exact fractions: whoever has three points of five has 60 %, never 59.9.

A share of a point is a fraction of as many parts as a question has right options; thirds have no end, in binary or
in decimals, so sums are made of fractions. A total is then rounded down, once, to where every pass mark is whole:
that cannot lift anybody above a mark, nor drop anybody who reached it.
"""

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

DECIMALS = 12
# Two fractions of at most so many parts differ by more than a stored float can be wrong.
MOST_OPTIONS = 32_767


def share_of(right: set[int], chosen: set[int], *, single: bool) -> Fraction:
    """Share of the point, 0 to 1. With several right answers each wrong choice takes back what a right one gives."""
    if single:
        return Fraction(chosen <= right)
    return Fraction(max(len(chosen & right) - len(chosen - right), 0), len(right))


def total_of(shares: Iterable[float]) -> Decimal:
    """The points that stored shares make together."""
    exact = sum((Fraction(share).limit_denominator(MOST_OPTIONS) for share in shares), Fraction())
    return Decimal(exact.numerator * 10**DECIMALS // exact.denominator).scaleb(-DECIMALS)


def reaches(score: Decimal, points: int, pass_mark: int) -> bool:
    """Whether a total is at least `pass_mark` percent of the points that could be had."""
    return points > 0 and score * 100 >= pass_mark * points


def percent_of(score: Decimal, points: int) -> int:
    """Rounded down, as the verdict is: 59.9 does not read as 60."""
    return int(score * 100 // points) if points else 0


def shown(score: Decimal) -> Decimal:
    """Points as they are read, rounded down as the percentage is: 2.96 does not read as 3."""
    return score.quantize(Decimal("0.1"), ROUND_FLOOR)
