"""METRICS C8: completion and questions stand on few people of a group; no two answers differ by fewer than five."""

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

import pytest

from analytics.filters import Period
from analytics.models import ShownGroup
from analytics.rollups import rebuilding
from analytics.small_groups import ALWAYS, Figures, GroupRequest, disclosed, is_too_close
from courses.models import Enrolment
from tests import making
from tests.analytics import acting
from tests.analytics.acting import ask, at, say
from tests.analytics.test_reports import report_of

pytestmark = pytest.mark.django_db
TOO_CLOSE = "diffère de moins de 5 personnes de chiffres déjà montrés"


@pytest.fixture(autouse=True)
def _a_friday(time_machine):
    time_machine.move_to(at("2026-11-20", "12:00"), tick=False)


@pytest.fixture
def course(lumen):
    return making.make_course(lumen)


@pytest.fixture
def sales(lumen):
    return making.make_unit(lumen, "Ventes")


@pytest.fixture
def learners(lumen, course, sales):
    """Twelve people enrolled for months, of whom the first seven are done."""
    people = acting.make_people(lumen, 12, sales)
    for place, person in enumerate(people):
        enrolled(person, course, completed_at=at("2026-10-01") if place < 7 else None)
    return people


def enrolled(person, course, since="2026-08-01", **fields):
    enrolment = making.enrol(person, course)
    Enrolment.objects.filter(pk=enrolment.pk).update(enrolled_at=at(since), **fields)
    return enrolment


def count(organisation, first="2026-11-01", last="2026-11-20"):
    rebuilding.rebuild(organisation, date.fromisoformat(first), date.fromisoformat(last))


def over(user, first, last, **parameters):
    return report_of(user, period="custom", **{"from": first, "to": last}, **parameters)


def test_the_completion_of_two_far_dates_gives_no_leaver_away(marc, lumen, learners, course):
    Enrolment.objects.filter(user=learners[0]).update(left_at=at("2026-10-20"))
    count(lumen, "2026-10-05", "2026-10-11")
    count(lumen, "2026-11-16")

    before = over(marc, "2026-10-05", "2026-10-11").line("M21").value
    after = over(marc, "2026-11-16", "2026-11-20").line("M21").value

    assert (before.n, before.number) == (12, Decimal("0.58"))
    # Eleven enrolments of which six are completed: who left had completed theirs.
    assert (after.n, after.number) == (0, None)
    assert after.reason == TOO_CLOSE


def test_the_completion_of_the_period_before_gives_no_leaver_away(marc, lumen, learners, course):
    Enrolment.objects.filter(user=learners[0]).update(left_at=at("2026-11-11"))
    count(lumen)
    line = over(marc, "2026-11-11", "2026-11-20").line("M21")
    # Those who are still there, on both days.
    assert (line.value.n, line.before.n) == (11, 11)
    assert line.before.number == Decimal("0.55")


def test_completion_counts_newcomers_when_five_have_come(marc, lumen, learners, course):
    for day in ("2026-10-12", "2026-11-02"):
        for person in acting.make_people(lumen, 3, name=f"Zoé {day}"):
            enrolled(person, course, day)
    Enrolment.objects.filter(user=learners[8]).update(completed_at=at("2026-10-19"))
    count(lumen, "2026-10-05", "2026-10-21")
    count(lumen, "2026-11-10")

    found = [over(marc, "2026-10-05", last).line("M21").value for last in ("2026-10-11", "2026-10-21")]
    found.append(over(marc, "2026-11-10", "2026-11-20").line("M21").value)

    assert [value.n for value in found] == [12, 12, 18]
    # What the same people have done since is told.
    assert [round(value.number * value.n) for value in found[:2]] == [7, 8]


def test_the_completion_of_a_unit_gives_nobody_of_the_whole_away(marc, lumen, learners, course, sales):
    """Twelve in the unit and nine beside it, of whom three are enrolled."""
    others = acting.make_people(lumen, 9, making.make_unit(lumen, "Support"), "Support")
    for person in others[:3]:
        enrolled(person, course)
    count(lumen)

    report = report_of(marc)
    alone = report_of(marc, unit=str(sales.pk))

    assert report.line("M21").value.n == 15
    assert {row.name: row.value("M21").reason for row in report.rows} == {
        "Ventes": TOO_CLOSE,
        "Support": "moins de 5 personnes",
    }
    assert alone.line("M21").value.reason == TOO_CLOSE


@pytest.fixture
def space(lumen, learners):
    return acting.old_space(lumen, "Questions", *learners)


def test_two_periods_that_differ_by_one_asker_give_no_question_away(marc, lumen, learners, space):
    for hour in range(6):
        thread = ask(learners[hour], space, at("2026-11-03", f"1{hour}:00"))
        say(learners[8], thread, at("2026-11-03", f"1{hour}:30"))
    # Only the longer period has this one, which nobody answered.
    ask(learners[7], space, at("2026-11-12"))
    # Somebody of whom the shorter period has questions already.
    ask(learners[0], space, at("2026-11-12", "11:00"))
    count(lumen)

    shorter, longer = (over(marc, "2026-11-02", f"2026-11-{day}") for day in (11, 12))

    assert [shorter.line(code).value.n for code in ("M09", "M10.72h", "M11")] == [6, 6, 6]
    assert [longer.line(code).value.n for code in ("M09", "M10.72h", "M11")] == [7, 7, 7]


def test_the_questions_of_a_unit_give_nobody_of_the_whole_away(marc, lumen, learners, space, sales):
    others = acting.make_people(lumen, 9, making.make_unit(lumen, "Support"), "Support")
    making.join(space, *others)
    for place, person in enumerate([*learners[:6], others[0]]):
        ask(person, space, at("2026-11-03", f"1{place}:00"))
    count(lumen)

    report = report_of(marc)

    assert report.line("M09").value.n == 7
    assert {row.name: row.value("M09").reason for row in report.rows} == {
        "Ventes": TOO_CLOSE,
        "Support": "moins de 5 questions",
    }
    alone = report_of(marc, unit=str(sales.pk))
    assert {alone.line(code).value.reason for code in ("M09", "M10.72h", "M11")} == {TOO_CLOSE}


@pytest.mark.parametrize("figures", Figures)
def test_no_two_of_ten_thousand_pairs_of_answers_stand_on_people_who_differ_by_few(lumen, figures):
    """Seventy people who enrol, leave and ask, looked at on any day and over any period, unit by unit."""
    chance = random.Random(801573)
    first = date(2026, 6, 1)
    people = [
        (chance.choice([0, 0, chance.randint(0, 250)]), chance.randint(60, 400), chance.randint(1, 4))
        for _person in range(70)
    ]
    asked_on = [{chance.randint(0, 300) for _ in range(chance.randint(0, 9))} for _person in people]

    def base(unit, since, until):
        return sum(
            1 << person
            for person, (start, end, theirs) in enumerate(people)
            if (unit == 0 or unit == theirs)
            and (
                any(since <= day <= until for day in asked_on[person])
                if figures is Figures.QUESTIONS
                else start <= until < end
            )
        )

    answers = []
    for _ in range(1_500):
        unit, since = chance.randint(0, 4), chance.randint(0, 240)
        until = since + chance.choice([6, 27, 28, 29, 30, 60])
        days = Period(first + timedelta(days=since), first + timedelta(days=until))
        period = ALWAYS if figures is Figures.ENROLMENTS else days
        (found,) = disclosed(lumen, [GroupRequest(f"{unit}", period, base(unit, since, until), figures)])
        if found and len(answers) < 145:
            answers.append((period, found, base(unit, since, until)))

    pairs = list(combinations(answers, 2))
    assert len(pairs) > 10_000
    assert ShownGroup.objects.filter(figures=figures).exists()
    for (one_period, one, _), (other_period, other, _) in pairs:
        assert not (one_period.overlaps(other_period) and is_too_close(one, other, 5))
    if figures is Figures.ENROLMENTS:
        # Nobody who has left is counted: what they finished is not known any more.
        assert all(not found & ~now for _period, found, now in answers)
