"""A module's page: its content, where the person stands, what is said about which moment; few queries."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404
from django.utils.translation import get_language

from community.models import Post
from courses.completion import RuleState, rule_states
from courses.models import (
    Caption,
    CompletionRule,
    Course,
    Enrolment,
    Module,
    ModuleThread,
    Progress,
    Video,
)
from courses.queries.outline import Step, enrolment_of, steps_of


@dataclass
class Line:
    """One sentence of the transcript, with how many spoke of it."""

    start: float
    end: float
    text: str
    comments: int = 0


@dataclass
class Film:
    video: Video
    captions: list[Caption]
    language: str
    lines: list[Line]
    # Second of the video: how many posts are tied to it.
    moments: dict[int, int]


@dataclass
class ModulePage:
    module: Module
    can_edit: bool
    enrolment: Enrolment | None
    progress: Progress | None
    steps: list[Step]
    asked: list[CompletionRule]
    thread_id: int | None
    film: Film | None = None
    around: tuple[Step | None, Step | None] = field(default=(None, None))

    @property
    def course(self) -> Course:
        return self.module.course

    @property
    def number(self) -> int:
        return next((n for n, step in enumerate(self.steps, start=1) if step.module.pk == self.module.pk), 0)

    @property
    def previous(self) -> Step | None:
        return self.around[0]

    @property
    def next(self) -> Step | None:
        return self.around[1]

    @property
    def rules(self) -> list[RuleState]:
        return rule_states(self.asked, self.progress)

    @property
    def missing(self) -> list[RuleState]:
        return [rule for rule in self.rules if not rule.done]

    @property
    def done(self) -> bool:
        return self.progress is not None and self.progress.completed_at is not None


def module_for(user: Any, slug: str, pk: int) -> Module:
    """The module if the person may know it, with `can_edit` and its rules; 404 else."""
    editable = Course.objects.editable_by(user).filter(pk=OuterRef("course"))
    rules = JSONObject(kind="rules__kind", threshold="rules__threshold")
    module = (
        Module.objects.visible_to(user)
        .filter(pk=pk, course__slug=slug)
        .select_related("course", "section", "video", "quiz")
        .annotate(
            can_edit=Exists(editable),
            asked=ArrayAgg(rules, filter=Q(rules__isnull=False), order_by="rules__pk", default=[]),
        )
        .first()
    )
    if module is None:
        raise Http404
    return module


def module_page(user: Any, module: Module) -> ModulePage:
    progress = _progress_of(user, module)
    enrolment = progress.enrolment if progress else enrolment_of(user, module.course)
    session = enrolment.session if enrolment else None
    thread_id = progress.thread_id if progress else _thread_of(module, session)
    steps = steps_of(module.course, enrolment)
    rules = [CompletionRule(module=module, **rule) for rule in module.asked]
    page = ModulePage(module, module.can_edit, enrolment, progress, steps, rules, thread_id)
    place = page.number - 1
    if place >= 0:
        page.around = (
            steps[place - 1] if place else None,
            steps[place + 1] if place + 1 < len(steps) else None,
        )
    if module.kind == Module.Kind.VIDEO and hasattr(module, "video"):
        page.film = _film(module, thread_id, user)
    return page


def _progress_of(user: Any, module: Module) -> Progress | None:
    """Where the person stands, with their enrolment and the thread of the module in its space: one query."""
    threads = ModuleThread.objects.filter(module=module, space=OuterRef("enrolment__session__space"))
    progress = (
        Progress.objects.filter(module=module, enrolment__user=user, enrolment__left_at=None)
        .select_related("enrolment__session__space")
        .annotate(thread_id=Subquery(threads.values("thread")[:1]))
        .order_by("-enrolment__enrolled_at")
        .first()
    )
    if progress is not None:
        progress.enrolment.user = user
    return progress


def _thread_of(module: Module, session: Any | None) -> int | None:
    """The conversation in a session's space; for those who write the course, the open session's."""
    threads = ModuleThread.objects.filter(module=module)
    if session is not None:
        threads = threads.filter(space=session.space_id)
    else:
        threads = threads.filter(space__in=module.course.sessions.filter(is_open=True).values("space"))
    return threads.values_list("thread", flat=True).first()


def _film(module: Module, thread_id: int | None, user: Any) -> Film:
    cue = JSONObject(start="cues__start", end="cues__end", text="cues__text")
    said = ArrayAgg(cue, filter=Q(cues__isnull=False), order_by="cues__start", default=[])
    captions = list(
        Caption.objects.filter(video=module.video).defer("vtt").annotate(said=said).order_by("language")
    )
    shown = _preferred(captions, module.language)
    lines = [Line(**cue) for cue in shown.said] if shown else []
    moments = _moments(thread_id, user)
    _count_comments(lines, moments)
    return Film(module.video, captions, shown.language if shown else module.language, lines, moments)


def _preferred(captions: list[Caption], spoken: str) -> Caption | None:
    """The reader's language, else the one that is spoken, else any."""
    wanted = [(get_language() or "")[:2], spoken]
    found = {caption.language: caption for caption in captions}
    return next((found[code] for code in wanted if code in found), captions[0] if captions else None)


def _moments(thread_id: int | None, user: Any) -> dict[int, int]:
    if thread_id is None:
        return {}
    posts = Post.objects.visible_to(user).filter(thread=thread_id, moment__isnull=False)
    return dict(posts.order_by("moment").values_list("moment").annotate(Count("pk")))


def _count_comments(lines: list[Line], moments: dict[int, int]) -> None:
    """A comment belongs to the last sentence that began before its moment is over."""
    for moment, number in moments.items():
        begun = [line for line in lines if line.start < moment + 1]
        if begun:
            begun[-1].comments += number
