"""Who may do what in a space, as predicates on a person's seat there; the same for view, template and API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import OuterRef, QuerySet, Subquery

from community.models import Departure, Membership, Mute, Post, Space, Thread
from core.prepared import prepared
from people.rules import is_administrator, is_trainer


class Authored(Protocol):
    """What somebody wrote; None is who left."""

    @property
    def author_id(self) -> int | None: ...


@dataclass(frozen=True)
class Seat:
    """Where a person sits in a space: read once, then asked by every predicate of a page."""

    user: Any
    space: Space
    role: str | None
    notify: str = Membership.Notify.MENTIONS
    # A facilitator asked them to be silent here until then.
    muted_until: datetime | None = None
    has_accepted: bool = True
    # A facilitator took them out of the space.
    was_removed: bool = False

    @property
    def is_member(self) -> bool:
        return self.role is not None

    @property
    def is_facilitator(self) -> bool:
        return self.role == Membership.Role.FACILITATOR

    @property
    def owes_charter(self) -> bool:
        """Brought in or let in, or the charter has changed: they have not accepted it as it is now."""
        return self.is_member and bool(self.space.charter) and not self.has_accepted

    @property
    def is_at_home(self) -> bool:
        return self.user.organisation_id == self.space.organisation_id

    @property
    def acting_role(self) -> str:
        """The role the log keeps for what is done here: who facilitates a space is no learner in it."""
        role = self.user.event_role
        return "trainer" if role == "learner" and self.is_facilitator else role


def seat_of(user, space: Space) -> Seat:
    found = _membership(space=space.pk, user=user.pk)
    if not found:
        removed = Departure.objects.removals_of(user).filter(space=space).exists()
        return Seat(user, space, None, was_removed=removed)
    role, notify, accepted_at, muted_until = found[0]
    return Seat(user, space, role, notify, muted_until, accepted_at is not None)


def seat_in(row: Any, user: Any) -> Seat:
    """The seat that `space_for` and `thread_for` have read with their row."""
    space = row if isinstance(row, Space) else row.space
    removed = getattr(row, "was_removed", False)
    accepted = row.charter_accepted_at is not None
    return Seat(
        user, space, row.my_role, muted_until=row.muted_until, has_accepted=accepted, was_removed=removed
    )


@prepared
def _membership(space: int, user: int) -> QuerySet:
    seats = Membership.objects.filter(space=space, user=user).annotate(muted_until=muted_until("space", user))
    return seats.values_list("role", "notify", "charter_accepted_at", "muted_until")


def muted_until(space: str, user: int) -> Subquery:
    """Until when a person is asked to be silent in the space that the column `space` of a row names."""
    standing = Mute.objects.standing().filter(space=OuterRef(space), user=user)
    return Subquery(standing.order_by("-until").values("until")[:1])


def can_create_space(user) -> bool:
    return user.organisation_id is not None and (is_trainer(user) or is_administrator(user))


def can_change_space(seat: Seat) -> bool:
    return seat.is_facilitator or (seat.is_at_home and is_administrator(seat.user))


def can_join(seat: Seat) -> bool:
    """An open space of one's organisation takes everyone in; a closed one is asked, a hidden one invites."""
    opened = seat.space.visibility == Space.Visibility.OPEN and not seat.was_removed
    return not seat.is_member and seat.is_at_home and opened and seat.space.archived_at is None


def can_ask_to_join(seat: Seat) -> bool:
    """A closed space; and an open one by whom a facilitator took out of it."""
    closed = seat.space.visibility == Space.Visibility.CLOSED
    taken_out = seat.was_removed and seat.space.visibility == Space.Visibility.OPEN
    return not seat.is_member and seat.is_at_home and (closed or taken_out) and seat.space.archived_at is None


def can_write(seat: Seat) -> bool:
    silent = seat.muted_until is not None or seat.owes_charter
    return seat.is_member and seat.space.archived_at is None and not silent


def can_remove(seat: Seat, other: Seat) -> bool:
    """Whoever steers the space, and never themselves; a course's space is left by leaving the course."""
    return can_mute(seat, other) and not seat.space.about_url


def can_mute(seat: Seat, other: Seat) -> bool:
    return can_change_space(seat) and other.is_member and other.user.pk != seat.user.pk


def is_gate_closed(thread: Thread, seat: Seat) -> bool:
    """`thread` comes from `thread_for(user, pk)`, which knows whether the reader has passed."""
    return thread.gate != Thread.Gate.OPEN and not thread.passed and not seat.is_facilitator  # type: ignore[attr-defined]  # `thread_for` annotates it


def can_reply(seat: Seat, thread: Thread) -> bool:
    """`thread` comes from `thread_for`. One that opens after an answer elsewhere waits for that answer."""
    waits_elsewhere = thread.gate == Thread.Gate.PASS and is_gate_closed(thread, seat)
    return can_write(seat) and not thread.is_locked and not waits_elsewhere


def can_react(seat: Seat, post: Post) -> bool:
    return post.author_id != seat.user.pk


def can_edit(seat: Seat, post: Authored) -> bool:
    return post.author_id == seat.user.pk and seat.is_member


def can_delete(seat: Seat, post: Authored) -> bool:
    return seat.is_facilitator or post.author_id == seat.user.pk


def can_restore(seat: Seat, post: Post) -> bool:
    """Whoever removed it takes that back, their own words as long as they are a member; a facilitator any removal."""
    is_own = post.author_id == seat.user.pk
    return seat.is_facilitator or (post.deleted_by_id == seat.user.pk and (seat.is_member or not is_own))


def can_accept(seat: Seat, thread: Thread) -> bool:
    """The asker, who facilitates the space, or a trainer of its organisation."""
    is_asker = thread.author_id is not None and thread.author_id == seat.user.pk and seat.is_member
    return is_asker or seat.is_facilitator or (seat.is_at_home and is_trainer(seat.user))


def can_flag(seat: Seat, post: Authored) -> bool:
    return post.author_id != seat.user.pk


def can_decide(seat: Seat, post: Authored) -> bool:
    """Nobody decides on what they wrote themselves."""
    is_judge = seat.is_facilitator or (seat.is_at_home and is_administrator(seat.user))
    return is_judge and post.author_id != seat.user.pk


def can_steer(seat: Seat) -> bool:
    """Pin, lock, look after a question."""
    return seat.is_facilitator


def can_change_end(seat: Seat, thread: Thread) -> bool:
    """Whoever set a challenge, while they may write there, and who facilitates the space."""
    is_author = thread.author_id is not None and thread.author_id == seat.user.pk
    return thread.kind == Thread.Kind.CHALLENGE and (seat.is_facilitator or (is_author and can_write(seat)))


def can_see_hidden(seat: Seat, post: Authored) -> bool:
    """What a facilitator hid stays readable to its author, who may be asked to rephrase, and to facilitators."""
    return seat.is_facilitator or post.author_id == seat.user.pk
