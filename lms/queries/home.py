"""What the home page of a person shows, each part in one query."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.models import Flag, Post, Space, Thread, Vote
from community.queries.threads import last_speaker
from community.queries.unread import number_unread, read_to, unread_posts
from core.addresses import address_of
from core.prepared import AnyOf, prepared
from courses.models import Enrolment, Module, ModuleThread, Progress
from people.queries.person_card import PersonCard, card_columns, card_from
from people.reader import Reader

TALK = 5
ASKING = [Thread.Kind.CASE, Thread.Kind.POLL]


def colleagues_who_answered(person: Any, *, since: datetime | None) -> int:
    """How many people replied in the threads a person opened since their visit before this one, if any."""
    if since is None:
        return 0
    return len(_who_answered(person=person.pk, since=since))


@prepared
def _who_answered(person: int, since: datetime) -> QuerySet:
    replies = Post.objects.published().filter(
        thread__author=person, thread__deleted_at=None, number__gt=1, created_at__gte=since
    )
    return replies.exclude(author=person).values_list("author").distinct()


def _counted(rows: QuerySet, by: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)


class HomeCourse(NamedTuple):
    """A running enrolment as the home page shows it: `done` of `total` modules, and where to go on."""

    enrolment: int
    title: str
    slug: str
    language: str
    due_on: date | None
    completed_at: datetime | None
    opens_at: datetime | None
    space: int
    last_module: int | None
    total: int
    done: int
    learners: int
    next_id: int | None
    next_title: str | None

    @property
    def url(self) -> str:
        return address_of("courses:course", self.slug)

    @property
    def is_ahead(self) -> bool:
        """Enrolled already, open later."""
        return self.opens_at is not None and self.opens_at > timezone.now()


COURSE_COLUMNS = (
    "pk", "session__course__title", "session__course__slug", "session__course__language",
    "session__course__due_on", "completed_at", "session__opens_at", "session__space_id", "last_module_id",
    "total", "done", "learners", "next_id", "next_title",
)  # fmt: skip


def my_courses(person: Any) -> list[HomeCourse]:
    """Last opened first, what is finished after."""
    return [HomeCourse._make(row) for row in _my_courses(person=person.pk)]


@prepared
def _my_courses(person: int) -> QuerySet:
    # What was done and withdrawn since still counts: what was earned stays.
    mine = Progress.objects.filter(
        module=OuterRef("pk"), enrolment=OuterRef(OuterRef("pk")), completed_at__isnull=False
    )
    counting = Module.objects.filter(
        Q(published_at__isnull=False) | Exists(mine), course=OuterRef("session__course"), mandatory=True
    )
    done = Progress.objects.filter(
        enrolment=OuterRef("pk"),
        completed_at__isnull=False,
        module__mandatory=True,
    )
    peers = Enrolment.objects.active().filter(session=OuterRef("session"))
    finished = Progress.objects.filter(enrolment=OuterRef(OuterRef("pk")), completed_at__isnull=False)
    ahead = (
        Module.objects.published()
        .filter(course=OuterRef("session__course"))
        .exclude(pk__in=finished.values("module"))
        .order_by("section__position", "position")
    )
    return (
        Enrolment.objects.active()
        .filter(user_id=person)
        .annotate(
            total=_counted(counting, "course"),
            done=_counted(done, "enrolment"),
            learners=_counted(peers, "session"),
            next_id=Subquery(ahead.values("pk")[:1]),
            next_title=Subquery(ahead.values("title")[:1]),
        )
        .order_by(
            F("completed_at").desc(nulls_first=True),
            F("last_seen_at").desc(nulls_last=True),
            "-session__course__mandatory",
            "-enrolled_at",
        )
        .values_list(*COURSE_COLUMNS)
    )


class ModuleToOpen(NamedTuple):
    """Where to go on: the module with its `rank` in the course and the `posts` of its conversation."""

    course: HomeCourse
    url: str
    title: str
    language: str
    rank: int
    posts: int | None
    clock: str


def where_i_was(courses: list[HomeCourse]) -> ModuleToOpen | None:
    """The module to open now: the last one seen if it is not finished, else the next one of the same course."""
    running = (one for one in courses if one.completed_at is None and not one.is_ahead)
    current = next((one for one in running if one.next_id), None)
    if current is None or current.next_id is None:
        return None
    last = current.last_module or 0
    begun = _where_it_stopped(enrolment=current.enrolment, module=last)
    ((pk, title, language, rank, posts),) = _place_in_course(
        module=last if begun else current.next_id, space=current.space
    )
    url = address_of("courses:module", current.slug, pk)
    return ModuleToOpen(current, url, title, language, rank, posts, _clock(int(begun[0]) if begun else 0))


@prepared
def _where_it_stopped(enrolment: int, module: int) -> QuerySet:
    begun = Progress.objects.filter(enrolment=enrolment, module=module, completed_at=None)
    return begun.values_list("resume_at", flat=True)


@prepared
def _place_in_course(module: int, space: int) -> QuerySet:
    earlier = (
        Module.objects.published()
        .filter(course=OuterRef("course"))
        .filter(
            Q(section__position__lt=OuterRef("section__position"))
            | Q(section=OuterRef("section"), position__lte=OuterRef("position"))
        )
    )
    talk = ModuleThread.objects.filter(module=OuterRef("pk"), space_id=space)
    # The opening is the module's own: the course and the module count what was said under it.
    replies = Subquery(talk.values(replies=F("thread__number_of_posts") - 1)[:1])
    return (
        Module.objects.filter(pk=module)
        .annotate(rank=_counted(earlier, "course"), posts=replies)
        .values_list("pk", "title", "language", "rank", "posts")
    )


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}" if seconds else ""


class HomeThread(NamedTuple):
    """A thread as the home page shows it to one person."""

    pk: int
    kind: str
    title: str
    language: str
    last_post_at: datetime
    pinned_at: datetime | None
    resolution: int | None
    votes_count: int
    number_of_posts: int
    read_to: int
    new: int
    asks: bool
    last_speaker: str
    space_name: str
    colour: str
    author: PersonCard | None

    @property
    def url(self) -> str:
        """At the first post that is new to the reader, else at the beginning."""
        return address_of("community:unread" if self.new and self.read_to else "community:thread", self.pk)

    @property
    def kind_label(self) -> str:
        return str(Thread.Kind(self.kind).label)

    @property
    def replies(self) -> int:
        return max(self.number_of_posts - 1, 0)


HOME_THREAD_COLUMNS = (*HomeThread._fields[:-3], "space__name", "space__colour", *card_columns("author"))


def talk_of_the_moment(person: Any) -> list[HomeThread]:
    """Threads of my spaces: what is asked of me first, then what is new to me, then the liveliest."""
    now = timezone.now()
    rows = _talk_of_the_moment(
        reader=Reader.of(person),
        now=now,
        since=now - timedelta(days=30),
    )
    own = len(HomeThread._fields) - 1
    return [HomeThread._make((*row[:own], card_from(row[own:]))) for row in rows]


@prepared
def _talk_of_the_moment(reader: Reader, now: datetime, since: datetime) -> QuerySet:
    answered = Vote.objects.filter(thread=OuterRef("pk"), user=reader.pk)
    replied = Post.objects.published().filter(thread=OuterRef("pk"), author=reader.pk)
    votes = Vote.objects.filter(thread=OuterRef("pk"))
    mine = Space.objects.of_member(reader).filter(archived_at=None).order_by()
    # The kind first: only for cases and polls is it looked up whether one has answered.
    asked = Q(kind__in=ASKING) & Q(mine=False) & (Q(ends_at=None) | Q(ends_at__gt=now))
    return (
        Thread.objects.visible_to(reader)
        .listed()
        # As one list of numbers: the index on (space, last post) is then walked for these spaces alone.
        .filter(AnyOf("space_id", ArraySubquery(mine.values("pk"))), locked_at=None)
        .annotate(
            mine=ExpressionWrapper(Q(Exists(answered)) | Q(Exists(replied)), output_field=BooleanField()),
            votes_count=_counted(votes, "thread"),
            read_to=read_to(reader.pk),
        )
        .annotate(
            new=number_unread(reader.pk),
            last_speaker=last_speaker(),
            has_news=Exists(unread_posts(reader.pk)),
            asks=ExpressionWrapper(asked, output_field=BooleanField()),
        )
        .filter(last_post_at__gte=since)
        .exclude(kind=Thread.Kind.CHALLENGE)
        .order_by(
            Case(When(asks=True, then=Value(0)), When(has_news=True, then=Value(1)), default=Value(2)),
            "-last_post_at",
        )
        .values_list(*HOME_THREAD_COLUMNS)[:TALK]
    )


class Challenge(NamedTuple):
    """The challenge that runs in a space of one's own; `done` when one has replied or set it."""

    pk: int
    title: str
    language: str
    ends_at: datetime | None
    number_of_posts: int
    done: bool
    author: PersonCard | None

    @property
    def url(self) -> str:
        return address_of("community:thread", self.pk)

    @property
    def replies(self) -> int:
        return max(self.number_of_posts - 1, 0)


def challenge_of_the_week(person: Any) -> Challenge | None:
    found = _challenge_of_the_week(reader=Reader.of(person), now=timezone.now())
    return Challenge._make((*found[0][:6], card_from(found[0][6:]))) if found else None


@prepared
def _challenge_of_the_week(reader: Reader, now: datetime) -> QuerySet:
    replied = Post.objects.published().filter(thread=OuterRef("pk"), author=reader.pk, number__gt=1)
    return (
        Thread.objects.visible_to(reader)
        .filter(kind=Thread.Kind.CHALLENGE, locked_at=None)
        .filter(Q(ends_at=None) | Q(ends_at__gt=now))
        .filter(space__in=Space.objects.of_member(reader))
        .annotate(
            done=ExpressionWrapper(Q(Exists(replied)) | Q(author=reader.pk), output_field=BooleanField())
        )
        .order_by("-created_at")
        .values_list(*Challenge._fields[:-1], *card_columns("author"))[:1]
    )


def waiting_for(person: Any) -> dict[str, int]:
    """What a facilitator has to decide or to find an answer for."""
    spaces = Space.objects.facilitated_by(person)
    return {
        "flags": Flag.objects.to_decide_by(person).values("post").distinct().count(),
        "questions": Thread.objects.visible_to(person).filter(space__in=spaces).unanswered().count(),
    }


def facilitates(person: Any) -> bool:
    return bool(_one_facilitated(reader=Reader.of(person)))


@prepared
def _one_facilitated(reader: Reader) -> QuerySet:
    return Space.objects.facilitated_by(reader).values_list("pk")[:1]
