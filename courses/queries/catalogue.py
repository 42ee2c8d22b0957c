"""The catalogue: courses a person may follow, with where they stand in each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchQuery
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.addresses import address_of
from core.prepared import PreparedList, prepared_list
from courses.models import Course, Enrolment, Module, Progress
from people.reader import Reader

A_PAGE = 24
NEXT_COURSES = 3
TODO, DOING, DONE = "todo", "doing", "done"


@dataclass(frozen=True)
class Filters:
    text: str = ""
    language: str = ""
    state: str = ""
    mandatory: bool = False
    mine: bool = False

    @property
    def any(self) -> bool:
        return bool(self.text or self.language or self.state or self.mandatory or self.mine)


class CourseCard(NamedTuple):
    """A course as the catalogue shows it, with where the person stands."""

    slug: str
    title: str
    summary: str
    language: str
    mandatory: bool
    due_on: date | None
    published_at: datetime | None
    modules_count: int
    minutes: int
    learners: int
    done_count: int
    enrolled: bool
    finished_at: datetime | None

    def get_absolute_url(self) -> str:
        return address_of("courses:course", self.slug)

    @property
    def language_label(self) -> str:
        return str(Course(language=self.language).get_language_display())


def catalogue_page(user: Any, filters: Filters, number: str | None) -> Page:
    """One page of cards."""
    if filters.text:
        rows = catalogue(user, filters)
    else:
        rows = _prepared_catalogue(filters)(reader=Reader.of(user))
    page = Paginator(rows, A_PAGE).get_page(number)
    page.object_list = course_cards(page.object_list)
    return page


def course_cards(rows: Iterable[tuple]) -> list[CourseCard]:
    """The cards of rows of `catalogue`."""
    return [CourseCard(*row) for row in rows]


def courses_to_begin(user: Any) -> tuple[CourseCard, ...]:
    """A few courses that the person has not begun, those they are enrolled in and mandatory ones first."""
    rows = _prepared_catalogue(Filters(state=TODO))(reader=Reader.of(user))
    return tuple(course_cards(rows[0:NEXT_COURSES]))


@lru_cache(maxsize=100)
def _prepared_catalogue(filters: Filters) -> Callable[..., PreparedList]:
    def courses(reader: Reader) -> QuerySet:
        return catalogue(reader, filters)

    return prepared_list(courses)


def catalogue(user: Any, filters: Filters) -> Any:
    """Published courses and those one is enrolled in, as rows for `course_cards`; one query for all."""
    mine = Enrolment.objects.active().filter(session__course=OuterRef("pk"), user=user.pk)
    courses: Any = Course.objects.visible_to(user).annotate(
        enrolled=Exists(mine),
        finished_at=Subquery(mine.order_by("-completed_at").values("completed_at")[:1]),
        modules_count=_sum_over(_counting(user).filter(course=OuterRef("pk")), "course", Count("pk")),
        minutes=_sum_over(Module.objects.published().filter(course=OuterRef("pk")), "course", Sum("minutes")),
        done_count=_sum_over(_done(user), "module__course", Count("module", distinct=True)),
        learners=_sum_over(
            Enrolment.objects.active().filter(session__course=OuterRef("pk")),
            "session__course",
            Count("user", distinct=True),
        ),
    )
    followed = Q(published_at__isnull=False, archived_at=None) | Q(enrolled=True)
    found = _filtered(courses.filter(followed), filters)
    return found.order_by("-enrolled", "-mandatory", "title", "pk").values_list(*CourseCard._fields)


def in_text(text: str) -> Q:
    """Rows whose searchable form holds the words in either language, or whose title holds them as typed."""
    words = SearchQuery(text, config="public.fr", search_type="websearch")
    words |= SearchQuery(text, config="public.en", search_type="websearch")
    return Q(search=words) | Q(title__icontains=text)


def _filtered(courses: Any, filters: Filters) -> Any:
    if filters.text:
        courses = courses.filter(in_text(filters.text))
    if filters.language:
        courses = courses.filter(language=filters.language)
    if filters.mandatory:
        courses = courses.filter(mandatory=True)
    if filters.mine:
        courses = courses.filter(enrolled=True)
    if filters.state == TODO:
        courses = courses.filter(finished_at=None, done_count=0)
    elif filters.state == DOING:
        courses = courses.filter(enrolled=True, finished_at=None, done_count__gt=0)
    elif filters.state == DONE:
        courses = courses.filter(finished_at__isnull=False)
    return courses


def _counting(user: Any) -> QuerySet[Module]:
    """The published modules, and those that the person has done that were withdrawn since: what was earned stays."""
    done = Progress.objects.filter(
        module=OuterRef("pk"), enrolment__user=user.pk, enrolment__left_at=None, completed_at__isnull=False
    )
    return Module.objects.filter(Q(published_at__isnull=False) | Exists(done))


def _done(user: Any) -> QuerySet[Progress]:
    return Progress.objects.filter(
        enrolment__user=user.pk,
        enrolment__left_at=None,
        module__course=OuterRef("pk"),
        completed_at__isnull=False,
    )


def _sum_over(rows: QuerySet, group: str, figure) -> Coalesce:
    """A figure over the rows of one course as a subquery: joins would multiply each other."""
    found = rows.order_by().values(group).annotate(figure=figure).values("figure")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)
