"""Number formatting of figures: in the language of the reader, with their unit, or a dash for a missing one."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from analytics.metrics.base import Metric, Number, Unit, Value, rounded
from analytics.reports import Line

DASH = "—"
HOUR, DAY = 60, 60 * 24


def percent(share: Number) -> str:
    return _percent(share, get_language())


@lru_cache(maxsize=10_000)
def _percent(share: Number, language: str) -> str:
    """`language` is the active one."""
    return _("%(number)s%%") % {"number": decimal(rounded(share, Unit.SHARE) * 100, 0)}


def decimal(number: Number, digits: int) -> str:
    return _decimal(number, digits, get_language())


@lru_cache(maxsize=10_000)
def _decimal(number: Number, digits: int, language: str) -> str:
    """`language` is the active one."""
    # Django cuts what it is not asked to write; it is given what is already rounded.
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    exact = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN) + 0
    return formats.number_format(exact, digits, use_l10n=True, force_grouping=True)


def duration(minutes: Number) -> str:
    minutes = int(rounded(minutes, Unit.MINUTES))
    if minutes < HOUR:
        return _("%(number)s min") % {"number": minutes}
    if minutes < 2 * DAY:
        hours, rest = divmod(minutes, HOUR)
        return _("%(hours)s h %(minutes)02d") % {"hours": hours, "minutes": rest}
    days = minutes // DAY
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}


def written(metric: Metric, value: Value) -> str:
    if value.number is None:
        return DASH
    match metric.unit:
        case Unit.SHARE:
            words = percent(value.number)
        case Unit.MINUTES:
            words = duration(value.number)
        case Unit.INDEX:
            words = decimal(value.number, 2)
        case _:
            words = decimal(value.number, 0 if value.number == int(value.number) else 1)
    return _("over %(duration)s") % {"duration": words} if value.beyond else words


def change(line: Line) -> str:
    """The difference with the preceding period as both are written, with its sign."""
    if line.change is None:
        return ""
    if not line.change:
        return _("stable")
    sign = "−" if line.change < 0 else "+"
    amount = abs(line.change)
    match line.metric.unit:
        case Unit.SHARE:
            points = int(amount * 100)
            words = ngettext("%(number)s pt", "%(number)s pts", points) % {"number": points}
        case Unit.MINUTES:
            words = duration(amount)
        case Unit.INDEX:
            words = decimal(amount, 2)
        case _:
            words = decimal(amount, 1)
    return f"{sign}{words}"


def is_good(line: Line) -> bool | None:
    """Whether the change is for the better; None where the intervals overlap or neither is better (C9)."""
    if line.change is None or line.metric.more_is_better is None or not line.change:
        return None
    now, before = line.value, line.before
    if _overlap(now, before):
        return None
    return (line.change > 0) == line.metric.more_is_better


def _overlap(left: Value, right: Value) -> bool:
    if left.low is None or left.high is None or right.low is None or right.high is None:
        return False
    return left.low <= right.high and right.low <= left.high


def interval(value: Value) -> str:
    if value.low is None or value.high is None:
        return ""
    return _interval(value.low, value.high, get_language())


@lru_cache(maxsize=10_000)
def _interval(low: Number, high: Number, language: str) -> str:
    """`language` is the active one."""
    return _("95%% interval: %(low)s to %(high)s") % {"low": percent(low), "high": percent(high)}


def dates(first: date, last: date) -> str:
    """“1 Sep – 20 Nov 2026”: the year once when it is the same, one day alone by itself."""
    full = formats.get_format("SHORT_DATE_FORMAT")
    if first == last:
        return formats.date_format(first, full)
    day = full.removesuffix(" Y")
    start = formats.date_format(first, day if first.year == last.year else full)
    return f"{start} – {formats.date_format(last, full)}"


def week(monday: date) -> str:
    return _("W%(number)s") % {"number": monday.isocalendar().week}


def share_or_dash(share: Number | None) -> str:
    return DASH if share is None else percent(share)
