"""The conversation of a module that is withdrawn goes with it, and comes back with it."""

import pytest
from django.utils import timezone

from community.actions import write_post
from community.models import Post, Thread
from core.errors import Refused
from courses.actions import answer_question, publish_module, start_attempt, withdraw_module
from courses.models import ModuleThread, QuestionThread
from lms.queries.home import talk_of_the_moment
from lms.queries.search import posts, threads
from notifications.models import Notification
from tests import making


@pytest.fixture
def lesson(course, julie):
    module = making.make_module(course, "Écouter vraiment", published_at=None, body="Bonjour")
    module.rules.create(kind="opened")
    return publish_module(module, by=julie)


@pytest.fixture
def talk(lesson, course, awa, karim):
    """Awa follows the lesson and Karim has spoken; both are plain members."""
    making.enrol(awa, course)
    making.enrol(karim, course)
    thread = ModuleThread.objects.get(module=lesson).thread
    write_post(thread, author=karim, body="La reformulation m’aide beaucoup.")
    return thread


def found_by(person) -> set[str]:
    """Where a person may meet the thread: lists, search, home."""
    places = {
        "visible": Thread.objects.visible_to(person).exists(),
        "post": Post.objects.visible_to(person).filter(number=2).exists(),
        "thread search": bool(threads(person, "Écouter", 5)),
        "post search": bool(posts(person, "reformulation", 5)),
        "home": bool(talk_of_the_moment(person)),
    }
    return {place for place, seen in places.items() if seen}


EVERYWHERE = {"visible", "post", "thread search", "post search", "home"}


def test_withdrawing_closes_the_conversation_everywhere_and_publishing_gives_it_back(
    talk, lesson, awa, julie, sign_in
):
    client = sign_in(awa)
    pages = [talk.get_absolute_url(), f"/posts/{talk.posts.get(number=2).pk}/", f"/api/v1/threads/{talk.pk}/"]
    assert found_by(awa) == EVERYWHERE

    withdraw_module(lesson, by=julie)

    assert found_by(awa) == set()
    assert [client.get(page).status_code for page in pages] == [404, 404, 404]
    assert "Écouter vraiment" not in client.get(f"/spaces/{talk.space.slug}/").text
    assert client.post(f"/api/v1/threads/{talk.pk}/posts/", {"body": "Encore ?"}).status_code == 404
    with pytest.raises(Refused):
        write_post(Thread.objects.get(pk=talk.pk), author=awa, body="Encore ?")
    assert not Notification.objects.visible_to(awa).exists()

    publish_module(lesson, by=julie)

    assert found_by(awa) == EVERYWHERE
    assert [client.get(page, follow=True).status_code for page in pages] == [200, 200, 200]
    assert talk.posts.count() == 2


def test_what_a_facilitator_removed_stays_removed_when_the_module_comes_back(talk, lesson, julie, awa):
    Thread.objects.filter(pk=talk.pk).update(deleted_at=timezone.now())
    withdraw_module(lesson, by=julie)
    publish_module(lesson, by=julie)
    assert found_by(awa) == set()


def test_the_talk_of_a_question_goes_with_the_last_quiz_that_asks_it(course, quiz_module, awa, julie):
    enrolment = making.enrol(awa, course)
    single, multiple = quiz_module.quiz.questions.order_by("pk")
    other = making.make_module(course, "Encore", kind="quiz")
    other_quiz = type(quiz_module.quiz).objects.create(module=other)
    other_quiz.quiz_questions.create(question=single, position=1)
    attempt = start_attempt(enrolment, quiz_module.quiz)
    for question in (single, multiple):
        answer_question(
            attempt, question=question, options=[question.options.filter(correct=True).first().pk]
        )
        write_post(
            QuestionThread.objects.get(question=question).thread,
            author=awa,
            body="Parce que c’est le manager.",
        )

    withdraw_module(quiz_module, by=julie)

    shared, own = (QuestionThread.objects.get(question=one).thread for one in (single, multiple))
    assert set(Thread.objects.visible_to(awa)) & {shared, own} == {shared}
    withdraw_module(other, by=julie)
    publish_module(quiz_module, by=julie)
    assert set(Thread.objects.visible_to(awa)) & {shared, own} == {shared, own}
