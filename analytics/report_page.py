"""The report page: cards, charts, table rows and filter fields made from a report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from analytics import filters, formatting, metrics
from analytics.filters import Choices, Filters
from analytics.metrics import formulas, participation
from analytics.metrics.base import READINGS, Metric, Number, Unit, Value, rounded
from analytics.reports import Line, Report, Row


@dataclass(frozen=True)
class Figure:
    """A figure with everything that must stand beside it."""

    metric: Metric
    code: str
    detail: str
    value: str
    reason: str
    before: str
    change: str
    good: bool | None
    interval: str
    n: str
    note: str


@dataclass(frozen=True)
class ReportPage:
    """What the page draws of a report; without figures, its filters and the reason only."""

    dates: str
    fields: list[FilterField]
    has_figures: bool = False
    notes: list[str] = field(default_factory=list)
    cards: list[Figure] = field(default_factory=list)
    weeks: dict[str, Any] = field(default_factory=dict)
    curve: dict[str, Any] | None = None
    rows: tuple[UnitRow, ...] = ()
    lines: tuple[Figure, ...] = ()
    metrics: tuple[Metric, ...] = metrics.ALL


def page(report: Report, choices: Choices) -> ReportPage:
    period = report.filters.period
    dates, fields = formatting.dates(period.first, period.last), form(report.filters, choices)
    if report.refusal or not report.group.size:
        return ReportPage(dates, fields, notes=notes(report))
    return ReportPage(
        dates,
        fields,
        has_figures=True,
        notes=notes(report),
        cards=cards(report),
        weeks=weeks(report),
        curve=curve(report),
        rows=rows(report),
        lines=tuple(described(line) for line in report.lines),
    )


def cards(report: Report) -> list[Figure]:
    by_code, group = report.by_code, report.group
    taking_part = ngettext(
        "%(number)s of %(total)s took part at least once",
        "%(number)s of %(total)s took part at least once",
        group.participants,
    ) % {"number": formatting.decimal(group.participants, 0), "total": formatting.decimal(group.size, 0)}
    median = by_code["M05.median"].value.number
    words = (
        _("half wrote nothing; writers wrote %(mean)s on average")
        if median == 0
        else _("half wrote %(median)s or fewer; writers wrote %(mean)s on average")
    )
    middle = words % {
        "median": formatting.written(by_code["M05.median"].metric, by_code["M05.median"].value),
        "mean": formatting.written(by_code["M05.writer"].metric, by_code["M05.writer"].value),
    }
    questions = by_code["M09"].value.n
    asked = ngettext("on %(number)s question", "on %(number)s questions", questions) % {
        "number": formatting.decimal(questions, 0)
    }
    late = by_code["M10.72h"]
    if late.value.is_known:
        asked += " · " + _("%(share)s unanswered after 72 h") % {
            "share": formatting.written(late.metric, late.value)
        }
    enrolled = ngettext("of %(number)s enrolment", "of %(number)s enrolments", by_code["M21"].value.n) % {
        "number": formatting.decimal(by_code["M21"].value.n, 0)
    }
    notes = {"M03": taking_part, "M05.mean": middle, "M09": asked, "M21": enrolled}
    return [described(by_code[code], note) for code, note in notes.items()]


def described(line: Line, note: str = "") -> Figure:
    return Figure(
        metric=line.metric,
        code=line.metric.code,
        detail=str(line.reading.detail),
        value=formatting.written(line.metric, line.value),
        reason=str(line.value.reason),
        before=formatting.written(line.metric, line.before),
        change=formatting.change(line),
        good=formatting.is_good(line),
        interval=formatting.interval(line.value),
        n=formatting.decimal(line.value.n, 0),
        note=note,
    )


def weeks(report: Report) -> dict[str, Any]:
    def series(name: str) -> list[int | None]:
        values = (getattr(week, name) for week in report.weeks)
        return [None if value.number is None else int(value.number * 100) for value in values]

    return {
        "kind": "line",
        "title": _("Participation by week"),
        "labels": [formatting.week(week.monday) for week in report.weeks],
        "series": [
            {"label": _("Active"), "values": series("active"), "tone": "primary"},
            {"label": _("Writers"), "values": series("contributors"), "tone": "secondary"},
        ],
        "unit": "%",
        "definition": _(
            "Of the learners of the period, by ISO week: active ones opened a module or a discussion, played or "
            "answered; writers published at least one message. The period and the one before it; weeks at the "
            "edges hold their days only."
        ),
    }


def percents(share: float) -> int:
    return int(rounded(share, Unit.SHARE) * 100)


def curve(report: Report) -> dict[str, Any] | None:
    line = report.by_code["M06.all"]
    shares = formulas.lorenz(report.group.contributions)
    if not line.value.is_known or not shares:
        return None
    top = participation.share_of_the_top_fifth(report.group) or 0
    note = _("Gini %(index)s") % {"index": formatting.written(line.metric, line.value)}
    if line.before.is_known:
        note += " " + _("(%(index)s before)") % {"index": formatting.written(line.metric, line.before)}
    note += _(". One learner in five wrote %(share)s of the messages.") % {"share": formatting.percent(top)}
    steps = range(len(shares))
    return {
        "kind": "lorenz",
        "title": line.metric.name,
        "note": note,
        "labels": [formatting.percent(step / (len(shares) - 1)) for step in steps],
        "series": [
            {
                "label": _("Share of the messages"),
                "values": [percents(share) for share in shares],
                "tone": "secondary",
            },
            {
                "label": _("If all wrote as much"),
                "values": [percents(step / (len(shares) - 1)) for step in steps],
                "tone": "neutral",
                "dashed": True,
            },
        ],
        "unit": "%",
        "definition": f"{line.metric.words.definition} {line.metric.edge_cases}",
    }


COLUMNS = ("M05.mean", "M09", "M10.72h", "M21")


class Cell(NamedTuple):
    value: str
    reason: str


class UnitRow(NamedTuple):
    """A row of the table by unit."""

    name: str
    url: str = ""
    # Why the rest is not shown.
    hidden: str = ""
    learners: str = ""
    participation: str = ""
    interval: str = ""
    share: Number | None = None
    cells: tuple[Cell, ...] = ()


def rows(report: Report) -> tuple[UnitRow, ...]:
    return tuple(_row(row, report.filters.query) for row in report.rows)


def _row(row: Row, query: dict[str, str]) -> UnitRow:
    asked = urlencode(query | {"unit": str(row.unit_id)})
    url = f"{reverse('analytics:reports')}?{asked}" if row.unit_id else ""
    if row.hidden:
        return UnitRow(row.name, url, row.hidden)
    taking_part = row.value("M03")
    return UnitRow(
        name=row.name,
        url=url,
        learners=formatting.decimal(row.learners, 0),
        participation=formatting.written(participation.PARTICIPATION, taking_part),
        interval=formatting.interval(taking_part),
        share=taking_part.number,
        cells=tuple(_cell(code, row.value(code)) for code in COLUMNS),
    )


def _cell(code: str, value: Value) -> Cell:
    return Cell(formatting.written(READINGS[code].metric, value), str(value.reason))


def notes(report: Report) -> list[str]:
    """What was left out, and why; it is printed under the figures."""
    found = []
    if report.short:
        found.append(
            ngettext(
                "%(number)s learner enrolled for less than seven days is not counted.",
                "%(number)s learners enrolled for less than seven days are not counted.",
                report.short,
            )
            % {"number": report.short}
        )
    if report.moved:
        found.append(
            ngettext(
                "%(number)s learner changed unit during the period and is counted in each of them.",
                "%(number)s learners changed unit during the period and are counted in each of them.",
                report.moved,
            )
            % {"number": report.moved}
        )
    if report.filters.view == "now":
        found.append(_("Questions and enrolments stay with the unit people were in at the time."))
    if report.is_behind:
        found.append(_("Some days of this period are being counted again at this moment."))
    return found


class FilterField(NamedTuple):
    """A filter as a list to choose from: value, words, whether it is chosen."""

    name: str
    label: str
    options: list[tuple[Any, Any, bool]]


def form(asked: Filters, choices: Choices) -> list[FilterField]:
    scope = asked.scope
    picked = {scope.kind: scope.id}
    fields: list[tuple[str, str, list, Any]] = [
        ("period", _("Period"), [(key, words) for key, words in filters.PERIODS.items()], asked.preset),
        ("unit", _("Unit"), _units(choices), asked.unit.pk if asked.unit else ""),
        ("course", _("Course"), [("", _("all")), *choices.courses], picked.get("course", "")),
        ("session", _("Session"), [("", _("all")), *choices.sessions], picked.get("session", "")),
        ("space", _("Space"), [("", pgettext("spaces", "all")), *choices.spaces], picked.get("space", "")),
        ("view", _("Counted by"), list(filters.VIEWS.items()), asked.view),
    ]
    always = {"period", "view"}
    return [
        FilterField(name, label, [(value, words, str(value) == str(chosen)) for value, words in options])
        for name, label, options, chosen in fields
        if len(options) > 1 or name in always
    ]


def _units(choices: Choices) -> list[tuple[Any, str]]:
    return [("", _("all"))] + [
        (unit.pk, "\u2003" * depth + unit.name) for unit, depth in choices.offered_units
    ]
