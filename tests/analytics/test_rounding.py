"""Every figure is rounded half-even, once: the page, its charts and the file show the same number."""

from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from analytics import formatting, report_page
from analytics.metrics.base import READINGS, Unit, Value, parts_of_a_whole, rounded
from analytics.reports import Line


@pytest.mark.parametrize(
    ("number", "unit", "expected"),
    [
        (0.999, Unit.SHARE, "1.00"),
        (0.769, Unit.SHARE, "0.77"),
        (0.285, Unit.SHARE, "0.28"),
        (0.295, Unit.SHARE, "0.30"),
        (0.125, Unit.SHARE, "0.12"),
        (2.25, Unit.NUMBER, "2.2"),
        (2.35, Unit.NUMBER, "2.4"),
        (-0.04, Unit.NUMBER, "0.0"),
        (0.125, Unit.INDEX, "0.12"),
        (90.5, Unit.MINUTES, "90"),
        (2 * 1440 + 721, Unit.MINUTES, "4320"),
    ],
)
def test_a_figure_is_rounded_half_even_to_what_is_written_of_it(number, unit, expected):
    assert str(rounded(number, unit)) == expected


def test_what_is_nearly_all_is_written_as_all():
    with override("en"):
        assert formatting.percent(0.999) == "100%"
        assert formatting.percent(0.766) == "77%"
        assert formatting.decimal(-0.04, 1) == "0.0"
        assert formatting.decimal(2.96, 1) == "3.0"
    assert report_page.percents(0.766) == 77


@given(st.lists(st.integers(0, 500), min_size=2, max_size=6).filter(any))
def test_parts_of_a_whole_add_up_to_a_hundred_and_stay_within_a_point(numbers):
    whole = sum(numbers)
    found = parts_of_a_whole([number / whole for number in numbers])
    assert sum(found) == 1
    assert all(
        abs(part - Decimal(number) / whole) < Decimal("0.01")
        for part, number in zip(found, numbers, strict=True)
    )


def test_fifty_seven_thirty_eight_and_three_are_not_ninety_eight():
    assert parts_of_a_whole([0.578, 0.386, 0.036]) == [Decimal("0.58"), Decimal("0.39"), Decimal("0.03")]


def test_a_change_too_small_to_be_written_is_none():
    reading = READINGS["M05.mean"]
    line = Line(reading, Value(1.04).rounded(Unit.NUMBER), Value(0.96).rounded(Unit.NUMBER))
    with override("en"):
        assert formatting.change(line) == "stable"
