"""Pages cost the same few queries whatever they hold."""

import pytest
from django.core.cache import cache

from courses.actions import answer_question, publish_module, start_attempt
from courses.models import Caption, Cue, ModuleThread
from tests import making


@pytest.fixture
def warm(sign_in, awa):
    client = sign_in(awa)
    cache.clear()
    client.get("/courses/")
    return client


def count(django_assert_max_num_queries, client, address, most) -> int:
    client.get(address)
    with django_assert_max_num_queries(most) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_the_catalogue_costs_the_same_with_1_and_with_20_courses(
    django_assert_max_num_queries, warm, awa, lumen, course
):
    making.enrol(awa, course)
    one = count(django_assert_max_num_queries, warm, "/courses/", 6)
    for number in range(19):
        other = making.make_course(lumen, f"Formation {number}")
        making.make_module(other)
        making.enrol(awa, other)
    assert count(django_assert_max_num_queries, warm, "/courses/", 6) == one


def test_a_course_costs_the_same_with_1_and_with_50_modules(
    django_assert_max_num_queries, warm, awa, course, julie
):
    making.enrol(awa, course)
    making.make_module(course)
    one = count(django_assert_max_num_queries, warm, course.get_absolute_url(), 10)
    for number in range(49):
        making.make_module(course, f"Module {number}")
    assert count(django_assert_max_num_queries, warm, course.get_absolute_url(), 10) == one


def test_a_module_and_its_conversation_cost_at_most_12_with_1_and_with_50_posts(
    django_assert_max_num_queries, warm, awa, julie, karim, course, film_module
):
    making.enrol(awa, course)
    film_module.published_at = None
    film_module.save(update_fields=["published_at"])
    publish_module(film_module, by=julie)
    caption = Caption.objects.create(video=film_module.video, language="fr", vtt="WEBVTT\n")
    Cue.objects.create(caption=caption, start=2, end=4, text="Bonjour")
    thread = ModuleThread.objects.get(module=film_module).thread
    making.make_post(thread, karim, moment=3)
    one = count(django_assert_max_num_queries, warm, film_module.get_absolute_url(), 12)
    for number in range(49):
        author = making.make_user(f"Personne {number}", organisation=awa.organisation)
        making.make_post(thread, author, moment=number)
        Cue.objects.create(caption=caption, start=10 + number, end=11 + number, text="Oui")
        making.make_module(course, f"Module {number}")
    assert count(django_assert_max_num_queries, warm, film_module.get_absolute_url(), 12) == one


def test_a_quiz_question_costs_at_most_12(django_assert_max_num_queries, warm, awa, course, quiz_module):
    enrolment = making.enrol(awa, course)
    attempt = start_attempt(enrolment, quiz_module.quiz)
    home = quiz_module.get_absolute_url()
    count(django_assert_max_num_queries, warm, home, 12)
    question = quiz_module.quiz.quiz_questions.first().question
    answer_question(attempt, question=question, options=[question.options.first().pk])
    count(django_assert_max_num_queries, warm, f"{home}?question={question.pk}", 12)
