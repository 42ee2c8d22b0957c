"""METRICS C8: whatever is asked, and in whatever order, no few people can be found by subtracting."""

from datetime import date
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import small_groups
from analytics.filters import Period
from analytics.models import ShownGroup
from analytics.small_groups import GroupRequest
from tests import making

K = 5
PEOPLE = st.sets(st.integers(0, 60), max_size=40)


def bits(people):
    return sum(1 << person for person in people)


def shown_of(groups, hidden):
    return [people for index, people in enumerate(groups) if index not in hidden]


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), min_size=1, max_size=70))
def test_no_group_under_the_threshold_can_be_had_from_a_table(unit_of_each):
    units = sorted(set(unit_of_each))
    groups = [bits(p for p, unit in enumerate(unit_of_each) if unit == name) for name in units]
    everybody = bits(range(len(unit_of_each)))

    hidden = small_groups.hidden_rows(groups, everybody, K)
    shown = shown_of(groups, hidden)

    assert all(people.bit_count() >= K for people in shown)
    left = everybody
    for people in shown:
        left &= ~people
    # The total minus all rows shown is nobody, or enough people in at least two rows.
    assert left == 0 or not shown or (left.bit_count() >= K and len(hidden) >= 2)


@given(st.lists(PEOPLE, min_size=1, max_size=6))
def test_rows_that_share_people_hide_nobody_between_them_and_the_total(sets):
    groups = [bits(people) for people in sets if people]
    everybody = 0
    for people in groups:
        everybody |= people

    hidden = small_groups.hidden_rows(groups, everybody, K)

    covered = 0
    for people in shown_of(groups, hidden):
        covered |= people
    left = (everybody & ~covered).bit_count()
    assert not covered or left == 0 or left >= K


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.integers(0, 5), PEOPLE), min_size=2, max_size=8))
def test_any_two_groups_shown_for_a_period_differ_by_nobody_or_by_enough(lumen_always, asked):
    period = Period(date(2026, 9, 1), date(2026, 11, 20))
    ShownGroup.objects.all().delete()
    on_screen = {}
    for number, people in asked:
        group = GroupRequest(f"space:{number}", bits(people))
        if small_groups.refused(lumen_always, period, [group]):
            continue
        on_screen[group.filters] = group.people
    for left, right in combinations(on_screen.values(), 2):
        assert (left ^ right).bit_count() == 0 or (left ^ right).bit_count() >= K


@pytest.fixture
def lumen_always(db):
    return making.make_organisation("Lumen")


def test_the_second_of_two_close_groups_is_refused_and_the_first_stays(lumen_always):
    period = Period(date(2026, 9, 1), date(2026, 11, 20))
    whole, nearly = GroupRequest("all:0", bits(range(20))), GroupRequest("space:3", bits(range(17)))

    assert small_groups.refused(lumen_always, period, [whole]) == set()
    assert small_groups.refused(lumen_always, period, [nearly]) == {"space:3"}
    assert small_groups.refused(lumen_always, period, [whole]) == set()
    assert small_groups.refused(lumen_always, Period(date(2026, 9, 2), period.last), [nearly]) == set()


def test_where_the_whole_is_refused_its_rows_are_not_remembered_as_shown(lumen_always):
    period = Period(date(2026, 9, 1), date(2026, 11, 20))
    small_groups.refused(lumen_always, period, [GroupRequest("all:0", bits(range(20)))])

    refused = small_groups.refused(
        lumen_always,
        period,
        [GroupRequest("space:3", bits(range(17))), GroupRequest("unit:1", bits(range(40, 50)))],
    )

    assert refused == {"space:3"}
    assert set(ShownGroup.objects.values_list("filters", flat=True)) == {"all:0"}
