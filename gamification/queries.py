from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils.translation import ngettext

from core.prepared import prepared
from gamification.definitions import WORDS
from gamification.models import Grant


@dataclass(frozen=True)
class HeldRecognition:
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


def recognitions_of(user: Any) -> list[HeldRecognition]:
    """The recognitions a person holds and how often they earned each, the latest first; one query."""
    return [
        HeldRecognition(code, words.name, words.meaning, words.icon, times, last)
        for code, times, last in _earned(user=user.pk)
        if (words := WORDS.get(code))
    ]


@prepared
def _earned(user: int) -> QuerySet:
    grants = Grant.objects.filter(user=user, recognition__active=True).values("recognition")
    earned = grants.annotate(times=Count("pk"), last=Max("granted_at")).order_by("-last")
    return earned.values_list("recognition", "times", "last")
