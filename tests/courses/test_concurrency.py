"""Several devices and people at once, with real commits: the database decides, nothing is lost or doubled."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from courses.actions import (
    Choice,
    add_module,
    answer_question,
    create_question,
    enrol,
    publish_module,
    report_watching,
    start_attempt,
)
from courses.models import Answer, Attempt, Enrolment, ModuleThread, Progress, Question, QuestionThread
from events.models import Event
from tests import making

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work, items):
    def run(item):
        try:
            return work(item)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(run, items))


def test_eight_devices_report_and_nothing_is_lost(transactional_db, awa, course, film_module):
    opened = timezone.now() - timedelta(minutes=10)
    progress = Progress.objects.create(
        enrolment=making.enrol(awa, course), module=film_module, opened_at=opened
    )
    now = timezone.now()

    def report(number):
        begin = number * 12.5
        for step in range(5):
            end = begin + 2.5 * (step + 1)
            report_watching(
                progress,
                ranges_seen=[(begin, end)],
                position=end,
                at=now + timedelta(seconds=60 * (step + 1)),
            )

    at_once(report, range(8))
    progress.refresh_from_db()
    assert list(progress.watched.values_list("start", "end")) == [(0, 100)]
    assert progress.coverage == 1
    assert Event.objects.filter(verb="courses.module_completed").count() == 1


def test_a_quiz_started_eight_times_at_once_is_one_attempt(awa, course, quiz_module):
    enrolment = making.enrol(awa, course)
    started = at_once(
        lambda _n: start_attempt(Enrolment.objects.get(pk=enrolment.pk), quiz_module.quiz).pk, range(8)
    )
    assert len(set(started)) == 1
    assert Attempt.objects.count() == 1
    assert Event.objects.filter(verb="courses.attempt_started").count() == 1


def test_one_question_answered_eight_times_at_once_is_one_answer(awa, course, quiz_module):
    attempt = start_attempt(making.enrol(awa, course), quiz_module.quiz)
    question = quiz_module.quiz.quiz_questions.first().question
    options = list(question.options.values_list("pk", flat=True))
    given = at_once(
        lambda n: (
            answer_question(
                Attempt.objects.get(pk=attempt.pk), question=question, options=[options[n % 2]]
            ).pk
        ),
        range(8),
    )
    assert len(set(given)) == 1
    assert Answer.objects.count() == 1
    assert Event.objects.filter(verb="courses.question_answered").count() == 1


def test_eight_first_answers_at_once_open_one_thread(lumen, course, quiz_module):
    question = quiz_module.quiz.quiz_questions.first().question
    people = [making.make_user(f"Personne {n}", organisation=lumen) for n in range(8)]
    attempts = [start_attempt(making.enrol(user, course), quiz_module.quiz) for user in people]
    chosen = [question.options.first().pk]
    at_once(lambda attempt: answer_question(attempt, question=question, options=chosen), attempts)
    assert QuestionThread.objects.filter(question=question).count() == 1
    assert Answer.objects.count() == 8


def test_publishing_and_enrolling_at_once_happen_once(awa, julie, course):
    module = add_module(course.sections.get(), by=julie, kind="text", title="Écouter", body="Bonjour")
    at_once(lambda _n: publish_module(type(module).objects.get(pk=module.pk), by=julie), range(4))
    at_once(lambda _n: enrol(awa, course.sessions.get()), range(6))
    assert ModuleThread.objects.filter(module=module).count() == 1
    assert Enrolment.objects.count() == 1
    assert Event.objects.filter(verb="courses.enrolled").count() == 1


def test_modules_added_at_once_have_their_own_place(julie, course):
    section = course.sections.get()
    at_once(lambda n: add_module(section, by=julie, kind="text", title=f"M{n}"), range(8))
    assert sorted(section.modules.values_list("position", flat=True)) == list(range(1, 9))


def test_questions_added_to_a_quiz_at_once_are_all_kept(sign_in, julie, quiz_module):
    options = [Choice("Oui", True), Choice("Non", False)]
    asked = [create_question(by=julie, text=f"Question {n} ?", options=options) for n in range(4)]
    client = sign_in(julie)
    client.raise_request_exception = False
    address = f"/studio/modules/{quiz_module.pk}/questions/"
    answers = at_once(lambda question: client.post(address, {"add": question.pk}).status_code, asked)
    assert answers == [302] * 4
    assert quiz_module.quiz.quiz_questions.count() == 6


def test_a_bank_brought_in_three_times_at_once_is_brought_in_once(sign_in, julie):
    client = sign_in(julie)
    client.raise_request_exception = False
    file = SimpleUploadedFile("bank.gift", b"".join(b"Port %d ? {=80 ~443}\n\n" % n for n in range(30)))
    address = client.post("/studio/imports/", {"file": file, "language": "fr"}).url
    answers = at_once(lambda _n: client.post(address).status_code, range(3))
    assert answers.count(302) >= 1
    assert 500 not in answers
    assert Question.objects.count() == 30


def test_a_course_deleted_three_times_at_once_is_deleted_once(sign_in, julie, course):
    client = sign_in(julie)
    client.raise_request_exception = False
    address = f"/studio/courses/{course.slug}/removal/"
    answers = at_once(lambda _n: client.post(address, {"sure": "yes"}).status_code, range(3))
    assert set(answers) <= {302, 404}


def test_a_session_and_a_section_sent_three_times_at_once_are_made_once(sign_in, julie, course):
    client, key = sign_in(julie), str(uuid4())
    client.raise_request_exception = False
    address = f"/studio/courses/{course.slug}"
    opened = at_once(
        lambda _n: client.post(f"{address}/sessions/", {"name": "Automne", "key": key}).status_code, range(3)
    )
    added = at_once(
        lambda _n: client.post(f"{address}/sections/", {"title": "Suite", "key": key}).status_code, range(3)
    )
    assert opened + added == [302] * 6
    assert course.sessions.filter(name="Automne").count() == 1
    assert course.sections.filter(title="Suite").count() == 1
    for page, name in (("/sessions/", "sessions"), ("/", "sections")):
        assert 'name="key" value="' in client.get(address + page).text, name
