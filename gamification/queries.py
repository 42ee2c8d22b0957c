from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import ngettext

from gamification.definitions import WORDS
from gamification.models import Grant


@dataclass(frozen=True)
class Held:
    code: str
    name: Any
    meaning: Any
    icon: str
    times: int
    last: datetime

    @property
    def words(self) -> str:
        """How often it was earned, as a sentence."""
        return ngettext("Earned %(times)d time", "Earned %(times)d times", self.times) % {"times": self.times}


def recognitions_of(user: Any) -> list[Held]:
    """The recognitions a person holds and how often they earned each, the latest first; one query."""
    earned = (
        Grant.objects.filter(user=user, recognition__active=True)
        .values("recognition")
        .annotate(times=Count("pk"), last=Max("granted_at"))
        .order_by("-last")
    )
    return [
        Held(code, words.name, words.meaning, words.icon, row["times"], row["last"])
        for row in earned
        if (words := WORDS.get(code := row["recognition"]))
    ]
