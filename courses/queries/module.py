"""A module's page: its content, where the person stands, what is said about which moment; few queries."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404
from django.utils.translation import get_language

from community.models import Post
from core.addresses import address_of
from core.prepared import prepared
from courses.completion import RuleState, rule_states
from courses.models import (
    Caption,
    CompletionRule,
    Course,
    Cue,
    Enrolment,
    Module,
    ModuleThread,
    Progress,
)
from courses.queries.outline import enrolment_of, opening_of


@dataclass(frozen=True)
class TranscriptLine:
    """One sentence of the transcript, with how many spoke of it."""

    start: float
    end: float
    text: str
    comments: int = 0


class CaptionTrack(NamedTuple):
    pk: int
    language: str

    @property
    def label(self) -> str:
        return str(Caption(language=self.language).get_language_display())


@dataclass(frozen=True)
class Film:
    pk: int  # of the video
    duration: float
    has_poster: bool
    captions: tuple[CaptionTrack, ...]
    # Of the transcript.
    language: str
    lines: tuple[TranscriptLine, ...]
    # Second of the video and how many posts are tied to it.
    moments: tuple[tuple[int, int], ...] = ()


class Neighbour(NamedTuple):
    """A module as the one before or after it names it."""

    course: str  # its slug
    pk: int
    title: str
    language: str

    def get_absolute_url(self) -> str:
        return address_of("courses:module", self.course, self.pk)


@dataclass
class ModulePage:
    module: Module
    can_edit: bool
    enrolment: Enrolment | None
    progress: Progress | None
    asked: list[CompletionRule]
    thread_id: int | None
    # When it opens to somebody enrolled in a session that has not begun: until then they stand outside.
    opens_at: datetime | None = None
    film: Film | None = None
    # Its place among the published modules of the course; a draft has none.
    number: int = 0
    previous: Neighbour | None = None
    next: Neighbour | None = None
    # For a quiz: the modules it asks about, those between the quiz before it and itself.
    lessons: tuple[Neighbour, ...] = ()

    @property
    def course(self) -> Course:
        return self.module.course

    @property
    def rules(self) -> list[RuleState]:
        return rule_states(self.asked, self.progress)

    @property
    def missing(self) -> list[RuleState]:
        return [rule for rule in self.rules if not rule.done]

    @property
    def done(self) -> bool:
        return self.progress is not None and self.progress.completed_at is not None


def module_page(user: Any, slug: str, pk: int) -> ModulePage:
    """The page of a module the person may know; 404 else.

    Someone who follows the course and comes back, the usual case, needs one query for all that they are to it.
    """
    progress = _progress_of(user, slug, pk)
    enrolment: Enrolment | None
    if progress is not None:
        module, enrolment, thread_id = progress.module, progress.enrolment, progress.thread_id
        asked, can_edit = progress.asked, False
    else:
        module = _module_for(user, slug, pk)
        enrolment = enrolment_of(user, module.course)
        thread_id = _thread_of(module, enrolment.session if enrolment else None)
        asked, can_edit = module.asked, module.can_edit
    opens_at = opening_of(enrolment)
    if opens_at is not None:
        enrolment = progress = None
    if enrolment is not None:
        enrolment.user = user
    rules = [CompletionRule(module=module, **rule) for rule in asked]
    page = ModulePage(module, can_edit, enrolment, progress, rules, thread_id, opens_at)
    _place(page)
    if module.kind == Module.Kind.VIDEO and hasattr(module, "video"):
        page.film = _film(module)
    return page


def _place(page: ModulePage) -> None:
    course = page.course
    rows = _published(course=course.pk)
    all_of_it = [Neighbour(course.slug, *row[:3]) for row in rows]
    at = next((n for n, one in enumerate(all_of_it) if one.pk == page.module.pk), None)
    if at is not None:
        page.number = at + 1
        page.previous = all_of_it[at - 1] if at else None
        page.next = all_of_it[at + 1] if at + 1 < len(all_of_it) else None
        if page.module.kind == Module.Kind.QUIZ:
            quizzes = [n for n, row in enumerate(rows[:at]) if row[3] == Module.Kind.QUIZ]
            page.lessons = tuple(all_of_it[quizzes[-1] + 1 if quizzes else 0 : at])


@prepared
def _published(course: int) -> QuerySet:
    modules = Module.objects.published().filter(course_id=course).order_by("section__position", "position")
    return modules.values_list("pk", "title", "language", "kind")


def _rules_of(module: str) -> ArraySubquery:
    rules = CompletionRule.objects.filter(module=OuterRef(module)).order_by("pk")
    return ArraySubquery(rules.values(found=JSONObject(kind="kind", threshold="threshold")))


def _module_for(user: Any, slug: str, pk: int) -> Any:
    """Drafts for those who write the course, published modules for those who may know it."""
    editable = Course.objects.editable_by(user).filter(pk=OuterRef("course"))
    module = (
        Module.objects.visible_to(user)
        .filter(pk=pk, course__slug=slug)
        .select_related("course", "section", "video", "quiz")
        .annotate(can_edit=Exists(editable), asked=_rules_of("pk"))
        .first()
    )
    if module is None:
        raise Http404
    return module


def _progress_of(user: Any, slug: str, pk: int) -> Any:
    """Where the person stands in a published module of a course they follow, with the module, their enrolment
    and the module's thread in the space of their session."""
    found = _progress(user=user.pk, slug=slug, pk=pk)
    return found[0] if found else None


@prepared
def _progress(user: int, slug: str, pk: int) -> QuerySet:
    threads = ModuleThread.objects.filter(module_id=pk, space=OuterRef("enrolment__session__space"))
    return (
        Progress.objects.filter(
            module_id=pk,
            module__course__slug=slug,
            module__published_at__isnull=False,
            enrolment__user_id=user,
            enrolment__left_at=None,
        )
        .select_related(
            "enrolment__session__space",
            "module__course",
            "module__section",
            "module__video",
            "module__quiz",
        )
        .defer("module__search", "module__body", "module__course__search", "module__course__description_html")
        .annotate(thread_id=Subquery(threads.values("thread")[:1]), asked=_rules_of("module"))
        .order_by("-enrolment__enrolled_at")[:1]
    )


def _thread_of(module: Module, session: Any | None) -> int | None:
    """The conversation in a session's space; for those who write the course, the open session's."""
    threads = ModuleThread.objects.filter(module=module)
    if session is not None:
        threads = threads.filter(space=session.space_id)
    else:
        threads = threads.filter(space__in=module.course.sessions.filter(is_open=True).values("space"))
    return threads.values_list("thread", flat=True).first()


@prepared
def _captions(video: int) -> QuerySet:
    cues = Cue.objects.filter(caption=OuterRef("pk")).order_by("start")
    in_order = ArraySubquery(cues.values(found=JSONObject(start="start", end="end", text="text")))
    return (
        Caption.objects.filter(video_id=video)
        .defer("vtt")
        .annotate(cues_in_order=in_order)
        .order_by("language")
    )


def _film(module: Module) -> Film:
    captions: list[Any] = _captions(video=module.video.pk)
    shown = _preferred(captions, module.language)
    video = module.video
    return Film(
        pk=video.pk,
        duration=video.duration,
        has_poster=bool(video.poster),
        captions=tuple(CaptionTrack(caption.pk, caption.language) for caption in captions),
        language=shown.language if shown else module.language,
        lines=tuple(TranscriptLine(**cue) for cue in shown.cues_in_order) if shown else (),
    )


def _preferred(captions: list[Any], spoken: str) -> Any:
    """The reader's language, else the one that is spoken, else any."""
    wanted = [(get_language() or "")[:2], spoken]
    found = {caption.language: caption for caption in captions}
    return next((found[code] for code in wanted if code in found), captions[0] if captions else None)


def film_with_moments(film: Film, thread_id: int) -> Film:
    """The film with how many spoke of which moment. Call it for a thread that the person was found to read."""
    posts = Post.objects.published().filter(thread=thread_id, moment__isnull=False)
    moments = tuple(posts.order_by("moment").values_list("moment").annotate(Count("pk")))
    return replace(film, moments=moments, lines=_lines_with_comments(film.lines, moments))


def _lines_with_comments(
    lines: tuple[TranscriptLine, ...], moments: tuple[tuple[int, int], ...]
) -> tuple[TranscriptLine, ...]:
    """A comment belongs to the last sentence that began before its moment is over."""
    counts: Counter[int] = Counter()
    for moment, number in moments:
        counts[sum(line.start < moment + 1 for line in lines) - 1] += number
    return tuple(replace(line, comments=counts[at]) for at, line in enumerate(lines))
