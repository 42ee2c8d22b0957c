"""Who reads what is said about a quiz, and when a question's conversation stands in lists."""

import pytest

from community.actions import write_post
from community.models import Post, Thread
from core.errors import Refused
from courses.actions import answer_question, publish_module, start_attempt
from courses.models import ModuleThread, QuestionThread
from lms.queries.home import talk_of_the_moment
from lms.queries.search import posts, threads
from tests import making


@pytest.fixture
def quiz(quiz_module, julie):
    quiz_module.published_at = None
    quiz_module.save(update_fields=["published_at"])
    return publish_module(quiz_module, by=julie).quiz


def try_quiz(enrolment, quiz) -> None:
    attempt = start_attempt(enrolment, quiz)
    for question in quiz.questions.all():
        right = question.options.filter(correct=True).values_list("pk", flat=True)
        answer_question(attempt, question=question, options=list(right))


def test_the_talk_of_a_quiz_opens_to_who_has_tried_it(quiz, course, awa, karim, julie):
    """Awa and Karim are plain members; Karim's words give an answer away."""
    awas, karims = making.enrol(awa, course), making.enrol(karim, course)
    talk = ModuleThread.objects.get(module=quiz.module).thread
    try_quiz(karims, quiz)
    secret = write_post(talk, author=karim, body="C’est le manager qui valide.")

    assert set(Post.objects.visible_to(awa).filter(thread=talk, number__gt=1)) == set()
    assert posts(awa, "manager", 5) == []
    with pytest.raises(Refused):
        write_post(talk, author=awa, body="Et la deuxième ?")

    try_quiz(awas, quiz)

    assert set(Post.objects.visible_to(awa).filter(thread=talk, number__gt=1)) == {secret}
    assert set(Post.objects.visible_to(julie).filter(thread=talk, number__gt=1)) == {secret}


def test_the_talk_of_a_question_stands_in_no_list_until_somebody_has_spoken(
    quiz, course, awa, karim, sign_in
):
    enrolment = making.enrol(awa, course)
    making.enrol(karim, course)
    try_quiz(enrolment, quiz)
    question = quiz.questions.get(kind="single")
    silent = QuestionThread.objects.get(question=question).thread
    page = f"/spaces/{silent.space.slug}/"

    def listed() -> set[str]:
        places = {
            "space": silent.title in sign_in(awa).get(page).text,
            "search": bool(threads(awa, silent.title, 5)),
            "post search": bool(posts(awa, "convinced", 5) or posts(awa, "convaincu", 5)),
            "home": silent.pk in {one.pk for one in talk_of_the_moment(awa)},
        }
        return {place for place, seen in places.items() if seen}

    assert listed() == set()
    assert Thread.objects.visible_to(awa).filter(pk=silent.pk).exists()

    write_post(silent, author=awa, body="Parce que c’est écrit.")

    assert listed() >= {"space", "search", "home"}
