import pytest

from community.models import Post, Thread, ThreadPass
from core.errors import Refused
from courses.actions import (
    Choice,
    answer_question,
    change_question,
    compose_quiz,
    finish_attempt,
    start_attempt,
)
from courses.grading import share_of
from courses.models import Answer, Attempt, QuestionThread
from courses.queries.quiz import quiz_page
from events.models import Event
from tests import making


@pytest.fixture
def enrolment(awa, course):
    return making.enrol(awa, course)


@pytest.fixture
def questions(quiz_module):
    return [row.question for row in quiz_module.quiz.quiz_questions.order_by("position")]


def right(question):
    return list(question.options.filter(correct=True).values_list("pk", flat=True))


def wrong(question):
    return list(question.options.filter(correct=False).values_list("pk", flat=True))


def test_starting_twice_is_one_attempt(enrolment, quiz_module):
    first = start_attempt(enrolment, quiz_module.quiz)
    assert start_attempt(enrolment, quiz_module.quiz) == first
    assert Event.objects.filter(verb="courses.attempt_started").count() == 1


def test_an_answer_is_final(enrolment, quiz_module, questions):
    attempt = start_attempt(enrolment, quiz_module.quiz)
    first = answer_question(attempt, question=questions[0], options=wrong(questions[0]))
    again = answer_question(attempt, question=questions[0], options=right(questions[0]))
    assert (again.pk, again.score) == (first.pk, 0)
    assert Event.objects.filter(verb="courses.question_answered").count() == 1


def test_answering_opens_the_question_s_thread_to_who_answered_only(
    enrolment, quiz_module, questions, karim, course
):
    making.enrol(karim, course)
    answer_question(
        start_attempt(enrolment, quiz_module.quiz), question=questions[0], options=right(questions[0])
    )
    thread = QuestionThread.objects.get(question=questions[0]).thread
    making.make_post(thread, enrolment.user, "Parce que c'est lui qui signe.")
    assert thread.gate == Thread.Gate.PASS
    assert list(ThreadPass.objects.values_list("user", flat=True)) == [enrolment.user_id]
    readable = Post.objects.filter(thread=thread, number=2)
    assert readable.visible_to(enrolment.user).exists()
    assert not readable.visible_to(karim).exists()


def test_two_learners_share_the_question_s_thread(enrolment, quiz_module, questions, karim, course):
    other = making.enrol(karim, course)
    for who in (enrolment, other):
        answer_question(
            start_attempt(who, quiz_module.quiz), question=questions[0], options=right(questions[0])
        )
    assert QuestionThread.objects.count() == 1
    assert ThreadPass.objects.count() == 2


def test_the_last_answer_finishes_and_passes_the_module(enrolment, quiz_module, questions):
    attempt = start_attempt(enrolment, quiz_module.quiz)
    for question in questions:
        answer_question(attempt, question=question, options=right(question))
    attempt.refresh_from_db()
    assert (attempt.score, attempt.max_score) == (2, 2)
    progress = enrolment.progress.get()
    assert progress.passed_at is not None
    assert progress.completed_at is not None


def test_failing_leaves_the_module_open_and_a_retry_passes_it(enrolment, quiz_module, questions):
    attempt = start_attempt(enrolment, quiz_module.quiz)
    for question in questions:
        answer_question(attempt, question=question, options=wrong(question))
    assert enrolment.progress.get().completed_at is None
    second = start_attempt(enrolment, quiz_module.quiz)
    assert second.number == 2
    for question in questions:
        answer_question(second, question=question, options=right(question))
    assert enrolment.progress.get().completed_at is not None


def test_no_more_tries_than_allowed(enrolment, quiz_module):
    quiz_module.quiz.max_attempts = 1
    finish_attempt(start_attempt(enrolment, quiz_module.quiz))
    with pytest.raises(Refused):
        start_attempt(enrolment, quiz_module.quiz)
    assert Attempt.objects.count() == 1


def test_what_was_not_answered_earns_nothing(enrolment, quiz_module, questions):
    attempt = start_attempt(enrolment, quiz_module.quiz)
    answer_question(attempt, question=questions[0], options=right(questions[0]))
    finished = finish_attempt(attempt)
    assert (finished.score, finished.max_score) == (1, 2)
    assert finish_attempt(attempt).score == 1
    with pytest.raises(Refused):
        answer_question(attempt, question=questions[1], options=right(questions[1]))


@pytest.mark.parametrize("which", ["nothing", "two", "foreign", "retired"])
def test_a_choice_that_is_not_offered_is_refused(enrolment, quiz_module, questions, julie, which):
    question = questions[0]
    attempt = start_attempt(enrolment, quiz_module.quiz)
    old = right(question)
    options = {
        "nothing": [],
        "two": old + wrong(question),
        "foreign": right(questions[1]),
        "retired": old,
    }[which]
    if which == "retired":
        change_question(question, by=julie, options=[Choice("Nul ne sait", True), Choice("Personne", False)])
    with pytest.raises(Refused):
        answer_question(attempt, question=question, options=options)
    assert not Answer.objects.exists()
    assert not ThreadPass.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "score"),
    [({1, 2}, 1.0), ({1}, 0.5), ({1, 3}, 0.0), ({1, 2, 3}, 0.5), ({3, 4}, 0.0), ({1, 2, 3, 4}, 0.0)],
)
def test_wrong_choices_take_back_what_right_ones_give(chosen, score):
    assert share_of({1, 2}, chosen, single=False) == score


def test_the_group_s_choices_count_first_answers_of_the_session_once_a_person(
    enrolment, quiz_module, questions, karim, course
):
    other = making.enrol(karim, course)
    question = questions[0]
    for who, options in ((enrolment, right(question)), (other, wrong(question))):
        attempt = start_attempt(who, quiz_module.quiz)
        answer_question(attempt, question=question, options=options)
        finish_attempt(attempt)
    answer_question(start_attempt(other, quiz_module.quiz), question=question, options=right(question))
    page = quiz_page(quiz_module, enrolment, asked=question.pk)
    shown = {(bar.option.html.strip(), bar.count, bar.percent, bar.mine) for bar in page.bars}
    assert shown == {("<p>Le manager</p>", 1, 50, True), ("<p>Personne</p>", 1, 50, False)}


def test_the_group_s_choices_are_closed_before_the_answer(enrolment, quiz_module, questions, karim, course):
    other = making.enrol(karim, course)
    answer_question(
        start_attempt(other, quiz_module.quiz), question=questions[0], options=right(questions[0])
    )
    start_attempt(enrolment, quiz_module.quiz)
    page = quiz_page(quiz_module, enrolment, asked=questions[0].pk)
    assert getattr(page.question, "pk", None) == questions[0].pk
    assert (page.bars, page.answered_by, page.thread_id) == ([], 0, None)


def test_a_new_wording_keeps_the_version_and_a_new_meaning_starts_one(
    questions, julie, enrolment, quiz_module
):
    question = questions[0]
    answer = answer_question(
        start_attempt(enrolment, quiz_module.quiz), question=question, options=right(question)
    )
    old = {option.text: option for option in question.options.all()}
    same = [
        Choice("Le ou la manager", True, pk=old["Le manager"].pk),
        Choice("Personne", False, pk=old["Personne"].pk),
    ]
    assert change_question(question, by=julie, options=same).version == 1
    turned = [
        Choice("Le ou la manager", False, pk=old["Le manager"].pk),
        Choice("Personne", True, pk=old["Personne"].pk),
    ]
    changed = change_question(question, by=julie, options=turned)
    assert changed.version == 2
    live = changed.options.filter(retired_at=None)
    assert [(option.text, option.correct) for option in live] == [
        ("Le ou la manager", False),
        ("Personne", True),
    ]
    assert changed.options.get(pk=answer.options[0]).text == "Le ou la manager"
    assert changed.options.get(pk=answer.options[0]).correct


def test_an_attempt_is_finished_when_its_last_question_leaves_the_quiz(
    enrolment, quiz_module, questions, julie, sign_in, course
):
    attempt = start_attempt(enrolment, quiz_module.quiz)
    answer_question(attempt, question=questions[0], options=right(questions[0]))

    compose_quiz(quiz_module.quiz, by=julie, questions=[questions[0]])

    attempt.refresh_from_db()
    assert (attempt.finished_at is not None, attempt.score, attempt.max_score) == (True, 1, 1)
    page = sign_in(enrolment.user).get(f"/courses/{course.slug}/modules/{quiz_module.pk}/")
    assert "None" not in page.text


def test_an_attempt_waits_while_its_quiz_has_no_question(
    enrolment, quiz_module, questions, julie, sign_in, course
):
    attempt = start_attempt(enrolment, quiz_module.quiz)
    answer_question(attempt, question=questions[0], options=right(questions[0]))

    compose_quiz(quiz_module.quiz, by=julie, questions=[])

    page = sign_in(enrolment.user).get(f"/courses/{course.slug}/modules/{quiz_module.pk}/")
    assert "None" not in page.text
    attempt.refresh_from_db()
    assert attempt.finished_at is None
