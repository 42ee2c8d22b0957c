"""Who wrote what a page shows, in as few words as it shows of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from core.prepared import AnyOf, prepared
from people.models import Profile, Standing, User

# The columns of `Author`, from a user.
SHOWN = ("pk", "name", "handle", "anonymised_at", "profile__picture", "standing__role", "standing__expertise")


class Author(NamedTuple):
    """All that a list shows of who wrote what stands in it; fifty users with profile and standing cost far more."""

    pk: int
    name: str
    handle: str
    anonymised_at: datetime | None
    picture: str | None
    role: str | None
    expertise: str | None

    @classmethod
    def of(cls, user: User) -> Author:
        """`user` came with profile and standing (select_related)."""
        profile, standing = getattr(user, "profile", None), getattr(user, "standing", None)
        picture = profile.picture.name if profile else None
        known = (standing.role, standing.expertise) if standing else (None, None)
        return cls(user.pk, user.name, user.handle, user.anonymised_at, picture, *known)

    @lru_cache(maxsize=2_000)  # noqa: B019 - it belongs to nobody's page: a tuple
    def person(self) -> User:
        """Who this is, to be drawn; never to be changed or saved."""
        person = User(pk=self.pk, name=self.name, handle=self.handle, anonymised_at=self.anonymised_at)
        person.profile = Profile(picture=self.picture or "")
        person.standing = Standing(role=self.role or "", expertise=self.expertise or "")
        return person


def authors_by_id(ids: Iterable[int | None]) -> dict[int, Author]:
    known = {number for number in ids if number is not None}
    return {row[0]: Author(*row) for row in _authors(ids=list(known))} if known else {}


@prepared
def _authors(ids: list):
    people = User.objects.filter(AnyOf("pk", ids)).order_by()
    return people.values_list(*SHOWN)
