"""The outline of a course for one person: sections, modules, what is done, who talks where."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from community.models import Membership, ReadState
from courses.models import Course, Enrolment, Module, ModuleThread, Progress, Section, Session

KIND_ICONS = {Module.Kind.VIDEO: "play", Module.Kind.TEXT: "book-open-text", Module.Kind.QUIZ: "circle-help"}


@dataclass
class Step:
    """A module as the outline shows it."""

    module: Module
    completed_at: datetime | None = None
    opened: bool = False
    thread_id: int | None = None
    posts: int = 0
    new: int = 0

    @property
    def icon(self) -> str:
        return KIND_ICONS[Module.Kind(self.module.kind)]

    @property
    def state(self) -> str:
        return "done" if self.completed_at else "begun" if self.opened else "open"


@dataclass
class CoursePage:
    course: Course
    session: Session | None
    enrolment: Enrolment | None
    can_edit: bool
    steps: list[Step]
    facilitators: list[Membership] = field(default_factory=list)

    @property
    def sections(self) -> list[tuple[Section, list[Step]]]:
        return [
            (steps[0].module.section, steps)
            for _key, group in groupby(self.steps, key=lambda step: step.module.section_id)
            if (steps := list(group))
        ]

    @property
    def done(self) -> int:
        return sum(step.completed_at is not None for step in self.steps)

    @property
    def minutes(self) -> int:
        return sum(step.module.minutes for step in self.steps)

    @property
    def follows(self) -> bool:
        return self.enrolment is not None or self.can_edit

    @property
    def next_step(self) -> Step | None:
        """Where to go on: the last module seen while it is not done, else the first that is not done."""
        last = self.enrolment.last_module_id if self.enrolment else None
        waiting = [step for step in self.steps if step.completed_at is None]
        return next((step for step in waiting if step.module.pk == last), waiting[0] if waiting else None)


def enrolment_of(user: Any, course: Course) -> Enrolment | None:
    """The run of the course a person follows now: the latest they joined."""
    mine = Enrolment.objects.active().filter(user=user, session__course=course)
    return mine.select_related("session__space").order_by("-enrolled_at").first()


def course_page(user: Any, course: Course) -> CoursePage:
    """In a fixed number of queries, whatever the length of the course."""
    can_edit = Course.objects.editable_by(user).filter(pk=course.pk).exists()
    enrolment = enrolment_of(user, course)
    session = enrolment.session if enrolment else _open_session(course)
    steps = steps_of(course, enrolment)
    facilitators: list[Membership] = []
    if session is not None:
        _add_talk(steps, course, session, user if enrolment else None)
        facilitators = list(
            session.space.memberships.filter(role=Membership.Role.FACILITATOR, user__is_active=True)
            .select_related("user__profile", "user__standing")
            .order_by("user__name")
        )
    return CoursePage(course, session, enrolment, can_edit, steps, facilitators)


def steps_of(course: Course, enrolment: Enrolment | None) -> list[Step]:
    """The published modules in order, with what this person has done; one query."""
    modules = course.modules.published().select_related("section").defer("body", "html", "search")
    modules = modules.order_by("section__position", "position")
    if enrolment is None:
        return _steps(course, modules)
    progress = Progress.objects.filter(enrolment=enrolment, module=OuterRef("pk"))
    modules = modules.annotate(
        opened_at=Subquery(progress.values("opened_at")[:1]),
        completed_at=Subquery(progress.values("completed_at")[:1]),
    )
    return _steps(course, modules)


def _steps(course: Course, modules) -> list[Step]:
    steps = []
    for module in modules:
        # Their address needs the course's: the one we hold, not one query each.
        module.course = course
        opened = getattr(module, "opened_at", None) is not None
        steps.append(Step(module, completed_at=getattr(module, "completed_at", None), opened=opened))
    return steps


def _open_session(course: Course) -> Session | None:
    return course.sessions.filter(is_open=True).select_related("space").first()


def _add_talk(steps: list[Step], course: Course, session: Session, reader: Any | None) -> None:
    """How many posts each module's conversation holds, the opening one aside, and how many are new to `reader`."""
    read_to = ReadState.objects.filter(thread=OuterRef("thread"), user=reader).values("last_number")[:1]
    rows = ModuleThread.objects.filter(module__course=course, space=session.space_id, thread__deleted_at=None)
    counts = {
        module: (thread, posts, new)
        for module, thread, posts, new in rows.values_list(
            "module",
            "thread",
            Greatest(F("thread__number_of_posts") - 1, 0),
            F("thread__last_number") - Greatest(Coalesce(Subquery(read_to), 1), 1),
        )
    }
    for step in steps:
        step.thread_id, step.posts, new = counts.get(step.module.pk, (None, 0, 0))
        step.new = min(max(new, 0), step.posts) if reader is not None else 0
