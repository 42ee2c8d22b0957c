"""Who may do what in a space, as predicates on a person's seat there; the same for view, template and API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet

from community.models import Membership, Post, Space, Thread
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

    @property
    def is_member(self) -> bool:
        return self.role is not None

    @property
    def is_facilitator(self) -> bool:
        return self.role == Membership.Role.FACILITATOR

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
    return Seat(user, space, *found[0]) if found else Seat(user, space, None)


@prepared
def _membership(space: int, user: int) -> QuerySet:
    return Membership.objects.filter(space=space, user=user).values_list("role", "notify")


def can_create_space(user) -> bool:
    return user.organisation_id is not None and (is_trainer(user) or is_administrator(user))


def can_change_space(seat: Seat) -> bool:
    return seat.is_facilitator or (seat.is_at_home and is_administrator(seat.user))


def can_join(seat: Seat) -> bool:
    """An open space of one's organisation takes everyone in; a closed one is asked, a hidden one invites."""
    opened = seat.space.visibility == Space.Visibility.OPEN
    return not seat.is_member and seat.is_at_home and opened and seat.space.archived_at is None


def can_ask_to_join(seat: Seat) -> bool:
    closed = seat.space.visibility == Space.Visibility.CLOSED
    return not seat.is_member and seat.is_at_home and closed and seat.space.archived_at is None


def can_write(seat: Seat) -> bool:
    return seat.is_member and seat.space.archived_at is None


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
    """Whoever removed it takes that back; a facilitator takes back any removal."""
    return seat.is_facilitator or post.deleted_by_id == seat.user.pk


def can_accept(seat: Seat, thread: Thread) -> bool:
    """The asker, who facilitates the space, or a trainer of its organisation."""
    is_asker = thread.author_id is not None and thread.author_id == seat.user.pk
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


def can_see_hidden(seat: Seat, post: Authored) -> bool:
    """What a facilitator hid stays readable to its author, who may be asked to rephrase, and to facilitators."""
    return seat.is_facilitator or post.author_id == seat.user.pk
