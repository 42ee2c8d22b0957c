"""Which kept answers are recognised: what is now, whichever way it came about."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Q

from community.models import Resolution

# Of two people, whichever of them asked: more than these within the window proves a pact, or nothing new.
PAIR_AT_MOST = 2
PAIR_WINDOW = timedelta(days=30)


class Pair(NamedTuple):
    """Two people of whom one asks and the other answers, in either order; None is somebody who was erased."""

    one: int
    other: int | None

    @classmethod
    def of(cls, author: int, asker: int | None) -> "Pair":
        return cls(author, None) if asker is None else cls(min(author, asker), max(author, asker))

    @property
    def people(self) -> list[int]:
        return [self.one] if self.other is None else [self.one, self.other]

    def between(self, author: str, asker: str) -> Q:
        """What one of them wrote in answer to the other."""
        if self.other is None:
            return Q(**{author: self.one, f"{asker}__isnull": True})
        return Q(**{author: self.one, asker: self.other}) | Q(**{author: self.other, asker: self.one})


class KeptAnswer(NamedTuple):
    post_id: int
    author_id: int
    space_id: int
    at: datetime

    @property
    def evidence(self) -> str:
        return f"post:{self.post_id}"


def recognised_answers(pair: Pair) -> list[KeptAnswer]:
    """What each of the two is recognised for by the other's questions, the first kept first."""
    # One's own word proves nothing, and neither does that of an asker whose account is closed.
    proven = Q(by=F("thread__author"), by__is_active=True) | (
        ~Q(by=F("thread__author")) & Q(by__isnull=False)
    )
    proven |= Q(by=None, thread__author__isnull=False)
    found = (
        Resolution.objects.filter(proven, pair.between("post__author", "thread__author"))
        .exclude(post__author=F("thread__author"))
        .exclude(post__author=F("by"))
        .filter(post__author__anonymised_at=None)
        .order_by("at", "pk")
        .values_list("post", "post__author", "thread__space", "at")
    )
    answers = [KeptAnswer(*row) for row in found]
    return answers if pair.other is None else list(_capped(answers))


def _capped(answers: Iterable[KeptAnswer]) -> Iterable[KeptAnswer]:
    counted: list[KeptAnswer] = []
    for answer in answers:
        recent = [one for one in counted if one.at > answer.at - PAIR_WINDOW]
        if len(recent) < PAIR_AT_MOST:
            counted.append(answer)
            yield answer


def pairs_of_asker(user_id: int) -> set[Pair]:
    """Those whose recognition hangs on whether this person, who kept their answers, has an account."""
    kept = Resolution.objects.filter(thread__author=user_id, by=user_id, post__author__isnull=False)
    return {Pair.of(author, user_id) for author in kept.values_list("post__author", flat=True)}


def pairs_of_the_erased(organisation_id: int | None) -> set[Pair]:
    kept = Resolution.objects.filter(
        thread__author=None, post__author__isnull=False, thread__space__organisation=organisation_id
    )
    return {Pair(author, None) for author in kept.values_list("post__author", flat=True)}
