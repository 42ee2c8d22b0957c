"""The question bank, and which questions make a quiz."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import markdown
from core.editions import State, refuse_if_overtaken
from core.errors import Refused
from core.idempotency import sending
from courses.actions.attempts import finish_answered_attempts
from courses.models import Option, Question, Quiz, QuizQuestion
from events.recording import record

FIELDS = ("kind", "category", "text", "feedback", "language")
# Options that a later version took out stand behind the ones in use.
RETIRED_FROM = 1000


@dataclass(frozen=True)
class Choice:
    """An option as its author writes it; `pk` names the one it was before, if any."""

    text: str
    correct: bool
    feedback: str = ""
    pk: int | None = None


@transaction.atomic
def create_question(*, by, text: str, options: list[Choice], key=None, **fields) -> Question:
    """A question of the author's organisation. `key` makes a repeat the same question."""
    what = {"text": text, "options": [(one.text, one.correct, one.feedback) for one in options], **fields}
    sent = sending(key, by=by, action="courses.create_question", **what)
    if (made := sent.first_of(Question)) is not None:
        return made
    _check(fields.get("kind", Question.Kind.SINGLE), options)
    question = Question(organisation=by.organisation, created_by=by, text=text, **sent.fields, **fields)
    _render(question)
    question.save()
    for position, choice in enumerate(options, start=1):
        _add(question, choice, position)
    return question


def state_of_question(question: Question) -> State:
    options = question.options.filter(retired_at=None)
    shown = [Choice(option.text, option.correct, option.feedback) for option in options]
    return {name: getattr(question, name) for name in FIELDS} | {"options": in_lines(shown)}


def in_lines(options: list[Choice]) -> list[str]:
    """The options of a question as they are compared: one a line, the right ones with a sign."""
    return [" ".join(filter(None, ("✓" if o.correct else "✗", o.text, o.feedback))) for o in options]


@transaction.atomic
def change_question(
    question: Question,
    *,
    by,
    options: list[Choice],
    means_something_else: bool = False,
    edition: str = "",
    **fields,
) -> Question:
    """Saves the wording. A new version, hence a new series of figures, begins when the right answers, the kind
    or the number of options change, or when the author says that the meaning does.
    Overtaken if the question is no longer what `edition` names."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    state = state_of_question(question)
    refuse_if_overtaken(state, state | fields | {"options": in_lines(options)}, edition)
    _check(fields.get("kind", question.kind), options)
    live = {option.pk: option for option in question.options.filter(retired_at=None)}
    new_version = means_something_else or _differs(question, live, options, fields.get("kind", question.kind))
    for name in fields:
        if name not in FIELDS:
            raise ValueError(f"{name} is not changed here")
        setattr(question, name, fields[name])
    _render(question)
    question.version += int(new_version)
    question.save()
    _replace_options(question, live, options, keep_wording=not new_version)
    return question


@transaction.atomic
def archive_question(question: Question, *, by) -> None:
    """Takes a question out of the bank; the quizzes that hold it keep it."""
    Question.objects.filter(pk=question.pk, archived_at=None).update(archived_at=timezone.now())


@transaction.atomic
def arrange_quiz(quiz: Quiz, *, by, arrange: Callable[[list[int]], list[Question]]) -> None:
    """The list that `arrange` makes of the one that stands: two people who press at once are one after the other."""
    Quiz.objects.select_for_update().get(pk=quiz.pk)
    standing = quiz.quiz_questions.order_by("position").values_list("question", flat=True)
    compose_quiz(quiz, by=by, questions=arrange(list(standing)))


@transaction.atomic
def compose_quiz(quiz: Quiz, *, by, questions: list[Question]) -> None:
    """The whole list, in order. Attempts already finished keep their result."""
    Quiz.objects.select_for_update().get(pk=quiz.pk)
    course = quiz.module.course
    if any(question.organisation_id != course.organisation_id for question in questions):
        raise Refused(_("A question comes from the bank of the course's organisation."))
    quiz.quiz_questions.all().delete()
    unique = dict.fromkeys(questions)
    QuizQuestion.objects.bulk_create(
        QuizQuestion(quiz=quiz, question=question, position=position)
        for position, question in enumerate(unique, start=1)
    )
    record(
        "courses.course_changed",
        actor=by,
        subject=course,
        module_id=quiz.module_id,
        data={"fields": ["questions"]},
    )
    finish_answered_attempts(quiz)


@transaction.atomic
def set_quiz(quiz: Quiz, *, by, pass_mark: int, max_attempts: int | None) -> Quiz:
    quiz.pass_mark, quiz.max_attempts = pass_mark, max_attempts
    quiz.save(update_fields=["pass_mark", "max_attempts"])
    course = quiz.module.course
    record(
        "courses.course_changed",
        actor=by,
        subject=course,
        module_id=quiz.module_id,
        data={"fields": ["quiz"]},
    )
    return quiz


def _check(kind: str, options: list[Choice]) -> None:
    right = sum(option.correct for option in options)
    if len(options) < 2:
        raise Refused(_("Write at least two options."))
    if not all(markdown.says_something(markdown.render(option.text).html) for option in options):
        raise Refused(_("An option is empty."))
    if right == 0:
        raise Refused(_("Tick the right answer."))
    if kind == Question.Kind.SINGLE and right > 1:
        raise Refused(_("Only one answer is right in this kind of question."))


def _differs(question: Question, live: dict[int, Option], options: list[Choice], kind: str) -> bool:
    before = {(pk, option.correct) for pk, option in live.items()}
    return kind != question.kind or before != {(choice.pk, choice.correct) for choice in options}


def _replace_options(
    question: Question, live: dict[int, Option], options: list[Choice], *, keep_wording: bool
) -> None:
    """With a new version, an option that changes is retired and a new one stands in its place: answers given
    before still show what was chosen."""
    kept: set[int] = set()
    for position, choice in enumerate(options, start=1):
        option = live.get(choice.pk) if choice.pk else None
        same = option is not None and (option.text, option.correct) == (choice.text, choice.correct)
        if option is None or not (same or keep_wording):
            _add(question, choice, position)
            continue
        kept.add(option.pk)
        option.text, option.feedback, option.position = choice.text, choice.feedback, position
        option.html = markdown.render(choice.text).html
        option.save(update_fields=["text", "feedback", "position", "html"])
    retired = question.options.filter(retired_at__isnull=False).count()
    for number, pk in enumerate(sorted(live.keys() - kept), start=RETIRED_FROM + retired):
        Option.objects.filter(pk=pk).update(retired_at=timezone.now(), position=number)


def _add(question: Question, choice: Choice, position: int) -> None:
    question.options.create(
        position=position,
        text=choice.text,
        html=markdown.render(choice.text).html,
        correct=choice.correct,
        feedback=choice.feedback,
    )


def _render(question: Question) -> None:
    question.html = markdown.render(question.text).html
    if not markdown.says_something(question.html):
        raise Refused(_("The question has no text."), "text")
    question.feedback_html = markdown.render(question.feedback).html if question.feedback else ""
