"""A quiz as one person meets it: the question asked now, what they answered, what the group chose."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from core.prepared import AnyOf, prepared
from courses.models import (
    Answer,
    Attempt,
    Enrolment,
    Module,
    Option,
    QuestionThread,
    QuizQuestion,
)
from courses.shuffling import option_value

ANSWER_FIELDS = ("id", "attempt_id", "question_id", "question_version", "options", "score")


class QuestionCard(NamedTuple):
    """A question of a quiz, and its thread in the session's space."""

    pk: int
    kind: str
    language: str
    version: int
    html: str
    feedback_html: str
    thread_id: int | None


class OptionCard(NamedTuple):
    """An option of a question as one attempt offers it."""

    pk: int
    html: str
    correct: bool
    feedback: str
    retired_at: datetime | None
    # What stands for it in the page and in the API.
    value: str


@dataclass(frozen=True)
class GroupChoice:
    """How many chose an option, as people see it after they have answered."""

    option: OptionCard
    count: int
    percent: int
    mine: bool
    # Whether it is right; None where that would give the next try its answers.
    right: bool | None


@dataclass
class QuizPage:
    questions: list[QuestionCard]
    attempts: list[Attempt]
    attempt: Attempt | None
    answers: dict[int, Answer] = field(default_factory=dict)
    question: QuestionCard | None = None
    bars: list[GroupChoice] = field(default_factory=list)
    answered_by: int = 0
    thread_id: int | None = None
    max_attempts: int | None = None
    pass_mark: int = 0

    @property
    def answer(self) -> Answer | None:
        return self.answers.get(self.question.pk) if self.question else None

    @property
    def number(self) -> int:
        return self.questions.index(self.question) + 1 if self.question in self.questions else 0

    @property
    def next_question(self) -> QuestionCard | None:
        """The first unanswered one after this, or before it."""
        at = self.number
        return next((q for q in self.questions[at:] + self.questions[:at] if q.pk not in self.answers), None)

    @property
    def passed(self) -> bool:
        return self.attempt is not None and self.attempt.passed(self.pass_mark)

    @property
    def may_retry(self) -> bool:
        running = self.attempt is not None and self.attempt.finished_at is None
        return not running and (self.max_attempts is None or len(self.attempts) < self.max_attempts)

    @property
    def is_open(self) -> bool:
        """Right answers and explanations are told: the quiz is passed, or no other try could profit by them."""
        passed = any(one.finished_at and one.passed(self.pass_mark) for one in self.attempts)
        return passed or self.tries_left == 0

    @property
    def tells_why(self) -> bool:
        """The explanation of the question that is looked at may be read."""
        return self.is_open or (self.answer is not None and self.answer.score == 1)

    @property
    def tries_left(self) -> int | None:
        return None if self.max_attempts is None else max(self.max_attempts - len(self.attempts), 0)

    @property
    def rows(self) -> list[tuple[QuestionCard, Answer | None]]:
        """Each question with its answer, those that did not earn the whole point first."""
        rows = [(question, self.answers.get(question.pk)) for question in self.questions]
        return sorted(rows, key=lambda row: row[1] is not None and row[1].score == 1)

    @property
    def all_right(self) -> bool:
        return all(answer is not None and answer.score == 1 for _question, answer in self.rows)

    @property
    def seats_won(self) -> int:
        """Whole points, for the ring."""
        return int(self.attempt.score or 0) if self.attempt else 0


def quiz_page(module: Module, enrolment: Enrolment | None, *, asked: int | None = None) -> QuizPage:
    """The last attempt; `asked` names the question to look at, answered or not, else the next to answer."""
    quiz = module.quiz
    page = QuizPage(
        questions=_questions(quiz.pk, enrolment.session.space_id if enrolment else 0),
        attempts=[],
        attempt=None,
        max_attempts=quiz.max_attempts,
        pass_mark=quiz.pass_mark,
    )
    if enrolment is None:
        return page
    page.attempts = _attempts(enrolment=enrolment.pk, quiz=quiz.pk)
    if not page.attempts:
        return page
    page.attempt = page.attempts[-1]
    answers = [Answer(**row) for row in page.attempt.given]  # type: ignore[attr-defined]
    page.answers = {answer.question_id: answer for answer in answers}
    page.question = next((question for question in page.questions if question.pk == asked), None)
    if page.question is None and page.attempt.finished_at is None:
        page.question = page.next_question
    if page.answer is not None:
        _add_group(page, enrolment)
    return page


@prepared
def _attempts(enrolment: int, quiz: int) -> QuerySet:
    given = Answer.objects.filter(attempt=OuterRef("pk")).order_by("pk").values(found=_as_json(ANSWER_FIELDS))
    attempts = Attempt.objects.filter(enrolment_id=enrolment, quiz_id=quiz)
    return attempts.annotate(given=ArraySubquery(given)).order_by("number")


def _questions(quiz: int, space: int) -> list[QuestionCard]:
    return [QuestionCard(*row) for row in _asked(quiz=quiz, space=space)]


@prepared
def _asked(quiz: int, space: int) -> QuerySet:
    threads = QuestionThread.objects.filter(question=OuterRef("question"), space_id=space)
    shown = [f"question__{name}" for name in QuestionCard._fields[:-1]]
    asked = QuizQuestion.objects.filter(quiz_id=quiz).annotate(talk=Subquery(threads.values("thread")[:1]))
    return asked.order_by("position").values_list(*shown, "talk")


def _as_json(fields: tuple[str, ...]) -> JSONObject:
    return JSONObject(**{field: field for field in fields})


def live_options(question: QuestionCard, attempt: Attempt, answer: Answer | None = None) -> list[OptionCard]:
    """What can be chosen now; with an answer of an older version, what could be chosen then."""
    old = answer is not None and answer.question_version != question.version
    chosen = set(answer.options) if answer is not None and old else set()
    offered = options_of([question], attempt)[question.pk]
    return [option for option in offered if option.pk in chosen or option.retired_at is None]


def options_to_choose(page: QuizPage) -> list[OptionCard]:
    """The options of the question that waits for an answer, if one does."""
    if page.question is None or page.attempt is None or page.answer is not None:
        return []
    return live_options(page.question, page.attempt)


def options_of(questions: Iterable[QuestionCard], attempt: Attempt) -> dict[int, list[OptionCard]]:
    """All options of each question, retired ones too, in the order of the attempt; one query."""
    found: dict[int, list[OptionCard]] = {question.pk: [] for question in questions}
    for question, pk, *option in _options(questions=list(found)):
        found[question].append(OptionCard._make((pk, *option, option_value(attempt.pk, pk))))
    for offered in found.values():
        offered.sort(key=lambda option: option.value)
    return found


@prepared
def _options(questions: list[int]) -> QuerySet:
    options = Option.objects.filter(AnyOf("question", questions))
    return options.values_list("question", *OptionCard._fields[:-1])


def _add_group(page: QuizPage, enrolment: Enrolment) -> None:
    """First answers only, one per person, of this version of the question in the same organisation's sessions:
    a second try would count those who already know."""
    question, answer = page.question, page.answer
    if question is None or answer is None or page.attempt is None:
        return
    first = (
        Answer.objects.filter(
            question=question.pk,
            question_version=answer.question_version,
            attempt__enrolment__session=enrolment.session_id,
        )
        .order_by("attempt__enrolment__user_id", "at")
        .distinct("attempt__enrolment__user_id")
        .values_list("options", flat=True)
    )
    chosen = [set(options) for options in first]
    counts = Counter(pk for options in chosen for pk in options)
    page.answered_by = len(chosen)
    page.bars = [
        GroupChoice(
            option,
            counts[option.pk],
            round(100 * counts[option.pk] / len(chosen)) if chosen else 0,
            option.pk in answer.options,
            option.correct if page.tells_why else None,
        )
        for option in live_options(question, page.attempt, answer)
    ]
    page.thread_id = question.thread_id
