"""Trying a quiz: an answer is saved when it is given, and final, because the group's choices open after it."""

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from community.actions import give_pass
from core.errors import Refused
from courses import grading
from courses.actions import conversations
from courses.actions.completion import complete_if_done
from courses.models import Answer, Attempt, Enrolment, Progress, Question, Quiz, QuizQuestion
from events.recording import record

WITH_ITS_PEOPLE = ("quiz__module__course", "enrolment__session__space", "enrolment__user")


@transaction.atomic
def start_attempt(enrolment: Enrolment, quiz: Quiz) -> Attempt:
    """The attempt under way if there is one, on any device; else a new one, as often as the quiz allows."""
    # Two clicks or two devices wait here for each other.
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    attempts = Attempt.objects.filter(enrolment=enrolment, quiz=quiz)
    if (running := attempts.filter(finished_at=None).first()) is not None:
        return running
    last = attempts.aggregate(last=Max("number"))["last"] or 0
    if quiz.max_attempts is not None and last >= quiz.max_attempts:
        raise Refused(_("You have used all your tries."))
    if not quiz.quiz_questions.exists():
        raise Refused(_("This quiz has no questions yet."))
    attempt = Attempt.objects.create(enrolment=enrolment, quiz=quiz, number=last + 1)
    _record("courses.attempt_started", attempt)
    return attempt


@transaction.atomic
def answer_question(attempt: Attempt, *, question: Question, options: list[int]) -> Answer:
    """Saves what was chosen (ids of options) and opens the question's conversation to the person.

    The first answer stays: a repeat, changed or not, returns it. The last question finishes the attempt.
    """
    attempt = (
        Attempt.objects.select_for_update(of=("self",)).select_related(*WITH_ITS_PEOPLE).get(pk=attempt.pk)
    )
    known = attempt.answers.filter(question=question).first()
    if known is not None:
        return known
    if attempt.finished_at is not None:
        raise Refused(_("This try is finished."))
    if not attempt.quiz.quiz_questions.filter(question=question).exists():
        raise Refused(_("This question is not part of the quiz."))
    answer = _give(attempt, question, sorted(set(options)))
    enrolment = attempt.enrolment
    thread = conversations.thread_of_question(question, enrolment.session.space, module=attempt.quiz.module)
    give_pass(thread, enrolment.user)
    _record(
        "courses.question_answered",
        attempt,
        subject=question,
        thread_id=thread.pk,
        question=question.pk,
        version=question.version,
        answer=answer.pk,
        score=answer.score,
    )
    if not _unanswered(attempt).exists():
        finish_attempt(attempt)
    return answer


@transaction.atomic
def finish_answered_attempts(quiz: Quiz) -> None:
    """A question that left the quiz may have been the last one that somebody had to answer. A quiz without any is
    being written anew: its attempts wait for what comes."""
    if not quiz.quiz_questions.exists():
        return
    running = Attempt.objects.select_for_update(of=("self",)).filter(quiz=quiz, finished_at=None)
    for attempt in running.select_related(*WITH_ITS_PEOPLE).order_by("pk"):
        if not _unanswered(attempt).exists():
            finish_attempt(attempt)


@transaction.atomic
def finish_attempt(attempt: Attempt) -> Attempt:
    """Counts the points, unanswered questions as none; passing counts once for the module."""
    now = timezone.now()
    questions = attempt.quiz.quiz_questions.values("question")
    shares = attempt.answers.filter(question__in=questions).values_list("score", flat=True)
    score = grading.total_of(shares)
    points = questions.count()
    running = Attempt.objects.filter(pk=attempt.pk, finished_at=None)
    if not running.update(finished_at=now, score=score, max_score=points):
        attempt.refresh_from_db()
        return attempt
    attempt.finished_at, attempt.score, attempt.max_score = now, score, points
    passed = attempt.passed(attempt.quiz.pass_mark)
    conversations.open_talk_of_quiz(
        attempt.quiz.module, attempt.enrolment.session.space, attempt.enrolment.user
    )
    _record("courses.attempt_finished", attempt, score=float(score), max_score=points, passed=passed)
    progress, _created = Progress.objects.get_or_create(
        enrolment=attempt.enrolment, module=attempt.quiz.module
    )
    if passed and Progress.objects.filter(pk=progress.pk, passed_at=None).update(passed_at=now):
        progress.passed_at = now
        complete_if_done(progress)
    return attempt


def _unanswered(attempt: Attempt) -> QuerySet[QuizQuestion]:
    return attempt.quiz.quiz_questions.exclude(question__in=attempt.answers.values("question"))


def _give(attempt: Attempt, question: Question, chosen: list[int]) -> Answer:
    offered = dict(question.options.filter(retired_at=None).values_list("pk", "correct"))
    if not chosen:
        raise Refused(_("Choose an answer first."))
    if not set(chosen) <= offered.keys():
        raise Refused(_("This question has changed since you opened it: read it again."))
    if question.kind == Question.Kind.SINGLE and len(chosen) > 1:
        raise Refused(_("Choose one answer only."))
    right = {pk for pk, correct in offered.items() if correct}
    return Answer.objects.create(
        attempt=attempt,
        question=question,
        question_version=question.version,
        options=chosen,
        score=float(grading.share_of(right, set(chosen), single=question.kind == Question.Kind.SINGLE)),
    )


def _record(verb: str, attempt: Attempt, *, subject=None, thread_id: int | None = None, **data) -> None:
    enrolment = attempt.enrolment
    record(
        verb,
        actor=enrolment.user,
        subject=subject or attempt,
        session_id=enrolment.session_id,
        space_id=enrolment.session.space_id,
        module_id=attempt.quiz.module_id,
        thread_id=thread_id,
        data={"attempt": attempt.pk, **data},
    )
