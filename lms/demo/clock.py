"""When things happened in the demo academy: days before the moment of seeding, at hours when people work."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
SPAN = re.compile(r"(\d+)([mhd])")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
OPENING, CLOSING = 8 * 60, 19 * 60
HISTORY = 90


def span(text: str) -> timedelta:
    """`90m`, `26h` or `3d`."""
    found = SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is no length of time")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


class Clock:
    """Everything is dated from one moment, so that a seed made tomorrow looks as alive as today's."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    @property
    def today(self):
        return self.now.astimezone(PARIS).date()

    def days_ago(self, days: float, chance) -> datetime:
        """A moment of a working day about `days` ago; what is younger than a day keeps its hour."""
        moment = self.now - timedelta(days=days)
        if days < 1:
            return moment
        local = moment.astimezone(PARIS)
        day = local.date() - timedelta(days=max(local.weekday() - 4, 0))
        minute = chance.randint(OPENING + 20, CLOSING - 90)
        return self._before_now(
            datetime.combine(day, time(minute // 60, minute % 60, chance.randrange(60)), PARIS)
        )

    def awake(self, moment: datetime) -> datetime:
        """`moment`, or the next morning when everybody sleeps; the order of moments never changes."""
        if self.now - moment < timedelta(days=1):
            return self._before_now(moment)
        local = moment.astimezone(PARIS)
        minutes = local.hour * 60 + local.minute + local.second / 60
        if minutes < OPENING:
            minutes = OPENING - 30 + 30 * minutes / OPENING
        elif minutes > CLOSING:
            minutes = CLOSING + 60 * (minutes - CLOSING) / (24 * 60 - CLOSING)
        midnight = datetime.combine(local.date(), time(0), PARIS)
        return self._before_now(midnight + timedelta(minutes=minutes))

    def _before_now(self, moment: datetime) -> datetime:
        return min(moment, self.now - timedelta(minutes=2))
