import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from analytics.models import LearnerDay
from analytics.rollups import rebuilding
from community.actions import accept_answer, react, start_thread, write_post
from community.models import Post, Thread
from events.reading import read_all
from gamification.models import Grant
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
