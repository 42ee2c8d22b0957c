"""When something happened, as pages say it: “2 hours ago” for a week, the day after that.

The server writes these words: a browser that had to find them would keep a phone busy before it can answer.
`assets/js/moments.js` says them again as they age on a page left open.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone, translation
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7)


class Moment(NamedTuple):
    """`iso` for machines, `full` with date and hour, `words` as people say it; `ages`: the words change within a day."""

    iso: str
    full: str
    words: str
    ages: bool


def moment(value: datetime, *, spoken: bool = False) -> Moment:
    """A moment in the language and zone of the reader.

    `spoken` is for the middle of a sentence: “asked on 12 Sep”, where a list says “12 Sep”.
    """
    now = timezone.now()
    # As far as it tells in the words: to the minute, of an old one to the hour.
    now = now.replace(minute=now.minute if now - value < WEEK else 0, second=0, microsecond=0)
    return _moment(value, now, spoken, translation.get_language(), timezone.get_current_timezone_name())


@lru_cache(maxsize=20_000)
def _moment(value: datetime, now: datetime, spoken: bool, language: str, zone: str) -> Moment:
    """`language` and `zone` are the active ones."""
    return Moment(
        value.isoformat(),
        date_format(timezone.localtime(value), "DATETIME_FORMAT"),
        _words(value, now, spoken=spoken),
        -MINUTE < now - value < DAY,
    )


def clock(seconds: float) -> str:
    """3:12, or 1:03:12 past the hour."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def delay(span: timedelta) -> str:
    """A delay as people say it: 18 min, 3 h, 2 days."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return _("%(n)s min") % {"n": max(minutes, 1)}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _words(value: datetime, now: datetime, *, spoken: bool) -> str:
    age, local, today = now - value, timezone.localtime(value), timezone.localtime(now)
    if not -MINUTE < age < WEEK:  # clocks of two machines differ a little
        shape = get_format("SHORT_DATE_FORMAT")
        shape = shape.removesuffix(" Y") if local.year == today.year else shape
        day = date_format(local, shape).replace(" ", "\N{NO-BREAK SPACE}")
        return _("on %(day)s") % {"day": day} if spoken else day
    if age < MINUTE:
        return _("just now")
    if age < HOUR:
        number = age // MINUTE
        return ngettext("%(number)s minute ago", "%(number)s minutes ago", number) % {"number": number}
    if age < DAY:
        number = age // HOUR
        return ngettext("%(number)s hour ago", "%(number)s hours ago", number) % {"number": number}
    number = (today.date() - local.date()).days
    if number == 1:
        return _("yesterday")
    return ngettext("%(number)s day ago", "%(number)s days ago", number) % {"number": number}
