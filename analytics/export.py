"""The report as a file: a zip with one CSV table each. Same object as the page, so the same numbers."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from analytics.metrics import ALL
from analytics.metrics.base import Unit, Value
from analytics.reports import Line, Report

UNITS = {Unit.SHARE: "0–1", Unit.NUMBER: "", Unit.MINUTES: "min", Unit.INDEX: "0–1"}
# A spreadsheet would run a cell that begins like this, invisible signs before it or not; or what follows a
# separator, where it splits cells by another one than ours.
INVISIBLE = r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*"
SIGNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
FORMULA = re.compile(rf"^(?=[\t\r\n])|^(?={INVISIBLE}{SIGNS})|(?<=[;,\t\r\n|])(?={SIGNS})")
Rows = list[list[object]]


def zip_of(report: Report, *, plain: bool = False) -> bytes:
    """`plain` is for programs: English headings, commas and points whatever the language.

    Otherwise the tables are what a spreadsheet of the reader's language opens by itself.
    """
    out = io.BytesIO()
    with override("en" if plain else get_language()), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, rows in tables(report).items():
            file.writestr(f"{slugify(name)}.csv", csv_of(rows, plain=plain))
    return out.getvalue()


def file_name(report: Report) -> str:
    """Says what is in it: unit and filter, first and last day."""
    asked = report.filters
    parts: list[object] = ["palabre", asked.unit.name if asked.unit else "", asked.scope.name]
    parts += [_("unit of today") if asked.view == "now" else "", asked.period.first, asked.period.last]
    return "-".join(slugify(str(part))[:40] for part in parts if part) + ".zip"


def tables(report: Report) -> dict[str, Rows]:
    return {
        _("report"): list(_about(report)),
        _("definitions"): list(_definitions()),
        _("figures"): list(_figures(report)),
        _("weeks"): list(_weeks(report)),
    }


def csv_of(rows: Rows, *, plain: bool) -> str:
    french = not plain and (get_language() or "").startswith("fr")
    out = io.StringIO()
    # The mark tells spreadsheets that the text is UTF-8.
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";" if french else ",", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value, french=french) for value in row])
    return out.getvalue()


def _cell(value: object, *, french: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value.normalize():f}"
        return text.replace(".", ",") if french else text
    if isinstance(value, int):
        return str(value)
    return FORMULA.sub("'", str(value))


def _about(report: Report) -> Iterator[list[object]]:
    asked, organisation = report.filters, report.organisation
    yield [_("Report"), _("Engagement")]
    yield [_("Organisation"), str(organisation)]
    yield [_("First day"), asked.period.first]
    yield [_("Last day"), asked.period.last]
    yield [_("Compared with"), f"{asked.period.preceding.first} – {asked.period.preceding.last}"]
    yield [_("Time zone"), organisation.time_zone]
    yield [_("Unit"), asked.unit.name if asked.unit else _("all")]
    yield [_("Counted by"), _("unit of today") if asked.view == "now" else _("unit at the time")]
    yield [_("Filter"), asked.scope.name or _("all")]
    yield [_("Learners"), report.group.size]
    yield [_("Not counted: enrolled for less than seven days"), report.short]
    yield [_("Smallest group shown"), organisation.small_group]
    built = timezone.localtime(report.built_at, organisation.zone) if report.built_at else None
    yield [_("Counted up to"), built.isoformat(timespec="minutes") if built else _("not yet")]


def _definitions() -> Iterator[list[object]]:
    yield [
        _("Metric"),
        _("Version"),
        _("Name"),
        _("Question"),
        _("Definition"),
        _("Population"),
        _("Edge cases"),
    ]
    for one in ALL:
        words = one.words
        yield [
            one.id,
            one.version,
            words.name,
            one.question,
            words.definition,
            words.population,
            one.edge_cases,
        ]


def _figures(report: Report) -> Iterator[list[object]]:
    yield [
        _("Metric"), _("Version"), _("Name"), _("Reading"), _("Group"), _("Value"), "n", _("Low 95 percent"),
        _("High 95 percent"), _("Value before"), _("n before"), _("Scale"), _("Remark"),
    ]  # fmt: skip
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
    yield [_("Week of"), _("Learners"), _("Active"), _("Writers")]
    for week in report.weeks:
        yield [week.monday, week.learners, week.active.number, week.contributors.number]
