"""What a page or the API shows of a person: one frozen card, made in the query that names them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from core.addresses import address_of
from core.prepared import AnyOf, prepared
from people.models import Standing, User

TINTS = 8
# The columns of `PersonCard`, from a user.
COLUMNS = (
    "pk",
    "name",
    "handle",
    "anonymised_at",
    "profile__picture",
    "standing__role",
    "standing__expertise",
    "standing__recognition",
)


class PersonCard(NamedTuple):
    """Fifty users with profile and standing cost far more than fifty of these."""

    pk: int
    name: str
    handle: str
    anonymised_at: datetime | None = None
    picture: str | None = None
    role: str | None = None
    expertise: str | None = None
    recognition: str | None = None

    @classmethod
    def of(cls, user: User) -> PersonCard:
        """The card of a user; profile and standing count only where the query brought them (select_related)."""
        profile, standing = _joined(user, "profile"), _joined(user, "standing")
        return cls(
            user.pk,
            user.name,
            user.handle,
            user.anonymised_at,
            profile.picture.name if profile else None,
            standing.role if standing else None,
            standing.expertise if standing else None,
            standing.recognition if standing else None,
        )

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()

    @property
    def url(self) -> str:
        """The address of their page; nothing for somebody who has left."""
        return "" if self.anonymised_at else address_of("people:person", self.handle)

    @property
    def picture_url(self) -> str:
        """Always the view that checks who asks, wherever the file lies."""
        return address_of("people:picture", self.picture.rpartition("/")[2]) if self.picture else ""

    @property
    def tint(self) -> int:
        """The colour class (0 to 7) of a person, always the same for the same id."""
        return self.pk % TINTS

    @property
    def role_label(self) -> Any:
        return Standing.Role(self.role).label if self.role else ""


def _joined(user: User, relation: str) -> Any:
    return user._state.fields_cache.get(relation)


def card_columns(relation: str) -> tuple[str, ...]:
    """The columns of the card of somebody a row names: `card_columns("author")`."""
    return tuple(f"{relation}__{name}" for name in COLUMNS)


def card_from(columns: Sequence[Any]) -> PersonCard | None:
    """The card of a row's columns; None where the row names nobody."""
    return PersonCard(*columns) if columns[0] is not None else None


def person_cards(ids: Iterable[int | None]) -> dict[int, PersonCard]:
    """The cards of these people by their id, in one query; ids of nobody are left out."""
    known = {number for number in ids if number is not None}
    return {row[0]: PersonCard(*row) for row in _rows(ids=list(known))} if known else {}


@prepared
def _rows(ids: list[int]):
    return User.objects.filter(AnyOf("pk", ids)).order_by().values_list(*COLUMNS)
