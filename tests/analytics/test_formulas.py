"""METRICS §3: published and hand-computed values; §4: invariants of the formulas."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import bitmaps
from analytics.bitmap_index import BlockContent, PeriodContent
from analytics.measures import CONTRIBUTIONS, ENROLLED, PRESENT
from analytics.metrics import formulas

COUNTS = st.lists(st.integers(0, 40), min_size=1, max_size=60)


def gini(*numbers):
    return formulas.gini(Counter(numbers))


def test_gini_has_its_known_values():
    assert gini(1, 2, 3, 4) == pytest.approx(0.25)
    assert gini(0, 0, 0, 1) == pytest.approx(0.75)
    assert gini(5, 5, 5) == 0
    assert gini(0, 0) is None


def test_gini_of_the_ninety_nine_one_rule():
    # 90 silent, 9 who share 10 %, 1 with 90 %.
    everyone = Counter({0: 90, 10: 9, 810: 1})
    assert formulas.gini(everyone) == pytest.approx(0.98, abs=0.005)
    assert formulas.gini(Counter({10: 9, 810: 1})) == pytest.approx(0.80, abs=0.005)


def test_wilson_lower_bounds_have_their_known_values():
    assert formulas.wilson(1, 1)[0] == pytest.approx(0.207, abs=0.0005)
    assert formulas.wilson(10, 10)[0] == pytest.approx(0.722, abs=0.0005)
    assert formulas.wilson(90, 100)[0] == pytest.approx(0.826, abs=0.0005)
    assert formulas.wilson(0, 5)[0] == 0
    assert formulas.wilson(0, 0) is None


def test_questions_that_wait_still_count_in_the_median():
    assert formulas.survival_median({1: 1, 3: 1, 10: 1}, {24: 2}) == 10


def test_a_median_that_is_not_reached_is_none():
    assert formulas.survival_median({1: 1}, {24: 2}) is None
    assert formulas.survival_median({}, {}) is None


def test_half_reached_by_a_product_of_fractions_is_reached():
    assert formulas.survival_median(dict.fromkeys(range(1, 7), 1), {}) == 3


@given(COUNTS, st.integers(1, 9))
def test_gini_does_not_change_when_counts_are_multiplied_or_people_duplicated(numbers, factor):
    base = gini(*numbers)
    if base is None:
        return
    assert gini(*(number * factor for number in numbers)) == pytest.approx(base)
    assert gini(*(numbers * factor)) == pytest.approx(base)


@given(COUNTS)
def test_one_more_silent_learner_never_lowers_gini(numbers):
    base = gini(*numbers)
    if base is not None:
        assert gini(*numbers, 0) >= base - 1e-12


@given(COUNTS)
def test_gini_and_median_are_those_of_the_textbook(numbers):
    ordered, n, amount = sorted(numbers), len(numbers), sum(numbers)
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    assert formulas.median(Counter(numbers)) == middle
    if amount:
        expected = sum((2 * i - n - 1) * x for i, x in enumerate(ordered, 1)) / (n * amount)
        assert gini(*numbers) == pytest.approx(expected)


@given(COUNTS)
def test_the_lorenz_curve_climbs_from_nothing_to_everything_under_the_diagonal(numbers):
    shares = formulas.lorenz(Counter(numbers))
    if not shares:
        return
    assert shares[0] == 0
    assert shares[-1] == pytest.approx(1)
    assert shares == sorted(shares)
    assert all(share <= step / 10 + 1e-9 for step, share in enumerate(shares))


PEOPLE = st.dictionaries(st.integers(0, 3000), st.integers(0, 70), max_size=40)


@given(PEOPLE, PEOPLE)
def test_slices_add_like_the_numbers_they_stand_for(left, right):
    total = bitmaps.added(bitmaps.slices_of(left), bitmaps.slices_of(right))
    people = bitmaps.set_of([*left, *right])
    sums = {seat: left.get(seat, 0) + right.get(seat, 0) for seat in {*left, *right}}
    assert bitmaps.histogram(total, people) == Counter(sums.values())
    assert bitmaps.total(total, people) == sum(sums.values())
    assert bitmaps.highest(total, people) == max(sums.values(), default=0)
    assert bitmaps.highest(total, bitmaps.set_of(right)) == max((sums[seat] for seat in right), default=0)
    for threshold in (1, 2, 7, 64, 100):
        reached = {seat for seat, number in sums.items() if number >= threshold}
        assert set(bitmaps.members(bitmaps.at_least(total, threshold))) == reached


@given(st.sets(st.integers(0, 200_000), max_size=60))
def test_a_packed_set_comes_back_the_same(seats):
    people = bitmaps.set_of(seats)
    assert set(bitmaps.members(people)) == seats
    assert bitmaps.Unpacker(bitmaps.packed(people)).people() == people


def test_a_dense_set_of_a_large_organisation_stays_exact():
    seats = random.Random(7).sample(range(100_000), 33_000)
    people = bitmaps.set_of(seats)
    assert people.bit_count() == 33_000
    assert bitmaps.Unpacker(bitmaps.packed(people)).people() == people


FEW_SEATS = st.dictionaries(st.integers(0, 12), st.integers(1, 5), max_size=6)
ACTS = st.tuples(FEW_SEATS, FEW_SEATS, FEW_SEATS)
UNITS = st.dictionaries(st.integers(0, 3), ACTS, max_size=4)


@given(st.lists(UNITS, max_size=4), st.frozensets(st.integers(0, 4)))
def test_units_cut_out_of_joined_days_hold_what_was_done_in_them(blocks, wanted):
    """People change unit between two days and within a week: a seat may be in several units of one block."""
    exposure, contributions, present = Counter(), Counter(), set()
    for unit, (stays, visits, messages) in [row for block in blocks for row in block.items()]:
        if unit in wanted:
            exposure.update(stays)
            present |= visits.keys()
            contributions.update(messages)

    joined = PeriodContent([content for block in blocks for content in contents_of(block)])

    found = joined.of(wanted)
    assert numbers(found.of(ENROLLED)) == exposure
    assert set(bitmaps.members(found.people(PRESENT))) == present
    assert numbers(found.of(CONTRIBUTIONS)) == contributions
    everybody = frozenset(unit for block in blocks for unit in block)
    assert numbers(joined.of(None).of(ENROLLED)) == numbers(joined.of(everybody).of(ENROLLED))


def contents_of(block):
    for place, measure in enumerate((ENROLLED, PRESENT, CONTRIBUTIONS)):
        numbers_of = {unit: dict(acts[place]) for unit, acts in block.items()}
        if measure is PRESENT:
            numbers_of = {unit: dict.fromkeys(found, 1) for unit, found in numbers_of.items()}
        yield BlockContent(measure, {unit: bitmaps.slices_of(found) for unit, found in numbers_of.items()})


def numbers(slices):
    return Counter(
        {seat: bitmaps.total(slices, 1 << seat) for seat in bitmaps.members(bitmaps.anyone(slices))}
    )
