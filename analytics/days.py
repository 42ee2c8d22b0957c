"""Civil days of an organisation's time zone: those with 23 or 25 hours too (METRICS C4)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from people.models import Organisation

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def civil_day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def today(organisation: Organisation) -> date:
    return civil_day(timezone.now(), organisation.zone)


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of a civil day and the first instant of the next one."""
    start = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    end = datetime.combine(day + DAY, time(), tzinfo=zone).astimezone(UTC)
    return start, end


def each_day(first: date, last: date) -> Iterator[date]:
    """From the first day to the last, both included."""
    while first <= last:
        yield first
        first += DAY


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weeks_and_days(first: date, last: date) -> tuple[list[date], list[date]]:
    """A period as whole weeks (their Mondays) and the days left over at its edges."""
    start = first if first.weekday() == 0 else monday(first) + WEEK
    weeks = []
    while start + WEEK - DAY <= last:
        weeks.append(start)
        start += WEEK
    if not weeks:
        return [], list(each_day(first, last))
    before = list(each_day(first, weeks[0] - DAY))
    return weeks, before + list(each_day(weeks[-1] + WEEK, last))
