"""What a report is asked for: period, unit, course or session or space, as written in its address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics import days
from analytics.models import ActivityBlock
from core.dates import is_plausible
from people.models import Organisation

PERIODS = {
    "30d": gettext_lazy("30 days"),
    "90d": gettext_lazy("90 days"),
    "month": gettext_lazy("last month"),
    "quarter": gettext_lazy("this quarter"),
    "year": gettext_lazy("this year"),
    "custom": gettext_lazy("from … to …"),
}
DEFAULT_PERIOD = "30d"
VIEWS = {"then": gettext_lazy("unit at the time"), "now": gettext_lazy("unit of today")}
LONGEST = timedelta(days=731)


@dataclass(frozen=True)
class Period:
    """Civil days of the organisation, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    def overlaps(self, other: Period) -> bool:
        return self.first <= other.last and other.first <= self.last

    @property
    def preceding(self) -> Period:
        """As many days, just before."""
        length = timedelta(days=self.length)
        return Period(self.first - length, self.last - length)


@dataclass(frozen=True)
class Scope:
    kind: str = ActivityBlock.Scope.ALL
    id: int = 0
    name: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"


class Branch(NamedTuple):
    """A unit in the tree of its organisation."""

    pk: int
    name: str
    parent_id: int | None


@dataclass
class Choices:
    """What this HR person may choose from: their organisation, or the part of it their role covers."""

    units: list[Branch]
    # Keys and names.
    courses: list[tuple[int, str]]
    sessions: list[tuple[int, str]]
    spaces: list[tuple[int, str]]
    # None: the whole organisation.
    reach: frozenset[int] | None

    @cached_property
    def children(self) -> dict[int | None, list[Branch]]:
        children = defaultdict(list)
        for unit in self.units:
            children[unit.parent_id].append(unit)
        return children

    def subtree(self, unit_id: int) -> frozenset[int]:
        found, waiting = set(), [unit_id]
        while waiting:
            current = waiting.pop()
            found.add(current)
            waiting += [child.pk for child in self.children.get(current, [])]
        return frozenset(found)

    @cached_property
    def offered_units(self) -> list[tuple[Branch, int]]:
        """Units in the order of the tree with their depth, those of the role's reach only."""
        known = {unit.pk for unit in self.units}
        ordered, waiting = [], [(unit, 0) for unit in reversed(self.units) if unit.parent_id not in known]
        while waiting:
            unit, depth = waiting.pop()
            ordered.append((unit, depth))
            waiting += [(child, depth + 1) for child in reversed(self.children.get(unit.pk, []))]
        return [(unit, depth) for unit, depth in ordered if self.reach is None or unit.pk in self.reach]


@dataclass
class Filters:
    period: Period
    preset: str = DEFAULT_PERIOD
    unit: Branch | None = None
    scope: Scope = field(default_factory=Scope)
    view: str = "then"
    # Sentences about what could not be understood; the default was kept instead.
    problems: list[str] = field(default_factory=list)
    # Two dates as they were typed, where they make no period: they stay in their fields.
    typed: tuple[str, str] | None = None

    @property
    def dates(self) -> tuple[str, str]:
        """What the fields of the two dates hold."""
        return self.typed or (self.period.first.isoformat(), self.period.last.isoformat())

    @property
    def query(self) -> dict[str, str]:
        """The address parameters that give this report again, defaults left out."""
        query = {"period": self.preset} if self.preset != DEFAULT_PERIOD else {}
        if self.preset == "custom":
            query |= dict(zip(("from", "to"), self.dates, strict=True))
        if self.unit:
            query["unit"] = str(self.unit.pk)
        if self.scope.kind != ActivityBlock.Scope.ALL:
            query[self.scope.kind] = str(self.scope.id)
        if self.view != "then":
            query["view"] = self.view
        return query


def filters_from(parameters: Mapping[str, str], *, organisation: Organisation, choices: Choices) -> Filters:
    problems: list[str] = []
    preset, period = _period(parameters, days.today(organisation), problems)
    typed = None
    if problems and preset == "custom":
        typed = (parameters.get("from", "").strip()[:10], parameters.get("to", "").strip()[:10])
    unit = _unit(parameters.get("unit", ""), choices, problems)
    view = parameters.get("view") or "then"
    if view not in VIEWS:
        problems.append(_("This way of assigning units does not exist: each unit at the time is used."))
        view = "then"
    return Filters(period, preset, unit, _scope(parameters, choices, problems), view, problems, typed)


def _period(parameters: Mapping[str, str], today: date, problems: list[str]) -> tuple[str, Period]:
    preset = parameters.get("period") or DEFAULT_PERIOD
    if preset == "custom":
        if not parameters.get("from") and not parameters.get("to"):
            # Just chosen: the fields for the two dates appear, filled with what was shown.
            return preset, preset_period(DEFAULT_PERIOD, today)
        try:
            period = Period(
                date.fromisoformat(parameters.get("from", "")), date.fromisoformat(parameters.get("to", ""))
            )
            if not is_plausible(period.first):
                raise ValueError(period.first)
        except ValueError:
            problems.append(_("Give two dates like 2026-09-01. The last 30 days are shown."))
            return preset, preset_period(DEFAULT_PERIOD, today)
        if period.first > today:
            problems.append(_("The period has not begun yet. The last 30 days are shown."))
        elif period.first > period.last:
            problems.append(_("The period ends before it begins. The last 30 days are shown."))
        elif min(period.last, today) - period.first > LONGEST:
            problems.append(_("Two years at most in one report. The last 30 days are shown."))
        elif period.last > today:
            problems.append(_("The days to come have no figures yet: the report stops today."))
            return preset, Period(period.first, today)
        else:
            return preset, period
        return preset, preset_period(DEFAULT_PERIOD, today)
    if preset not in PERIODS:
        problems.append(_("This period does not exist. The last 30 days are shown."))
        preset = DEFAULT_PERIOD
    return preset, preset_period(preset, today)


def preset_period(preset: str, today: date) -> Period:
    if preset == "month":
        last = today.replace(day=1) - days.DAY
        return Period(last.replace(day=1), last)
    if preset == "quarter":
        return Period(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today)
    if preset == "year":
        return Period(today.replace(month=1, day=1), today)
    length = 30 if preset == "30d" else 90
    return Period(today - timedelta(days=length - 1), today)


def _unit(value: str, choices: Choices, problems: list[str]) -> Branch | None:
    offered = {str(unit.pk): unit for unit, _depth in choices.offered_units}
    if value and value not in offered:
        problems.append(_("This unit is not one of yours: all of them are shown."))
    return offered.get(value)


def _scope(parameters: Mapping[str, str], choices: Choices, problems: list[str]) -> Scope:
    offered = {"course": choices.courses, "session": choices.sessions, "space": choices.spaces}
    found: list[Scope] = []
    for kind, known in offered.items():
        value = parameters.get(kind, "")
        names = {str(pk): name for pk, name in known}
        if value and value not in names:
            problems.append(
                _("What this address filters on does not exist here: everything is shown instead.")
            )
        elif value:
            found.append(Scope(kind, int(value), names[value]))
    if len(found) > 1:
        problems.append(_("Choose a course, a session or a space, one at a time: the first one is used."))
    return found[0] if found else Scope()
