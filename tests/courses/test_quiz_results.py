"""A quiz that is not passed leads to what to revise, and keeps its answers for the next try."""

import pytest

from courses.actions import answer_question, start_attempt
from courses.queries.module import module_page
from courses.queries.quiz import quiz_page
from tests import making


@pytest.fixture
def quiz(course, quiz_module):
    """Two lessons and another quiz before it; the questions have explanations."""
    lesson = making.make_module(course, "Avant le premier quiz")
    first = making.make_module(course, "Premier quiz", kind="quiz")
    near = making.make_module(course, "Les signaux faibles")
    for place, module in enumerate([lesson, first, near, quiz_module], start=101):
        module.position = place
        module.save(update_fields=["position"])
    quiz_module.quiz.questions.update(feedback_html="<p>Parce que la procédure le dit.</p>")
    return quiz_module.quiz


def answer_all(enrolment, quiz, *, right: bool):
    attempt = start_attempt(enrolment, quiz)
    for question in quiz.questions.order_by("pk"):
        options = question.options.filter(correct=right).values_list("pk", flat=True)
        answer_question(attempt, question=question, options=list(options[: None if right else 1]))


def test_a_try_that_failed_tells_what_to_revise_and_no_right_answer(quiz, course, awa, sign_in):
    enrolment = making.enrol(awa, course)
    answer_all(enrolment, quiz, right=False)
    module, question = quiz.module, quiz.questions.order_by("pk").first()
    assert [one.title for one in module_page(awa, course.slug, module.pk).lessons] == ["Les signaux faibles"]
    client, address = sign_in(awa), module.get_absolute_url()
    assert "Les signaux faibles" in client.get(address).text
    page = client.get(f"{address}?question={question.pk}").text
    assert ">bonne réponse</span>" not in page
    assert "Parce que la procédure" not in page
    api = f"/api/v1/courses/{course.slug}/modules/{module.pk}/answers/"
    client.post(f"{address}attempts/")
    option = client.get(api.replace("answers", "quiz")).json()["questions"][0]["options"][0]["id"]
    given = client.post(
        api, {"question": question.pk, "options": [option]}, content_type="application/json"
    ).json()
    if given["score"] < 1:
        assert given["feedback"] == ""
        assert {choice["correct"] for choice in given["choices"]} == {None}


def test_a_quiz_that_is_passed_tells_everything(quiz, course, awa):
    enrolment = making.enrol(awa, course)
    answer_all(enrolment, quiz, right=False)
    answer_all(enrolment, quiz, right=True)
    page = quiz_page(quiz.module, enrolment, asked=quiz.questions.order_by("pk").first().pk)
    assert page.tells_why
    assert {choice.right for choice in page.bars} == {True, False}


def test_with_the_last_try_everything_is_told(quiz, course, awa):
    quiz.max_attempts = 1
    quiz.save(update_fields=["max_attempts"])
    enrolment = making.enrol(awa, course)
    answer_all(enrolment, quiz, right=False)
    page = quiz_page(quiz.module, enrolment, asked=quiz.questions.order_by("pk").first().pk)
    assert page.tells_why
