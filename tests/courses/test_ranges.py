import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from courses import ranges

seconds = st.floats(0, 100, allow_nan=False).map(lambda number: round(number, 3))
stretches = st.lists(st.tuples(seconds, seconds).map(lambda pair: tuple(sorted(pair))), max_size=12)


def covers(found, moment) -> bool:
    return any(start <= moment < end for start, end in found)


@given(stretches)
def test_joined_stretches_are_in_order_and_never_touch(given_ones):
    found = ranges.merged(given_ones)
    assert all(start < end for start, end in found)
    assert all(left[1] < right[0] for left, right in itertools.pairwise(found))


@given(stretches, seconds)
def test_joining_covers_exactly_what_was_seen(given_ones, moment):
    assert covers(ranges.merged(given_ones), moment) == covers(given_ones, moment)


@given(stretches, st.randoms(use_true_random=False))
def test_joining_does_not_depend_on_the_order_and_repeats_change_nothing(given_ones, chance: random.Random):
    shuffled = given_ones * 2
    chance.shuffle(shuffled)
    assert ranges.merged(shuffled) == ranges.merged(given_ones)
    assert ranges.merged(ranges.merged(given_ones)) == ranges.merged(given_ones)


@given(stretches, stretches, seconds)
def test_without_leaves_exactly_what_is_not_known(given_ones, known, moment):
    found = covers(ranges.without(given_ones, known), moment)
    assert found == (covers(given_ones, moment) and not covers(known, moment))


@given(stretches, seconds)
def test_the_first_seconds_are_as_long_as_asked_and_no_longer(given_ones, asked):
    found = ranges.first_seconds(given_ones, asked)
    expected = min(asked, ranges.length(ranges.merged(given_ones)))
    assert abs(ranges.length(found) - expected) < 1e-6
    assert ranges.without(found, given_ones) == []


@given(stretches, seconds)
def test_clipping_keeps_what_lies_inside_the_film(given_ones, duration):
    assert all(0 <= start < end <= duration for start, end in ranges.clipped(given_ones, duration))
