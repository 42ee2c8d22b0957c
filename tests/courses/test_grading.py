import importlib
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses import grading
from courses.actions import Choice, answer_question, create_question, start_attempt
from courses.models import Attempt, Progress, Quiz
from tests import making


def quiz_of(course, julie, rights, pass_mark):
    """A quiz with one question for each number of right options, each with as many wrong ones."""
    module = making.make_module(course, "À vous de jouer", kind="quiz")
    module.rules.create(kind="passed")
    quiz = Quiz.objects.create(module=module, pass_mark=pass_mark)
    for position, right in enumerate(rights, 1):
        options = [Choice(f"juste {n}", True) for n in range(right)]
        options += [Choice(f"faux {n}", False) for n in range(right)]
        kind = "single" if right == 1 else "multiple"
        question = create_question(by=julie, text=f"Question {position} ?", kind=kind, options=options)
        quiz.quiz_questions.create(question=question, position=position)
    return quiz


def answer(attempt, gained):
    """Gives each question as many right options as it is to gain; nothing gained is a wrong one."""
    for row, number in zip(attempt.quiz.quiz_questions.order_by("position"), gained, strict=True):
        right = row.question.options.filter(correct=True).values_list("pk", flat=True)
        wrong = row.question.options.filter(correct=False).values_list("pk", flat=True)
        answer_question(
            attempt, question=row.question, options=list(right[:number]) if number else [wrong[0]]
        )


REACHED = {
    # name: (right options of each question, right ones chosen, pass mark)
    "one right, three times two thirds, one wrong, at 60": ([1, 3, 3, 3, 1], [1, 2, 2, 2, 0], 60),
    "three times three fifths at 60": ([5, 5, 5], [3, 3, 3], 60),
    "ten times four fifths at 80": ([5] * 10, [4] * 10, 80),
    "four whole and six thirds of ten at 60": ([1] * 4 + [3] * 6, [1] * 10, 60),
}


@pytest.mark.parametrize("name", REACHED)
def test_who_reaches_the_mark_exactly_passes_and_reads_it(sign_in, awa, julie, course, name):
    rights, gained, mark = REACHED[name]
    quiz = quiz_of(course, julie, rights, mark)
    attempt = start_attempt(making.enrol(awa, course), quiz)
    answer(attempt, gained)
    attempt.refresh_from_db()
    assert (attempt.percent, attempt.passed(mark)) == (mark, True)
    assert Progress.objects.get().passed_at is not None
    page = sign_in(awa).get(quiz.module.get_absolute_url()).text
    assert f"soit {mark} %" in page.replace("\xa0", " ").replace("\u202f", " ")


def test_who_is_just_below_the_mark_fails_and_does_not_read_it(awa, julie, course):
    quiz = quiz_of(course, julie, [7, 7, 7, 3, 3], 60)  # 6/7 × 3 + 1/3 = 61/21, of 5: 58.09 %
    attempt = start_attempt(making.enrol(awa, course), quiz)
    answer(attempt, [6, 6, 6, 1, 0])
    attempt.refresh_from_db()
    assert (attempt.percent, attempt.points, attempt.passed(60)) == (58, Decimal("2.9"), False)
    assert Progress.objects.get().passed_at is None


shares = st.integers(1, 40).flatmap(lambda parts: st.builds(Fraction, st.integers(0, parts), st.just(parts)))


@given(st.lists(shares, min_size=1, max_size=40), st.integers(0, 100))
def test_figure_and_verdict_are_those_of_the_exact_fractions(given_shares, mark):
    exact, points = sum(given_shares, Fraction()), len(given_shares)
    score = grading.total_of(float(share) for share in given_shares)
    assert grading.reaches(score, points, mark) == (exact * 100 >= mark * points)
    assert grading.percent_of(score, points) == exact * 100 // points
    assert (grading.percent_of(score, points) >= mark) == grading.reaches(score, points, mark)
    assert grading.shown(score) <= exact


def test_the_order_of_answers_changes_nothing():
    some = [1.0, 2 / 3, 2 / 3, 2 / 3, 0.0, 1 / 7, 6 / 7]
    assert {grading.total_of(order) for order in (some, sorted(some), sorted(some, reverse=True))} == {
        Decimal(4)
    }


def test_who_had_the_mark_before_scores_were_exact_has_it_after_the_upgrade(awa, karim, julie, course):
    quiz = quiz_of(course, julie, [1], 60)
    finished = timezone.now()
    for who, score in ((awa, Decimal(3)), (karim, Decimal("2.999"))):
        enrolment = making.enrol(who, course)
        Progress.objects.create(enrolment=enrolment, module=quiz.module)
        Attempt.objects.create(
            enrolment=enrolment, quiz=quiz, number=1, finished_at=finished, score=score, max_score=5
        )
    migration = importlib.import_module("courses.migrations.0005_exact_scores")
    with connection.cursor() as cursor:
        cursor.execute(migration.COUNT_PASSES)
    assert list(Progress.objects.filter(passed_at=finished).values_list("enrolment__user", flat=True)) == [
        awa.pk
    ]
    assert Progress.objects.filter(passed_at=None).count() == 1


def test_dust_of_binary_sums_goes_when_they_become_decimals(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 2.9999999999999996::float8::numeric(20, 12), (0.1 + 0.2::float8)::numeric(20, 12)"
        )
        assert cursor.fetchone() == (Decimal(3), Decimal("0.3"))
