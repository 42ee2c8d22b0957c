from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from courses import ranges
from courses.actions import open_module, report_watching
from courses.actions.watching import FASTEST, SLACK
from courses.models import Progress
from events.models import Event
from tests import making

START = timezone.now()


@pytest.fixture
def progress(awa, course, film_module):
    enrolment = making.enrol(awa, course)
    return Progress.objects.create(enrolment=enrolment, module=film_module, opened_at=START)


def after(seconds: float):
    return START + timedelta(seconds=seconds)


def seen(progress) -> list[tuple[float, float]]:
    return list(progress.watched.order_by("start").values_list("start", "end"))


def test_what_is_watched_is_joined_and_counted_once(progress):
    report_watching(progress, ranges_seen=[(0, 10)], position=10, at=after(10))
    found = report_watching(progress, ranges_seen=[(0, 10), (10, 20), (5, 15)], position=20, at=after(20))
    assert seen(progress) == [(0, 20)]
    assert (found.coverage, found.resume_at) == (0.2, 20)


def test_skipping_to_the_end_does_not_count_what_was_skipped(progress):
    found = report_watching(progress, ranges_seen=[(0, 5), (95, 100)], position=100, at=after(10))
    assert found.coverage == 0.1
    assert found.completed_at is None


def test_no_more_than_twice_the_time_since_the_last_report_is_believed(progress):
    report_watching(progress, ranges_seen=[(0, 10)], position=10, at=after(10))
    found = report_watching(progress, ranges_seen=[(0, 100)], position=100, at=after(20))
    # 10 s at double speed, and the slack; never the 70 s that were claimed beyond.
    assert found.coverage == pytest.approx((10 + 10 * FASTEST + SLACK) / 100)


def test_many_reports_at_once_earn_nothing(progress):
    for _ in range(20):
        found = report_watching(progress, ranges_seen=[(0, 100)], position=100, at=after(1))
    assert found.coverage == pytest.approx((1 * FASTEST + SLACK) / 100)


def test_an_earlier_clock_is_not_a_way_to_go_back(progress):
    report_watching(progress, ranges_seen=[(0, 10)], position=10, at=after(30))
    found = report_watching(progress, ranges_seen=[(0, 100)], position=100, at=after(5))
    assert found.heard_at == after(30)
    assert found.coverage <= (5 * FASTEST + SLACK) / 100


def test_numbers_outside_the_film_are_cut(progress):
    found = report_watching(progress, ranges_seen=[(-50, 4), (98, 9999)], position=1e9, at=after(60))
    assert seen(progress) == [(0, 4), (98, 100)]
    assert found.resume_at == 100


def test_watching_enough_finishes_the_module_once(progress, film_module):
    for end in (20, 40, 60, 80):
        report_watching(progress, ranges_seen=[(0, end)], position=end, at=after(end))
    first = Progress.objects.get(pk=progress.pk).completed_at
    report_watching(progress, ranges_seen=[(0, 90)], position=90, at=after(95))
    assert first is not None
    assert Progress.objects.get(pk=progress.pk).completed_at == first
    assert Event.objects.filter(verb="courses.module_completed", module_id=film_module.pk).count() == 1
    assert Event.objects.filter(verb="courses.course_completed").count() == 1


def test_playing_is_one_event_a_sitting(progress):
    for end in (10, 20, 30):
        report_watching(progress, ranges_seen=[(0, end)], position=end, at=after(end))
    report_watching(progress, ranges_seen=[(0, 40)], position=40, at=after(4000))
    assert Event.objects.filter(verb="courses.video_played").count() == 2


def test_opening_again_after_a_silence_starts_the_clock_again(progress, film_module):
    Progress.objects.filter(pk=progress.pk).update(
        opened_at=START - timedelta(days=1), heard_at=START - timedelta(days=1)
    )
    open_module(progress.enrolment, film_module)
    found = report_watching(progress, ranges_seen=[(0, 100)], position=100)
    assert found.coverage <= 0.1


reports = st.lists(
    st.tuples(
        st.floats(0, 30),
        st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)).map(lambda p: tuple(sorted(p))), max_size=4),
    ),
    max_size=8,
)


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(reports=reports)
def test_coverage_never_outruns_the_clock(progress, reports):
    Progress.objects.filter(pk=progress.pk).update(heard_at=None, coverage=0, completed_at=None)
    progress.watched.all().delete()
    now, claimed = 0.0, []
    for wait, claims in reports:
        now += wait
        claimed += claims
        found = report_watching(progress, ranges_seen=claims, position=0, at=after(now))
        assert found.coverage * 100 <= now * FASTEST + SLACK + 1e-6
        assert ranges.without(seen(progress), claimed) == [] or not claimed
        again = report_watching(progress, ranges_seen=seen(progress), position=0, at=after(now))
        assert again.coverage == found.coverage
