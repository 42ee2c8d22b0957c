"""Reads the rollups: the tallies of a scope over periods, questions and enrolments, unit by unit."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q

from analytics import bitmaps, days, tallies
from analytics.filters import Period, Scope
from analytics.metrics.answers import MATURITIES, Questions
from analytics.metrics.completion import Enrolments
from analytics.models import ActivityBlock, CompletionDay
from analytics.tallies import Tally, Units
from courses.models import Session

# Somebody enrolled for less than this many days is not counted in rates (METRICS C1).
EXPOSURE = 7
Block = ActivityBlock


@dataclass
class Reading:
    """Tallies by unit of one period, and of each ISO week that touches it."""

    units: Units
    weeks: dict[date, Units]

    def whole(self) -> Tally:
        return tallies.whole(self.units)


def read(organisation, scope: Scope, periods: list[Period]) -> list[Reading]:
    """One query for all periods; whole weeks come as one block each, the days at the edges one by one."""
    wanted: dict[tuple[str, date], list[Reading]] = defaultdict(list)
    readings = [Reading({}, defaultdict(dict)) for _ in periods]
    for reading, period in zip(readings, periods, strict=True):
        weeks, edges = days.weeks_and_days(period.first, period.last)
        for monday in weeks:
            wanted[Block.Grain.WEEK, monday].append(reading)
        for day in edges:
            wanted[Block.Grain.DAY, day].append(reading)
    by_grain = {grain: [start for g, start in wanted if g == grain] for grain in Block.Grain.values}
    blocks = (
        Block.objects.filter(organisation=organisation, scope=scope.kind, scope_id=scope.id)
        .filter(
            Q(grain=Block.Grain.WEEK, starts_on__in=by_grain[Block.Grain.WEEK])
            | Q(grain=Block.Grain.DAY, starts_on__in=by_grain[Block.Grain.DAY])
        )
        .values_list("grain", "starts_on", "data")
    )
    for grain, starts_on, data in blocks:
        units = tallies.unpack(data)
        for reading in wanted[grain, starts_on]:
            tallies.merge(reading.units, units)
            tallies.merge(reading.weeks[days.monday(starts_on)], units)
    return readings


def units_of_today(organisation) -> dict[int, int]:
    """Who sits in which unit on the last day that was built: {unit: people}."""
    block = (
        Block.objects.filter(organisation=organisation, grain=Block.Grain.DAY, scope=Block.Scope.ALL)
        .order_by("-starts_on")
        .values_list("data", flat=True)
        .first()
    )
    return {unit: tally.exposed for unit, tally in tallies.unpack(block or b"").items()}


def by_unit_of_today(units: Units, today: dict[int, int]) -> Units:
    """The same tallies, each person's under the unit they are in now; those who left are in none (0)."""
    tally = tallies.whole(units)
    regrouped = {unit: tally.among(people) for unit, people in today.items() if unit}
    elsewhere = tally.exposed | tally.present | tally.contributors
    for unit, people in today.items():
        if unit:
            elsewhere &= ~people
    regrouped[0] = tally.among(elsewhere)
    return regrouped


def eligible(tally: Tally, period: Period) -> tuple[int, int]:
    """Those enrolled long enough to be counted, and how many others there are (METRICS C1)."""
    long_enough = bitmaps.at_least(tally.exposure, min(EXPOSURE, period.length))
    return long_enough, (tally.exposed & ~long_enough).bit_count()


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
    rows = CompletionDay.objects.filter(organisation=organisation, day__in=list(ends))
    if scope.kind == Block.Scope.SESSION:
        rows = rows.filter(session_id=scope.id)
    else:
        rows = rows.filter(session_id=0, course_id=scope.id)
    for row in rows:
        ends[row.day][row.unit_id] = Enrolments(row.learners, row.enrolments, row.completed, row.recent)
    return current, before
