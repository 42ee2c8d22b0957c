"""The report as a file. Same object as the page, so the same totals; percentages are numbers from 0 to 1."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analytics.metrics.base import Metric, Text, Unit, Value
from analytics.reports import Line, Report

# A cell that begins with one of these would be run as a formula by a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
UNITS = {Unit.SHARE: "0–1", Unit.NUMBER: "", Unit.MINUTES: "min", Unit.INDEX: "0–1"}
COLUMNS = (
    "metric", "version", "name", "detail", "group", "value", "n", "low_95", "high_95", "previous",
    "previous_n", "measure", "remark",
)  # fmt: skip


def csv_of(report: Report, *, plain: bool = False) -> str:
    """`plain` is for programs: commas and points whatever the language.

    Otherwise the file is what a spreadsheet of the reader's language opens by itself.
    """
    french = not plain and (get_language() or "").startswith("fr")
    out = io.StringIO()
    # The mark tells spreadsheets that the text is UTF-8.
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";" if french else ",", lineterminator="\r\n")
    for row in [*_header(report), [], COLUMNS, *_figures(report), [], *_weeks(report)]:
        writer.writerow([_cell(value, french=french) for value in row])
    return out.getvalue()


def _cell(value: object, *, french: bool) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    if value is None:
        return ""
    if isinstance(value, float):
        text = f"{value:.6f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if french else text
    if isinstance(value, int):
        return str(value)
    return _cell(str(value), french=french)


def _header(report: Report) -> Iterator[list[object]]:
    asked, organisation = report.filters, report.organisation
    yield [_("Report"), _("Engagement"), str(organisation)]
    yield [_("Period"), asked.period.first, asked.period.last]
    yield [_("Compared with"), asked.period.preceding.first, asked.period.preceding.last]
    yield [_("Time zone"), organisation.time_zone]
    yield [_("Unit"), asked.unit.name if asked.unit else _("all"), asked.view]
    yield [_("Filter"), asked.scope.kind, asked.scope.name or _("all")]
    yield [_("Learners"), report.group.size]
    yield [_("Not counted: enrolled for less than seven days"), report.short]
    yield [_("Smallest group shown"), organisation.small_group]
    built = timezone.localtime(report.built_at, organisation.zone) if report.built_at else None
    yield [_("Counted up to"), built.isoformat(timespec="minutes") if built else _("not yet")]
    for metric in dict.fromkeys(line.metric for line in report.lines):
        yield [metric.id, metric.version, metric.name, metric.question, *_beside(metric)]


def _beside(metric: Metric) -> tuple[Text, ...]:
    return metric.words.definition, metric.words.population, metric.edge_cases


def _figures(report: Report) -> Iterator[list[object]]:
    # A name is found in its language once, not for each unit.
    names = {line.code: (str(line.metric.name), str(line.reading.detail)) for line in report.lines}
    everybody = report.filters.unit.name if report.filters.unit else _("all")
    yield from _lines(everybody, report.lines, names)
    for row in report.rows:
        if row.hidden:
            yield ["", "", "", "", row.name, None, None, None, None, None, None, "", row.hidden]
        else:
            yield from _lines(row.name, row.lines.values(), names)


def _lines(group: str, lines: Iterable[Line], names: dict[str, tuple[str, str]]) -> Iterator[list[object]]:
    for line in lines:
        metric, value, before = line.metric, line.value, line.before
        yield [
            line.code, metric.version, *names[line.code], group, value.number, value.n, value.low, value.high,
            before.number, before.n, UNITS[metric.unit], _remark(value),
        ]  # fmt: skip


def _remark(value: Value) -> str:
    return _("not reached: more than this") if value.beyond else str(value.reason)


def _weeks(report: Report) -> Iterator[list[object]]:
    yield ["week", "learners", "active", "writers"]
    for week in report.weeks:
        yield [week.monday, week.learners, week.active.number, week.contributors.number]
