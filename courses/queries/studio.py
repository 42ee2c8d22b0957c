"""What the studio's pages read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from courses.models import Course, Enrolment, Module, Option, Question, Quiz, QuizQuestion, Session
from courses.queries.outline import KIND_ICONS
from people.models import Unit, User
from people.queries.person_card import COLUMNS, PersonCard, card_columns

COURSES_A_PAGE = 30
QUESTIONS_A_PAGE = 40
PEOPLE_A_PAGE = 50
FOUND_AT_MOST = 30


class StudioCourse(NamedTuple):
    """A course in the list of those one may write."""

    slug: str
    title: str
    language: str
    published_at: datetime | None
    archived_at: datetime | None
    modules_count: int
    drafts_count: int

    @property
    def language_label(self) -> str:
        return str(Course(language=self.language).get_language_display())


class StudioModule(NamedTuple):
    """A module in the outline of a course being written."""

    pk: int
    title: str
    kind: str
    language: str
    minutes: int
    mandatory: bool
    published_at: datetime | None

    @property
    def icon(self) -> str:
        return KIND_ICONS[Module.Kind(self.kind)]

    @property
    def kind_label(self) -> str:
        return str(Module.Kind(self.kind).label)


class StudioSection(NamedTuple):
    pk: int
    title: str
    modules: tuple[StudioModule, ...]


class OptionRow(NamedTuple):
    html: str
    correct: bool


class QuestionRow(NamedTuple):
    """A question in the bank or in a quiz."""

    pk: int
    html: str
    language: str
    kind: str
    category: str
    version: int
    quizzes_count: int
    options: tuple[OptionRow, ...] = ()

    @property
    def kind_label(self) -> str:
        return str(Question.Kind(self.kind).label)

    @property
    def language_label(self) -> str:
        return str(Question(language=self.language).get_language_display())


class SessionRow(NamedTuple):
    pk: int
    name: str
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    people: int


class LearnerRow(NamedTuple):
    """Somebody enrolled in a session, with how far they are."""

    enrolment: int
    completed_at: datetime | None
    done: int
    job_title: str
    person: PersonCard


class FoundPerson(NamedTuple):
    job_title: str
    person: PersonCard


def courses_to_write(user: Any, text: str, number: str | None) -> Page:
    courses = Course.objects.editable_by(user).annotate(
        modules_count=Count("modules", distinct=True),
        drafts_count=Count("modules", filter=Q(modules__published_at=None), distinct=True),
    )
    if text:
        courses = courses.filter(title__icontains=text)
    rows = courses.order_by("archived_at", "title", "pk").values_list(*StudioCourse._fields)
    return _page(rows, COURSES_A_PAGE, number, StudioCourse._make)


def _page(rows: Any, size: int, number: str | None, card: Any) -> Page:
    page = Paginator(rows, size).get_page(number)
    page.object_list = [card(row) for row in page.object_list]
    return page


def outline_to_write(course: Course) -> list[StudioSection]:
    modules: dict[int, list[StudioModule]] = {}
    rows = course.modules.order_by("position").values_list("section", *StudioModule._fields)
    for section, *row in rows:
        modules.setdefault(section, []).append(StudioModule(*row))
    sections = course.sections.order_by("position").values_list("pk", "title")
    return [StudioSection(pk, title, tuple(modules.get(pk, ()))) for pk, title in sections]


def bank_page(user: Any, *, text: str = "", number: str | None = None, **asked: str) -> Page:
    """The questions of one's organisation that are in use, with their options and the number of quizzes that hold each.

    `asked` narrows by category, language or batch; what is empty does not."""
    narrowed = {name: value for name, value in asked.items() if value}
    questions = Question.objects.filter(organisation=user.organisation_id, archived_at=None, **narrowed)
    if text:
        words = Q(text__icontains=text) | Q(category__icontains=text)
        questions = questions.filter(words | Exists(_option_with(text)))
    rows = questions.annotate(quizzes_count=Count("quizzes")).order_by("category", "text", "pk")
    columns = QuestionRow._fields[: -len(QuestionRow._field_defaults)]
    page = _page(rows.values_list(*columns), QUESTIONS_A_PAGE, number, lambda row: QuestionRow(*row))
    options: dict[int, list[OptionRow]] = {}
    live = Option.objects.filter(question__in=[row.pk for row in page.object_list], retired_at=None)
    for question, html, correct in live.order_by("position").values_list("question", "html", "correct"):
        options.setdefault(question, []).append(OptionRow(html, correct))
    page.object_list = [row._replace(options=tuple(options.get(row.pk, ()))) for row in page.object_list]
    return page


def categories_of_bank(user: Any) -> list[str]:
    questions = Question.objects.filter(organisation=user.organisation_id, archived_at=None)
    return list(
        questions.exclude(category="").order_by("category").values_list("category", flat=True).distinct()
    )


def questions_of_quiz(quiz: Quiz) -> list[QuestionRow]:
    questions = Question.objects.filter(quizzes=quiz)
    columns = QuestionRow._fields[:6]
    order = QuizQuestion.objects.filter(quiz=quiz).order_by("position").values_list("question", flat=True)
    rows = {row[0]: QuestionRow._make((*row, 1, ())) for row in questions.values_list(*columns)}
    return [rows[pk] for pk in order]


def sessions_to_run(course: Course) -> list[SessionRow]:
    people = Count("enrolments", filter=Q(enrolments__left_at=None))
    rows = course.sessions.annotate(people=people).order_by("-is_open", "-opens_at", "pk")
    return [SessionRow(*row) for row in rows.values_list(*SessionRow._fields)]


def people_of_session(session: Session, number: str | None) -> Page:
    rows = (
        Enrolment.objects.active()
        .filter(session=session)
        .annotate(done=Count("progress", filter=Q(progress__completed_at__isnull=False)))
        .order_by("user__name", "pk")
        .values_list("pk", "completed_at", "done", "user__profile__job_title", *card_columns("user"))
    )
    return _page(rows, PEOPLE_A_PAGE, number, _learner)


def _learner(row: tuple) -> LearnerRow:
    return LearnerRow._make((*row[:3], row[3] or "", PersonCard(*row[4:])))


def people_to_enrol(session: Session, text: str) -> list[FoundPerson]:
    """Active people of the course's organisation who are not in the session and whose name or e-mail matches."""
    inside = Enrolment.objects.active().filter(session=session, user=OuterRef("pk"))
    people = User.objects.active().filter(~Exists(inside), organisation=session.course.organisation_id)
    found = people.filter(Q(name__icontains=text) | Q(email__icontains=text)).order_by("name")
    return _found(found.values_list("profile__job_title", *COLUMNS)[:FOUND_AT_MOST])


def _found(rows: Iterable[tuple]) -> list[FoundPerson]:
    return [FoundPerson(row[0] or "", PersonCard(*row[1:])) for row in rows]


def people_in_unit(unit: Unit, today) -> QuerySet[User]:
    """Who works there today, sub-units included."""
    parents = dict(Unit.objects.filter(organisation=unit.organisation_id).values_list("pk", "parent"))
    inside = {pk for pk in parents if _is_below(pk, unit.pk, parents)}
    now = Q(unit_memberships__ends_on=None) | Q(unit_memberships__ends_on__gt=today)
    people = User.objects.active().filter(
        now, unit_memberships__unit__in=inside, unit_memberships__starts_on__lte=today
    )
    return people.distinct()


def _is_below(pk: int | None, top: int, parents: dict[int, int | None]) -> bool:
    while pk is not None and pk != top:
        pk = parents.get(pk)
    return pk == top


def _option_with(text: str):
    return Option.objects.filter(question=OuterRef("pk"), text__icontains=text)
