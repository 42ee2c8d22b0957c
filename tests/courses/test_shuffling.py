"""The options of a quiz stand in an order of each attempt's own, under values that tell nothing."""

import re

import pytest

from courses.actions import Choice, create_question, finish_attempt, start_attempt
from courses.models import Answer
from tests import making

WORDS = ["première", "deuxième", "troisième", "quatrième", "cinquième", "sixième"]


@pytest.fixture
def quiz(quiz_module, julie):
    question = create_question(
        by=julie, text="Laquelle ?", options=[Choice(word, word == "première") for word in WORDS]
    )
    quiz_module.quiz.quiz_questions.all().delete()
    quiz_module.quiz.quiz_questions.create(question=question, position=1)
    return quiz_module.quiz


def options_on_page(client, quiz) -> list[tuple[str, str]]:
    """Value and words of each option, in the order of the page."""
    text = client.get(quiz.module.get_absolute_url()).text
    return re.findall(r'name="option" value="([^"]+)".*?<p>(.*?)</p>', text, re.DOTALL)


def options_of_api(client, quiz) -> list[tuple[str, str]]:
    module = quiz.module
    answer = client.get(f"/api/v1/courses/{module.course.slug}/modules/{module.pk}/quiz/").json()
    return [
        (option["id"], re.sub("<.*?>", "", option["html"]).strip())
        for option in answer["questions"][0]["options"]
    ]


def test_the_order_is_steady_in_an_attempt_and_the_same_in_page_and_api(quiz, course, awa, sign_in):
    start_attempt(making.enrol(awa, course), quiz)
    client = sign_in(awa)
    once = options_on_page(client, quiz)
    assert sorted(words for _value, words in once) == sorted(WORDS)
    assert options_on_page(client, quiz) == once
    assert options_of_api(client, quiz) == once


def test_attempts_have_orders_and_values_of_their_own(quiz, course, lumen, sign_in):
    orders, values, right_first = set(), set(), 0
    for number in range(12):
        person = making.make_user(f"Personne {number}", organisation=lumen)
        start_attempt(making.enrol(person, course), quiz)
        seen = options_of_api(sign_in(person), quiz)
        orders.add(tuple(words for _value, words in seen))
        values |= {value for value, _words in seen}
        right_first += seen[0][1] == "première"
    assert len(orders) > 6
    assert len(values) == 12 * len(WORDS)
    assert right_first < 8


def test_the_next_attempt_has_another_order_and_takes_no_value_of_the_first(quiz, course, awa, sign_in):
    enrolment = making.enrol(awa, course)
    client, address = sign_in(awa), quiz.module.get_absolute_url()
    finish_attempt(start_attempt(enrolment, quiz))
    before = options_of_api(client, quiz)
    attempt = start_attempt(enrolment, quiz)
    after = dict(options_of_api(client, quiz))
    assert not {value for value, _words in before} & after.keys()
    question = quiz.questions.get()
    old, pk = before[0][0], question.options.first().pk
    for value in (old, pk):
        assert (
            client.post(f"{address}answers/", {"question": question.pk, "option": value}).status_code == 422
        )
    assert not Answer.objects.exists()
    right = next(value for value, words in after.items() if words == "première")
    client.post(f"{address}answers/", {"question": question.pk, "option": right})
    assert Answer.objects.get(attempt=attempt).score == 1


def test_before_an_attempt_no_option_is_given_away(quiz, course, awa, sign_in):
    making.enrol(awa, course)
    assert options_of_api(sign_in(awa), quiz) == []
