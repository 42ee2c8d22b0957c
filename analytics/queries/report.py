"""Queries of the HR report: bitmap index, questions and enrolments of a scope over periods, unit by unit."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from analytics import bitmap_index, bitmaps, days
from analytics.bitmap_index import BlockContent, GroupActivity, PeriodContent
from analytics.days import as_day, as_days, listed
from analytics.filters import Period, Scope
from analytics.measures import ENROLLED, LAYOUT, MEASURES
from analytics.metrics.answers import MATURITIES, Questions
from analytics.metrics.completion import Enrolments
from analytics.models import ActivityBlock, BuiltDay, CompletionDay, DirtyDay
from core.prepared import AnyOf, prepared
from courses.models import Session
from people.models import Organisation

# Somebody enrolled for less than this many days is not counted in rates (METRICS C1).
EXPOSURE = 7
Block = ActivityBlock


@dataclass
class PeriodBlocks:
    """The activity of one period, and of each ISO week that touches it."""

    period: PeriodContent
    weeks: dict[date, PeriodContent]

    def by_unit_of_today(self, today: dict[int, int]) -> PeriodBlocks:
        return PeriodBlocks(
            self.period.grouped_by(today),
            {monday: week.grouped_by(today) for monday, week in self.weeks.items()},
        )


def read(organisation, scope: Scope, periods: list[Period]) -> list[PeriodBlocks]:
    """One query for all periods; whole weeks come as one block each, the days at the edges one by one."""
    wanted: dict[tuple[str, date], list[int]] = defaultdict(list)
    for place, period in enumerate(periods):
        weeks, edges = days.weeks_and_days(period.first, period.last)
        for monday in weeks:
            wanted[Block.Grain.WEEK, monday].append(place)
        for day in edges:
            wanted[Block.Grain.DAY, day].append(place)
    blocks = _blocks(
        organisation=organisation.pk,
        scope=scope.kind,
        scope_id=scope.id,
        weeks=listed(start for grain, start in wanted if grain == Block.Grain.WEEK),
        days=listed(start for grain, start in wanted if grain == Block.Grain.DAY),
    )
    found: list[dict[date, list[BlockContent]]] = [defaultdict(list) for _ in periods]
    for grain, starts_on, measure, data in blocks:
        if measure not in MEASURES:
            continue
        content = bitmap_index.content_of(measure, bytes(data))
        for place in wanted[grain, starts_on]:
            found[place][days.monday(starts_on)].append(content)
    return [_reading(by_week) for by_week in found]


def _reading(by_week: dict[date, list[BlockContent]]) -> PeriodBlocks:
    contents = [content for of_week in by_week.values() for content in of_week]
    return PeriodBlocks(
        PeriodContent(contents), {monday: PeriodContent(of_week) for monday, of_week in by_week.items()}
    )


@prepared
def _blocks(organisation: int, scope: str, scope_id: int, weeks: str, days: str) -> QuerySet:
    starts_in = Q(AnyOf("starts_on", as_days(weeks)), grain=Block.Grain.WEEK)
    starts_in |= Q(AnyOf("starts_on", as_days(days)), grain=Block.Grain.DAY)
    blocks = Block.objects.filter(
        starts_in, organisation=organisation, scope=scope, scope_id=scope_id, layout=LAYOUT
    )
    return blocks.values_list("grain", "starts_on", "measure", "data")


def units_of_today(organisation) -> dict[int, int]:
    """Who sits in which unit on the last day that was built: {unit: people}."""
    blocks = Block.objects.filter(
        organisation=organisation,
        grain=Block.Grain.DAY,
        scope=Block.Scope.ALL,
        measure=ENROLLED.name,
        layout=LAYOUT,
    )
    data = blocks.order_by("-starts_on").values_list("data", flat=True).first()
    return bitmap_index.content_of(ENROLLED.name, bytes(data or b"")).people


def eligible(activity: GroupActivity, period: Period) -> tuple[int, int]:
    """Those enrolled long enough to be counted, and how many others there are (METRICS C1)."""
    long_enough = bitmaps.at_least(activity.of(ENROLLED), min(EXPOSURE, period.length))
    return long_enough, (activity.people(ENROLLED) & ~long_enough).bit_count()


# Waits are read to the minute up to two hours, to five minutes up to a day, to the hour up to a week, then to
# the day: as they are written, and a hundred times fewer rows than questions.
QUESTIONS = """
    SELECT unit_id, is_current, by_peers,
           CASE WHEN minutes < 120 THEN minutes WHEN minutes < 1440 THEN minutes / 5 * 5
                WHEN minutes < 10080 THEN minutes / 60 * 60 ELSE minutes / 1440 * 1440 END AS minutes,
           is_answered, count(*)
    FROM (
        SELECT unit_id, day >= %(first)s AS is_current, false AS by_peers, first_reply_at IS NOT NULL AS is_answered,
               floor(date_part('epoch', coalesce(first_reply_at, %(now)s) - asked_at) / 60)::int AS minutes
        FROM analytics_threadfact WHERE {where}
        UNION ALL
        SELECT unit_id, day >= %(first)s, true, first_peer_reply_at IS NOT NULL,
               floor(date_part('epoch', coalesce(first_peer_reply_at, %(now)s) - asked_at) / 60)::int
        FROM analytics_threadfact WHERE {where}
        -- Keeps the planner from working the minutes out once for each branch above.
        OFFSET 0
    ) waits GROUP BY 1, 2, 3, 4, 5"""
MATURE = """
    SELECT unit_id, day >= %(first)s AS is_current, {columns}
    FROM analytics_threadfact WHERE {where} GROUP BY 1, 2"""


def questions(
    organisation, scope: Scope, period: Period, *, now: datetime
) -> tuple[dict[int, Questions], dict[int, Questions]]:
    """By unit of the asker that day, for a period and for the one before it."""
    current: dict[int, Questions] = defaultdict(Questions)
    before: dict[int, Questions] = defaultdict(Questions)
    where, parameters = _where(organisation, scope, period, now)
    with connection.cursor() as cursor:
        cursor.execute(QUESTIONS.format(where=where), parameters)
        for unit, is_current, by_peers, minutes, is_answered, number in cursor.fetchall():
            facts = (current if is_current else before)[unit]
            _counter(facts, by_peers, is_answered)[max(minutes, 0)] += number
        columns = []
        for maturity, age in MATURITIES.items():
            parameters[maturity] = age
            old = f"asked_at <= %(now)s - %({maturity})s"
            late = f"(first_reply_at IS NULL OR first_reply_at > asked_at + %({maturity})s)"
            columns += [f"count(*) FILTER (WHERE {old})", f"count(*) FILTER (WHERE {old} AND {late})"]
        cursor.execute(MATURE.format(columns=", ".join(columns), where=where), parameters)
        for unit, is_current, *numbers in cursor.fetchall():
            facts = (current if is_current else before)[unit]
            for index, maturity in enumerate(MATURITIES):
                facts.mature[maturity] += numbers[2 * index]
                facts.unanswered[maturity] += numbers[2 * index + 1]
    return current, before


def _counter(facts: Questions, by_peers: bool, is_answered: bool) -> Counter[int]:
    if by_peers:
        return facts.answered_by_peers if is_answered else facts.waiting_for_peers
    return facts.answered if is_answered else facts.waiting


def _where(organisation, scope: Scope, period: Period, now: datetime) -> tuple[str, dict]:
    where = "organisation_id = %(organisation)s AND day >= %(before)s AND day <= %(last)s"
    parameters = {
        "organisation": organisation.pk,
        "before": period.preceding.first,
        "first": period.first,
        "last": period.last,
        "now": now,
    }
    if scope.kind == Block.Scope.SPACE:
        parameters["spaces"] = [scope.id]
    elif scope.kind != Block.Scope.ALL:
        field = "course" if scope.kind == Block.Scope.COURSE else "pk"
        parameters["spaces"] = list(
            Session.objects.filter(**{field: scope.id}).values_list("space_id", flat=True)
        )
    if "spaces" in parameters:
        where += " AND space_id = ANY(%(spaces)s)"
    return where, parameters


def enrolments(
    organisation, scope: Scope, period: Period
) -> tuple[dict[int, Enrolments], dict[int, Enrolments]]:
    """By unit, at the end of a period and of the one before it; nothing for a space."""
    current: dict[int, Enrolments] = defaultdict(Enrolments)
    before: dict[int, Enrolments] = defaultdict(Enrolments)
    if scope.kind == Block.Scope.SPACE:
        return current, before
    ends = {period.last: current, period.preceding.last: before}
    is_session = scope.kind == Block.Scope.SESSION
    asked = {"organisation": organisation.pk, "days": listed(ends)}
    rows = _of_session(**asked, session=scope.id) if is_session else _of_course(**asked, course=scope.id)
    for day, unit, *numbers in rows:
        ends[day][unit] = Enrolments(*numbers)
    return current, before


@prepared
def _of_session(organisation: int, days: str, session: int) -> QuerySet:
    return _completions(organisation, days).filter(session_id=session)


@prepared
def _of_course(organisation: int, days: str, course: int) -> QuerySet:
    """Course 0: all of them."""
    return _completions(organisation, days).filter(session_id=0, course_id=course)


def _completions(organisation: int, days: str) -> QuerySet:
    at = AnyOf("day", as_days(days))
    rows = CompletionDay.objects.filter(at, organisation=organisation)
    return rows.values_list("day", "unit_id", "learners", "enrolments", "completed", "recent")


@prepared
def built_at(organisation: int, first: str, last: str) -> QuerySet:
    """Since when the figures are what they are, and whether some are being counted again."""
    period = (as_day(first), as_day(last))
    in_period = {"organisation": OuterRef("pk"), "day__range": period}
    built = BuiltDay.objects.filter(**in_period).order_by().values("organisation")
    since = Subquery(built.annotate(at=Max("built_at")).values("at"))
    behind = Exists(DirtyDay.objects.filter(**in_period))
    return Organisation.objects.filter(pk=organisation).values_list(since, behind)


def has_figures(organisation) -> bool:
    return ActivityBlock.objects.filter(organisation=organisation).exists()
