"""Metrics added by one declaration: their figures by hand, on the page and in the file with their definition."""

from datetime import date
from decimal import Decimal

import pytest

from analytics.models import ActivityBlock, LearnerDay
from analytics.rollups import rebuilding
from community.models import Reaction, Resolution
from tests.analytics import acting
from tests.analytics.acting import ask, at, like, read, say
from tests.analytics.test_reports import URL, report_of, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_friday(time_machine):
    time_machine.move_to(at("2026-11-20", "12:00"), tick=False)


@pytest.fixture
def learners(lumen):
    return acting.make_people(lumen, 8)


@pytest.fixture
def space(lumen, learners):
    return acting.old_space(lumen, "Managers", *learners)


def rebuild(organisation):
    rebuilding.rebuild(organisation, date(2026, 10, 19), date(2026, 11, 20))


def accept(thread, post, by):
    return Resolution.objects.create(thread=thread, post=post, by=by, at=at("2026-11-12"))


def test_accepted_answers_are_counted_over_the_questions_of_seven_days(marc, lumen, learners, space):
    *_others, asker, helper = learners[:7]
    for hour in range(6):
        thread = ask(learners[hour], space, at("2026-11-10", f"1{hour}:00"))
        answer = say(helper, thread, at("2026-11-11", f"1{hour}:00"))
        if hour < 2:
            accept(thread, answer, learners[hour])
    # One's own answer is none, and a question of three days is not counted yet.
    accept(thread, say(asker, thread, at("2026-11-11", "18:00")), asker)
    young = ask(asker, space, at("2026-11-17"))
    taken_back = accept(young, say(helper, young, at("2026-11-17", "11:00")), asker)
    rebuild(lumen)
    value = report_of(marc).line("M11").value
    assert (value.n, value.number) == (6, Decimal("0.33"))

    taken_back.delete()
    Resolution.objects.first().delete()
    rebuild(lumen)

    value = report_of(marc).line("M11").value
    assert (value.n, value.number) == (6, Decimal("0.17"))


def test_questions_of_fewer_than_five_people_tell_nothing_however_many_they_are(marc, lumen, learners, space):
    """METRICS C8: six questions of one person would say how that person was answered."""
    for hour in range(8):
        thread = ask(learners[hour % 4], space, at("2026-11-10", f"1{hour}:00"))
        accept(thread, say(learners[6], thread, at("2026-11-11", f"1{hour}:00")), learners[0])
    rebuild(lumen)
    for code in ("M09", "M09.peers", "M10.24h", "M10.7d", "M11"):
        value = report_of(marc).line(code).value
        assert (value.n, value.number) == (8, None), code
        assert value.reason == "moins de 5 personnes ont posé une question"

    ask(learners[4], space, at("2026-11-10", "18:00"))
    rebuild(lumen)

    assert report_of(marc).line("M11").value.number == Decimal("0.89")


def test_too_few_old_questions_give_no_share_of_accepted_answers(marc, lumen, learners, space):
    for hour in range(4):
        ask(learners[0], space, at("2026-11-10", f"1{hour}:00"))
    rebuild(lumen)
    value = report_of(marc).line("M11").value
    assert (value.n, value.number) == (4, None)


def test_accepted_answers_stand_on_the_page_and_in_the_file_with_their_definition(
    sign_in, marc, lumen, learners, space
):
    marc.language = "en"
    marc.save(update_fields=["language"])
    ask(learners[0], space, at("2026-11-10"))
    rebuild(lumen)
    client = sign_in(marc)
    definition = "Share of the questions of which the asker or a trainer has accepted an answer"

    page = client.get(URL).content.decode()
    rows = rows_of(client.get("/reports/export/", {"dialect": "plain"}))

    assert "M11 v1" in page
    assert definition in page
    assert [row for row in rows if row[:1] == ["M11"] and any(definition in cell for cell in row)]
    assert [row for row in rows if row[:5] == ["M11", "1", "Questions with an accepted answer", "", "all"]]


def test_useful_marks_are_those_given_and_kept_by_the_learners_who_read(marc, lumen, learners, space):
    thread = ask(learners[0], space, at("2026-11-10"))
    post = say(learners[1], thread, at("2026-11-10", "11:00"))
    for person in learners[2:7]:
        read(person, thread, at("2026-11-11"))
    _useful, _again, thanks, taken_back = (like(person, post, at("2026-11-11")) for person in learners[2:6])
    Reaction.objects.filter(pk=thanks.pk).update(kind="thanks")
    like(learners[3], thread.posts.get(number=1), at("2026-11-12"))
    taken_back.delete()

    rebuild(lumen)

    marks = LearnerDay.objects.filter(useful_marks__gt=0).order_by("user_id", "day")
    assert list(marks.values_list("user_id", "useful_marks")) == [
        (learners[2].pk, 1),
        (learners[3].pk, 1),
        (learners[3].pk, 1),
    ]
    # Two writers and five readers were there; two of them said what was useful.
    value = report_of(marc).line("M12").value
    assert (value.n, value.number) == (7, Decimal("0.29"))
    assert ActivityBlock.objects.filter(measure="useful_marks", scope="space", grain="W").count() == 1


def test_useful_marks_stand_on_the_page_in_the_file_and_among_what_is_measured_about_me(
    sign_in, marc, lumen, learners, space
):
    marc.language = "en"
    marc.save(update_fields=["language"])
    post = say(learners[1], ask(learners[0], space, at("2026-11-10")), at("2026-11-10", "11:00"))
    like(learners[2], post, at("2026-11-11"))
    rebuild(lumen)
    client = sign_in(marc)
    definition = "share of those who marked at least one message “useful”"

    page = client.get(URL).content.decode()
    rows = rows_of(client.get("/reports/export/", {"dialect": "plain"}))

    assert "M12 v1" in page
    assert definition in page
    assert [row for row in rows if row[:1] == ["M12"] and any(definition in cell for cell in row)]
    assert "Useful marks" in client.get("/privacy/").content.decode()
