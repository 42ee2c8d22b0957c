"""Queries of the HR report: bitmap index of a scope over periods, and how fresh it is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from analytics import bitmap_index, bitmaps, days
from analytics.bitmap_index import BlockContent, GroupActivity, PeriodContent
from analytics.filters import Period, Scope
from analytics.measures import ENROLLED, LAYOUT, MEASURES
from analytics.models import ActivityBlock, BuiltDay, DirtyDay
from core.prepared import AnyOf, prepared
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
        weeks=[start for grain, start in wanted if grain == Block.Grain.WEEK],
        days=[start for grain, start in wanted if grain == Block.Grain.DAY],
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
def _blocks(organisation: int, scope: str, scope_id: int, weeks: list[date], days: list[date]) -> QuerySet:
    starts_in = Q(AnyOf("starts_on", weeks), grain=Block.Grain.WEEK)
    starts_in |= Q(AnyOf("starts_on", days), grain=Block.Grain.DAY)
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


@prepared
def built_at(organisation: int, first: date, last: date) -> QuerySet:
    """Since when the figures are what they are, and whether some are being counted again."""
    in_period = {"organisation": OuterRef("pk"), "day__range": (first, last)}
    built = BuiltDay.objects.filter(**in_period).order_by().values("organisation")
    since = Subquery(built.annotate(at=Max("built_at")).values("at"))
    behind = Exists(DirtyDay.objects.filter(**in_period))
    return Organisation.objects.filter(pk=organisation).values_list(since, behind)


def has_figures(organisation) -> bool:
    return ActivityBlock.objects.filter(organisation=organisation).exists()
