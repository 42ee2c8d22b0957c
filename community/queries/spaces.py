from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from community.models import Departure, JoinRequest, Membership, Mute, Space, Thread
from community.queries.unread import read_to, unread_posts
from community.rules import muted_until
from core.prepared import prepared
from people.queries.person_card import PersonCard, card_columns, card_from
from people.reader import Reader


def spaces_to_browse(user: Any, *, words: str = "") -> tuple[list[Space], list[Space]]:
    """One's own spaces and those to discover, each with its members, last talk and what is new there."""
    spaces = (
        Space.objects.visible_to(user)
        .listed()
        .annotate(
            my_role=Subquery(Membership.objects.filter(space=OuterRef("pk"), user=user).values("role")[:1]),
            members=_per_space(Membership.objects.all()),
            new=_per_space(_threads_with_news(user)),
            last_post_at=Subquery(_threads().order_by("-last_post_at").values("last_post_at")[:1]),
            asked=Exists(JoinRequest.objects.filter(space=OuterRef("pk"), user=user, answered_at=None)),
        )
        .order_by(F("last_post_at").desc(nulls_last=True), "name")
    )
    if words:
        spaces = spaces.filter(Q(name__icontains=words) | Q(purpose__icontains=words))
    found = list(spaces)
    return [space for space in found if space.my_role], [space for space in found if not space.my_role]


def _threads():
    return Thread.objects.listed().filter(space=OuterRef("pk"))


def _threads_with_news(user: Any):
    """A thread counts once, and only what was said since one joined."""
    joined = Membership.objects.filter(space=OuterRef("space"), user=user).values("joined_at")
    threads = Thread.objects.listed().annotate(read_to=read_to(user.pk), joined=Subquery(joined[:1]))
    return threads.filter(Exists(unread_posts(user.pk).filter(created_at__gt=OuterRef("joined"))))


def _per_space(rows) -> Coalesce:
    counted = rows.filter(space=OuterRef("pk")).order_by().values("space").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number"), output_field=IntegerField()), 0)


def space_for(user: Any, slug: str) -> Space | None:
    """A space with all that this person is to it, in one query; None for a stranger."""
    found = _space_for(reader=Reader.of(user), slug=slug)
    return found[0] if found else None


@prepared
def _space_for(reader: Reader, slug: str) -> QuerySet:
    memberships = Membership.objects.filter(space=OuterRef("pk"), user=reader.pk)
    return (
        Space.objects.visible_to(reader)
        .filter(slug=slug)
        .annotate(
            my_role=Subquery(memberships.values("role")[:1]),
            my_notify=Subquery(memberships.values("notify")[:1]),
            charter_accepted_at=Subquery(memberships.values("charter_accepted_at")[:1]),
            muted_until=muted_until("pk", reader.pk),
            was_removed=Exists(Departure.objects.removals_of(reader).filter(space=OuterRef("pk"))),
            is_readable=Exists(Space.objects.readable_by(reader).filter(pk=OuterRef("pk"))),
            asked=Exists(JoinRequest.objects.filter(space=OuterRef("pk"), user=reader.pk, answered_at=None)),
            members=_per_space(Membership.objects.all()),
            talks=_per_space(Thread.objects.listed()),
        )
    )


class MemberRow(NamedTuple):
    person: PersonCard | None
    is_facilitator: bool


class JoinRequestRow(NamedTuple):
    pk: int
    message: str
    person: PersonCard | None


def members_of(space: Space, *, words: str = "") -> QuerySet:
    """Facilitators first, then by name: what `member_rows` reads."""
    members = Membership.objects.filter(space=space, user__anonymised_at=None).order_by("role", "user__name")
    found = members.filter(user__name__icontains=words) if words else members
    return found.values_list("role", *card_columns("user"))


def member_rows(rows: Iterable[tuple]) -> list[MemberRow]:
    return [MemberRow(card_from(row[1:]), row[0] == Membership.Role.FACILITATOR) for row in rows]


def facilitators_of(space: Space) -> list[PersonCard | None]:
    return [card_from(row) for row in _facilitators_of(space=space.pk)]


@prepared
def _facilitators_of(space: int) -> QuerySet:
    rows = Membership.objects.filter(space_id=space, role=Membership.Role.FACILITATOR)
    return rows.order_by("joined_at").values_list(*card_columns("user"))[:6]


def spaces_shared(user: Any, other: Any) -> QuerySet[Space]:
    """Spaces that both are members of and where one still writes."""
    mine = Space.objects.readable_by(user).filter(memberships__user=user, archived_at=None)
    return mine.filter(memberships__user=other).order_by("name", "pk")


def mute_of(space: Space, user: Any) -> Mute | None:
    """What asks a member to be silent here now, and why."""
    return Mute.objects.standing().filter(space=space, user=user).order_by("-until").first()


def open_join_requests(space: Space) -> list[JoinRequestRow]:
    waiting = JoinRequest.objects.filter(space=space, answered_at=None)
    rows = waiting.values_list("pk", "message", *card_columns("user"))
    return [JoinRequestRow(pk, message, card_from(person)) for pk, message, *person in rows]
