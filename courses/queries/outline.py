"""The outline of a course for one person: sections, modules, what is done, who talks where."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    Case,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from community.models import Membership, Thread
from community.queries.unread import number_unread, read_to
from core.addresses import address_of
from core.prepared import prepared
from courses.models import Course, Enrolment, Module, ModuleThread, Progress, Session
from courses.queries.catalogue import CourseCard, courses_to_begin
from people.queries.person_card import PersonCard, card_columns, card_from
from people.reader import Reader

KIND_ICONS = {Module.Kind.VIDEO: "play", Module.Kind.TEXT: "book-open-text", Module.Kind.QUIZ: "circle-help"}


class Talk(NamedTuple):
    """The conversation of a module: its thread, its posts beside the opening one, those new to the reader."""

    thread_id: int | None
    posts: int
    new: int


SILENT = Talk(None, 0, 0)


@dataclass(frozen=True)
class ModuleRow:
    """A module as the outline shows it; a long course would pay dearly for whole ones."""

    course: str  # its slug
    pk: int
    title: str
    kind: str
    language: str
    minutes: int
    mandatory: bool
    section: int
    section_title: str
    # Taken out by a trainer; it stays for those who have done it.
    withdrawn: bool
    opened_at: datetime | None
    completed_at: datetime | None
    thread_id: int | None
    posts: int
    new: int

    def get_absolute_url(self) -> str:
        return address_of("courses:module", self.course, self.pk)

    @property
    def icon(self) -> str:
        return KIND_ICONS[Module.Kind(self.kind)]

    @property
    def kind_label(self) -> str:
        return str(Module.Kind(self.kind).label)

    @property
    def state(self) -> str:
        return "done" if self.completed_at else "begun" if self.opened_at else "open"


class Facilitator(NamedTuple):
    """Somebody who accompanies the session."""

    job_title: str
    person: PersonCard | None


@dataclass(frozen=True)
class CoursePage:
    course: Course
    session: Session | None
    enrolment: Enrolment | None
    can_edit: bool
    steps: list[ModuleRow]
    facilitators: list[Facilitator]
    # Where to go on when this one is finished: courses not begun, mandatory ones first.
    next_courses: tuple[CourseCard, ...] = ()

    @property
    def sections(self) -> list[tuple[int, str, list[ModuleRow]]]:
        """Key and title of each, with its steps."""
        grouped = groupby(self.steps, key=lambda step: (step.section, step.section_title))
        return [(*section, list(steps)) for section, steps in grouped]

    @property
    def done(self) -> int:
        return sum(step.completed_at is not None for step in self.steps)

    @property
    def withdrawn(self) -> int:
        """How many of the modules that this person has done were withdrawn since."""
        return sum(step.withdrawn for step in self.steps)

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps if not step.withdrawn)

    @property
    def opens_at(self) -> datetime | None:
        """When the modules open to someone who is enrolled already."""
        return opening_of(self.enrolment)

    @property
    def follows(self) -> bool:
        return (self.enrolment is not None and self.opens_at is None) or self.can_edit

    @property
    def is_finished(self) -> bool:
        return self.enrolment is not None and bool(self.steps) and self.next_step is None

    @property
    def next_step(self) -> ModuleRow | None:
        """Where to go on: the last module seen while it is not done, else the first that is not done."""
        last = self.enrolment.last_module_id if self.enrolment else None
        waiting = [step for step in self.steps if step.completed_at is None]
        return next((step for step in waiting if step.pk == last), waiting[0] if waiting else None)


def course_for(user: Any, slug: str) -> Course | None:
    found = _course_for(reader=Reader.of(user), slug=slug)
    return found[0] if found else None


@prepared
def _course_for(reader: Reader, slug: str) -> QuerySet:
    return Course.objects.visible_to(reader).filter(slug=slug)


def enrolment_of(user: Any, course: Course) -> Enrolment | None:
    """The run of the course a person follows now: the latest they joined, of those that have opened if any has."""
    found = _enrolment_of(user=user.pk, course=course.pk)
    return found[0] if found else None


@prepared
def _enrolment_of(user: int, course: int) -> QuerySet:
    mine = Enrolment.objects.active().filter(user_id=user, session__course_id=course)
    opened = Case(When(session__opens_at__gt=Now(), then=Value(1)), default=Value(0))
    return mine.select_related("session__space").order_by(opened, "-enrolled_at")[:1]


def opening_of(enrolment: Enrolment | None) -> datetime | None:
    """When the session of an enrolment opens, where it has not yet."""
    if enrolment is None or enrolment.session.has_opened(timezone.now()):
        return None
    return enrolment.session.opens_at


def course_page(user: Any, course: Course) -> CoursePage:
    """In a fixed number of queries, whatever the length of the course."""
    can_edit = bool(_editable(reader=Reader.of(user), course=course.pk))
    enrolment = enrolment_of(user, course)
    session = enrolment.session if enrolment else _open_session(course)
    talk: dict[int, Talk] = {}
    facilitators: list[Facilitator] = []
    if session is not None:
        talk = _talk_by_module(course, session, user if enrolment else None)
        rows = _facilitators(space=session.space_id)
        facilitators = [Facilitator(row[0] or "", card_from(row[1:])) for row in rows]
    steps = module_rows(course, enrolment, talk)
    page = CoursePage(course, session, enrolment, can_edit, steps, facilitators)
    return replace(page, next_courses=courses_to_begin(user)) if page.is_finished else page


@prepared
def _editable(reader: Reader, course: int) -> QuerySet:
    return Course.objects.editable_by(reader).filter(pk=course).values_list("pk")


@prepared
def _facilitators(space: int) -> QuerySet:
    return (
        Membership.objects.filter(space_id=space, role=Membership.Role.FACILITATOR, user__is_active=True)
        .order_by("user__name")
        .values_list("user__profile__job_title", *card_columns("user"))
    )


def module_rows(course: Course, enrolment: Enrolment | None, talk: dict[int, Talk]) -> list[ModuleRow]:
    """The published modules in order, with what this person has done, and those they had done that were withdrawn
    since; one query."""
    rows = _modules(course=course.pk, enrolment=enrolment.pk if enrolment else 0)
    return [ModuleRow(*(course.slug, *row, *talk.get(row[0], SILENT))) for row in rows]


@prepared
def _modules(course: int, enrolment: int) -> QuerySet:
    progress = Progress.objects.filter(enrolment_id=enrolment, module=OuterRef("pk"))
    modules = (
        Module.objects.filter(course_id=course)
        .annotate(
            withdrawn=ExpressionWrapper(Q(published_at=None), output_field=BooleanField()),
            opened_at=Subquery(progress.values("opened_at")[:1]),
            completed_at=Subquery(progress.values("completed_at")[:1]),
        )
        .filter(Q(published_at__isnull=False) | Q(completed_at__isnull=False))
        .order_by("section__position", "position")
    )
    return modules.values_list(
        "pk", "title", "kind", "language", "minutes", "mandatory", "section", "section__title", "withdrawn",
        "opened_at", "completed_at",
    )  # fmt: skip


def _open_session(course: Course) -> Session | None:
    return course.sessions.filter(is_open=True).select_related("space").first()


def _talk_by_module(course: Course, session: Session, reader: Any | None) -> dict[int, Talk]:
    """How many posts each module's conversation holds, the opening one aside, and how many are new to `reader`."""
    rows = _talk_of(course=course.pk, space=session.space_id, reader=reader.pk if reader else 0)
    return {
        module: Talk(thread, posts, new if reader is not None else 0) for module, thread, posts, new in rows
    }


@prepared
def _talk_of(course: int, space: int, reader: int) -> QuerySet:
    talks = ModuleThread.objects.filter(module__course_id=course, space_id=space).filter(
        Thread.stands(at="thread__")
    )
    # The opening post is the module's own and no news.
    talks = talks.annotate(read_to=Greatest(read_to(reader, "thread"), 1))
    posts = Greatest(F("thread__number_of_posts") - 1, 0)
    return talks.values_list("module_id", "thread_id", posts, number_unread(reader, "thread"))
