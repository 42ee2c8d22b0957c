import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from analytics.models import LearnerDay
from analytics.rollups import rebuilding
from community.actions import accept_answer, react, start_thread, write_post
from community.models import Post, Thread
from events.models import Cursor
from events.reading import read_all
from gamification.models import Grant, PointEntry
from lms import integrity
from tests.making import join, make_space


@pytest.fixture
def talk(lumen, awa, karim):
    space = make_space(lumen)
    join(space, awa, karim)
    thread = start_thread(space, author=awa, title="Qui valide ?", body="Je cherche.", kind="question")
    answer = write_post(thread, author=karim, body="Le responsable, avant vendredi.")
    react(answer, user=awa, kind="useful")
    accept_answer(answer, by=awa)
    read_all(fenced=False)
    rebuilding.rebuild_dirty()
    return thread


def check() -> str:
    said = io.StringIO()
    call_command("check_integrity", stdout=said)
    return said.getvalue()


def test_what_people_did_leaves_no_drift(talk):
    assert Grant.objects.exists()
    assert LearnerDay.objects.exists()

    assert check().strip().endswith("drift 0")


def test_checking_changes_nothing(talk):
    before = list(LearnerDay.objects.order_by("pk").values()), list(Grant.objects.values())

    check()

    assert (list(LearnerDay.objects.order_by("pk").values()), list(Grant.objects.values())) == before


@pytest.mark.parametrize(
    ("what", "spoil"),
    [
        ("posts counted", lambda: Thread.objects.update(number_of_posts=7)),
        ("last number", lambda: Thread.objects.update(last_number=9)),
        ("useful marks", lambda: Post.objects.filter(number=2).update(useful_count=4)),
        ("recognition", lambda: Grant.objects.all().delete()),
        ("figures", lambda: LearnerDay.objects.update(contributions=99)),
    ],
)
def test_each_drift_is_found_and_named(talk, what, spoil):
    spoil()

    with pytest.raises(CommandError):
        check()


def test_the_night_mends_what_a_reader_missed_and_says_what_it_cannot_mend(talk, awa, karim, caplog):
    karim_s = Grant.objects.get()
    before = [list(model.objects.order_by("pk").values()) for model in (LearnerDay,)]
    Grant.objects.all().delete()
    PointEntry.objects.all().delete()
    LearnerDay.objects.update(contributions=99)
    assert integrity.mend() == []
    again = Grant.objects.get()
    assert (again.user_id, again.evidence, again.event_id) == (
        karim_s.user_id,
        karim_s.evidence,
        karim_s.event_id,
    )
    assert sum(PointEntry.objects.values_list("points", flat=True)) == 10
    rebuilding.rebuild_dirty()
    rows = [row | {"id": 0} for row in LearnerDay.objects.order_by("user", "space_id").values()]
    assert rows == [
        row | {"id": 0} for row in sorted(before[0], key=lambda one: (one["user_id"], one["space_id"]))
    ]

    Thread.objects.update(number_of_posts=7)
    assert [finding.what for finding in integrity.mend()] == ["posts counted in a thread"]


def test_the_night_does_not_pass_over_what_has_not_been_read_yet(talk, awa, karim):
    answer = write_post(talk, author=karim, body="Une autre idée.")
    cursors = {cursor.pk: cursor.position for cursor in Cursor.objects.all()}
    accept_answer(answer, by=awa)
    integrity.mend()
    assert {cursor.pk: cursor.position for cursor in Cursor.objects.all()} == cursors
    read_all(fenced=False)
    assert [grant.post_id for grant in Grant.objects.all()] == [answer.pk]
    assert integrity.mend() == []
