"""The HR report: one object that the page, its charts and its file all read, so that they cannot disagree."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from analytics import bases, bitmaps, metrics, small_groups
from analytics.bases import Column
from analytics.bitmap_index import PeriodContent
from analytics.filters import Choices, Filters
from analytics.measures import ENROLLED
from analytics.metrics import answers, participation
from analytics.metrics.base import READINGS, Facts, FactsKey, Metric, Reading, ReportQuery, Unit, Value
from analytics.metrics.completion import Enrolments
from analytics.metrics.participation import Group
from analytics.models import ShownGroup
from analytics.queries import report as report_queries
from people.models import Organisation


@dataclass
class Line:
    """A reading of a metric, its value over the period and over the one before."""

    reading: Reading
    value: Value
    before: Value

    @property
    def metric(self) -> Metric:
        return self.reading.metric

    @property
    def code(self) -> str:
        return self.reading.code

    @property
    def change(self) -> Decimal | None:
        if self.value.number is None or self.before.number is None or self.value.beyond or self.before.beyond:
            return None
        return Decimal(self.value.number) - Decimal(self.before.number)


@dataclass
class Row:
    """The figures of one unit with what is below it."""

    name: str
    unit_id: int | None
    figures: GroupFigures
    k: int
    # Why nothing is shown of it.
    hidden: str = ""

    @property
    def learners(self) -> int:
        return self.figures.group.size

    def value(self, code: str) -> Value:
        """One figure; a page shows some of them, the file all with those before."""
        return self.figures.value(READINGS[code], self.k)

    @cached_property
    def lines(self) -> dict[str, Line]:
        return {} if self.hidden else {line.code: line for line in self.figures.lines(self.k)}


@dataclass
class Week:
    monday: date
    learners: int
    active: Value
    contributors: Value


@dataclass
class Report:
    filters: Filters
    organisation: Organisation
    group: Group
    before: Group
    lines: list[Line]
    rows: list[Row]
    weeks: list[Week]
    # Enrolled too short a time to be counted.
    short: int
    # People who are in several rows because they changed unit during the period.
    moved: int
    grouped: int
    built_at: datetime | None
    is_behind: bool
    # The sentence that stands in place of the figures.
    refusal: str = ""

    def line(self, code: str) -> Line:
        return next(line for line in self.lines if line.code == code)

    @property
    def by_code(self) -> dict[str, Line]:
        return {line.code: line for line in self.lines}


class GroupFigures:
    """Everything known of one group of units over the two periods, each kind of facts when it is asked for."""

    def __init__(self, source: Source, units: frozenset[int] | None, key: object) -> None:
        self.source, self.units = source, units
        # How the group is chosen, spelled one way.
        self.key = f"{source.filters.scope.key}|unit:{key}"
        self.facts: dict[type[Facts], tuple[Facts, Facts]] = {}
        self.people_known = 0
        self.bases: dict[Column, int] = {}
        self.refused: set[Column] = set()

    @cached_property
    def group(self) -> Group:
        return _group(self.source.reading.period, self.units, self.source.people)

    @cached_property
    def group_before(self) -> Group:
        return _group(self.source.earlier.period, self.units, self.source.people_before)

    def count(self, people: int, before: int) -> None:
        """Count these people from here on: those whose figures may be shown."""
        self.people_known = self.group.people
        self.group = Group(people, self.group.activity)
        self.group_before = Group(before, self.group_before.activity)

    def value(self, reading: Reading, k: int, *, before: bool = False) -> Value:
        """A figure of the period, or of the one before it."""
        kind = reading.metric.facts
        if kind is Group:
            return reading.value(self.group_before if before else self.group, k=k)
        if (kind.figures, before) in self.refused:
            return Value(
                reason=gettext("differs by fewer than %(number)s people from figures already shown")
                % {"number": k}
            )
        return reading.value(self._facts(kind)[before], k=k)

    def _facts(self, kind: type[Facts]) -> tuple[Facts, Facts]:
        if kind not in self.facts:
            now, before = self.source.facts(kind)
            self.facts[kind] = (
                _sum(now, self.units, self.bases[kind.figures, False], kind()),
                _sum(before, self.units, self.bases[kind.figures, True], kind()),
            )
        return self.facts[kind]

    def line(self, reading: Reading, k: int) -> Line:
        return Line(reading, self.value(reading, k), self.value(reading, k, before=True))

    def lines(self, k: int) -> list[Line]:
        return [self.line(reading, k) for reading in metrics.IN_ORDER]


def build(user, filters: Filters, choices: Choices) -> Report:
    source = Source(user.organisation, filters, choices)
    wanted = source.wanted_units()
    whole = GroupFigures(source, wanted, filters.unit.pk if filters.unit else _reach(choices))
    k = user.organisation.small_group
    table = Table(source, wanted, whole, k)
    report = Report(
        filters=filters,
        organisation=user.organisation,
        group=whole.group,
        before=whole.group_before,
        lines=[],
        rows=[],
        weeks=[],
        short=source.short(whole.group),
        moved=table.moved,
        grouped=len(table.hidden),
        refusal=table.refusal,
        **_freshness(user.organisation, filters),
    )
    if not report.refusal:
        report.rows = table.rows()
        bases.settle(source, whole, [row.figures for row in report.rows if not row.hidden], k)
        report.lines = whole.lines(k)
        report.weeks = _weeks(source, whole, k)
    return report


class Source:
    """The rollups of a report, read once."""

    def __init__(self, organisation, filters: Filters, choices: Choices) -> None:
        self.organisation, self.filters, self.choices = organisation, filters, choices
        periods = [filters.period, filters.period.preceding]
        self.reading, self.earlier = report_queries.read(organisation, filters.scope, periods)
        # Eligibility is decided on the whole scope: a unit's people are those of the whole who were in it, so
        # that the contributions of the units add up to those of the whole.
        self.people, _short = report_queries.eligible(self.reading.period.whole, filters.period)
        self.people_before, _short = report_queries.eligible(
            self.earlier.period.whole, filters.period.preceding
        )
        if filters.view == "now":
            today = report_queries.units_of_today(organisation)
            self.reading = self.reading.by_unit_of_today(today)
            self.earlier = self.earlier.by_unit_of_today(today)
        self.query = ReportQuery(organisation, filters.scope, filters.period, timezone.now())
        self.read: dict[type[Facts], tuple[Mapping[FactsKey, Any], Mapping[FactsKey, Any]]] = {}

    def facts(self, kind: type[Facts]) -> tuple[Mapping[FactsKey, Any], Mapping[FactsKey, Any]]:
        if kind not in self.read:
            self.read[kind] = kind.read(self.query)
        return self.read[kind]

    @cached_property
    def askers(self) -> tuple[dict[int, int], dict[int, int]]:
        return answers.askers(self.query)

    @cached_property
    def enrolled(self) -> tuple[dict[int, int], dict[int, int]]:
        now, before = ({key[0]: one.people for key, one in found.items()} for found in self.facts(Enrolments))
        return now, before

    def bases(self, figures: ShownGroup.Figures) -> tuple[dict[int, int], dict[int, int]]:
        """The people that these figures stand on, by unit, in the period and in the one before it."""
        return self.askers if figures is ShownGroup.Figures.QUESTIONS else self.enrolled

    def tell_apart(self, people: int) -> None:
        """Read the questions of these people one by one: some groups do not count them yet."""
        self.query = replace(self.query, apart=tuple(bitmaps.members(people)))

    def wanted_units(self) -> frozenset[int] | None:
        if self.filters.unit:
            return self.choices.subtree(self.filters.unit.pk)
        return self.choices.reach

    def short(self, group: Group) -> int:
        return (group.activity.people(ENROLLED) & ~self.people).bit_count()


def _group(joined: PeriodContent, units: frozenset[int] | None, eligible: int) -> Group:
    activity = joined.of(units)
    return Group(eligible & activity.people(ENROLLED), activity)


def _sum(facts: Mapping[FactsKey, Any], units: frozenset[int] | None, people: int, nothing):
    parts = [
        part
        for (unit, seat), part in facts.items()
        if (units is None or unit in units) and (seat is None or people >> seat & 1)
    ]
    if len(parts) == 1:
        return parts[0].among(people)
    for part in parts:
        nothing.add(part)
    return nothing.among(people)


@dataclass(frozen=True)
class Part:
    """One row of the table before it is measured: a unit with what is below it, or the rest."""

    name: str
    unit_id: int | None
    units: frozenset[int]


class Table:
    """The rows by unit, and which of them may be shown beside the whole."""

    def __init__(self, source: Source, wanted: frozenset[int] | None, whole: GroupFigures, k: int) -> None:
        self.source, self.k, self.whole = source, k, whole
        parts = _parts(source, wanted)
        parent = source.filters.unit
        rest = f"rest-of:{parent.pk if parent else _reach(source.choices)}"
        measured = [(part, GroupFigures(source, part.units, part.unit_id or rest)) for part in parts]
        kept = [(part, found) for part, found in measured if found.group.people]
        self.parts = [part for part, _found in kept]
        self.measured = [found for _part, found in kept]
        self.groups = [found.group.people for found in self.measured]
        # People who changed unit during the period are in several rows.
        self.moved = (
            max(0, sum(people.bit_count() for people in self.groups) - whole.group.size) if kept else 0
        )
        self.hidden: set[int] = set()
        self.refusal = self._refusal(whole.group)

    def _refusal(self, whole: Group) -> str:
        if not whole.size:
            return ""
        if whole.size < self.k:
            return gettext(
                "This group has fewer than %(number)s learners. Its figures would tell who did what, so they "
                "are not shown. Choose a wider unit or a longer period."
            ) % {"number": self.k}
        if not self._disclose([self.whole])[0]:
            return gettext(
                "This group differs by fewer than %(number)s people from one already shown for this period or one "
                "that overlaps it: the whole, another unit, or “Units grouped together”, where a small unit stands "
                "with its neighbours. Comparing the two would tell what those few people did, so it is not shown. "
                "Choose a wider unit."
            ) % {"number": self.k}
        self._hide()
        return ""

    def _disclose(self, groups: list[GroupFigures]) -> list[bool]:
        """Have these groups count the people they may be shown for, in both periods; which of them may be."""
        period, asked = self.source.filters.period, []
        for figures in groups:
            key = f"{figures.key}|{self.source.filters.view}"
            asked.append(small_groups.GroupRequest(key, period, figures.group.people))
            asked.append(small_groups.GroupRequest(key, period.preceding, figures.group_before.people))
        people = small_groups.disclosed(self.source.organisation, asked)
        for figures, now, before in zip(groups, people[::2], people[1::2], strict=True):
            figures.count(now or 0, before or 0)
        return [now is not None for now in people[::2]]

    def _hide(self) -> None:
        """Decide which rows are hidden."""
        self.hidden = small_groups.hidden_rows(self.groups, self.whole.group.people, self.k)
        shown = [index for index in range(len(self.parts)) if index not in self.hidden]
        asked = [self.measured[index] for index in shown]
        if asked:
            may_be = self._disclose(asked)
            already = self.hidden | {index for index, may in zip(shown, may_be, strict=True) if not may}
            groups = [found.group.people or found.people_known for found in self.measured]
            everybody = self.whole.group.people
            self.hidden = small_groups.hidden_rows(groups, everybody, self.k, already=already)

    def rows(self) -> list[Row]:
        made = []
        for index, part in enumerate(self.parts):
            if index not in self.hidden:
                made.append(self._row(part, self.measured[index]))
        if self.hidden:
            together = frozenset().union(*(self.parts[index].units for index in self.hidden))
            rest = Part(gettext("Units grouped together"), None, together)
            units = "-".join(map(str, sorted(together)))
            key = hashlib.sha256(units.encode()).hexdigest()[:20]
            figures = GroupFigures(self.source, together, key)
            self._disclose([figures])
            made.append(self._row(rest, figures))
        return made

    def _row(self, part: Part, figures: GroupFigures) -> Row:
        row = Row(part.name, part.unit_id, figures, self.k)
        if row.learners < self.k:
            row.hidden = gettext(
                "Fewer than %(number)s people together: their figures would tell who did what."
            ) % {"number": self.k}
        return row


def _parts(source: Source, wanted: frozenset[int] | None) -> list[Part]:
    """The units below the one asked for, then the people who are in none of them."""
    choices, unit = source.choices, source.filters.unit
    if unit:
        children = choices.children.get(unit.pk, [])
    elif choices.reach is None:
        children = choices.children.get(None, [])
    else:
        reach = choices.reach
        children = [unit for unit, _depth in choices.offered_units if unit.parent_id not in reach]
    parts = [Part(child.name, child.pk, choices.subtree(child.pk)) for child in children]
    if not parts:
        return []
    named = frozenset().union(*(part.units for part in parts))
    rest = (frozenset(source.reading.period.people) if wanted is None else wanted) - named
    return [*parts, Part(gettext("Elsewhere"), None, rest)] if rest else parts


def _weeks(source: Source, whole: GroupFigures, k: int) -> list[Week]:
    """Week by week over the period and the one before it, so that a change is seen where it happened.

    The same people all along each period; a week that touches both counts for the later one.
    """
    weeks: dict[date, Group] = {}
    for reading, group in ((source.earlier, whole.group_before), (source.reading, whole.group)):
        for monday, content in reading.weeks.items():
            weeks[monday] = Group(group.people, content.of(whole.units))
    return [
        Week(
            monday,
            weeks[monday].size,
            participation.share(weeks[monday].active, weeks[monday].size, k=k).rounded(Unit.SHARE),
            participation.share(weeks[monday].contributors, weeks[monday].size, k=k).rounded(Unit.SHARE),
        )
        for monday in sorted(weeks)
        if weeks[monday].size
    ]


def _reach(choices: Choices) -> str:
    """The part of the organisation that this HR person covers, spelled one way; 0: all of it."""
    if choices.reach is None:
        return "0"
    units = "-".join(map(str, sorted(choices.reach)))
    return hashlib.sha256(units.encode()).hexdigest()[:20]


def _freshness(organisation, filters: Filters) -> dict:
    first, last = filters.period.preceding.first, filters.period.last
    ((built_at, is_behind),) = report_queries.built_at(organisation=organisation.pk, first=first, last=last)
    return {"built_at": built_at, "is_behind": is_behind}
