"""Leaving a space, being taken out of it, being silent there for a while; and how each of these is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community import rules
from community.actions.gates import require
from community.actions.spaces import let_in, tell_log
from community.live import announce_space
from community.models import Departure, Membership, Mute, Space, Thread
from community.signals import membership_changed
from core import live
from core.errors import Refused
from core.words import checked_words

UNDO_FOR = timedelta(hours=24)
# For how many days somebody may be asked to be silent.
MUTE_DAYS = (1, 3, 7, 30)


@transaction.atomic
def leave_space(space: Space, *, user) -> Departure | None:
    """Go. The last facilitator hands the space over before they leave. None for who was no member."""
    facilitators = Membership.objects.select_for_update().filter(
        space=space, role=Membership.Role.FACILITATOR
    )
    ids = list(facilitators.values_list("user_id", flat=True))
    if ids == [user.pk] and not space.about_url:
        raise Refused(_("You are the only one who facilitates this space: name somebody else first."))
    return _depart(space, user, by=user)


@transaction.atomic
def remove_member(space: Space, *, user, by, reason: str) -> Departure | None:
    """Take somebody out of a space and tell them why; they come back only if they are let in again."""
    _plain_member(space, user, by=by, may=rules.can_remove)
    return _depart(space, user, by=by, reason=_needed(reason))


def _depart(space: Space, user, *, by, reason: str = "") -> Departure | None:
    seat = Membership.objects.select_for_update().filter(space=space, user=user).first()
    if seat is None:
        return None
    Departure.objects.filter(space=space, user=user, ended_at=None).update(ended_at=timezone.now())
    departure = Departure.objects.create(
        space=space, user=user, by=by, reason=reason, role=seat.role, notify=seat.notify,
        charter_accepted_at=seat.charter_accepted_at, joined_at=seat.joined_at, at=timezone.now(),
    )  # fmt: skip
    seat.delete()
    Thread.objects.filter(space=space, owner=user).update(owner=None)
    tell_log("community.space_left", space, user, data={} if by == user else {"by": by.pk})
    announce_space(space.pk)
    # Their open pages hear of the space no more; they ask for a new token, which leaves it out.
    live.revoke(user.pk)
    membership_changed.send(sender=Membership, user_id=user.pk)
    return departure


@transaction.atomic
def return_to_space(departure: Departure, *, by) -> Membership:
    """Take a departure back within a day: who left an open space by themselves, or who took somebody out.

    The person finds their seat as it was.
    """
    space, user = departure.space, departure.user
    if departure.by_id == user.pk:
        require(by.pk == user.pk and rules.can_join(rules.seat_of(user, space)))
    else:
        require(rules.can_change_space(rules.seat_of(by, space)))
    since = timezone.now() - UNDO_FOR
    standing = Departure.objects.select_for_update(of=("self",)).filter(pk=departure.pk, ended_at=None)
    if not standing.filter(at__gte=since).exists():
        # Pressed twice; but an older departure, after which they left again, is over.
        if not standing.exists() and (seat := Membership.objects.filter(space=space, user=user).first()):
            return seat
        raise Refused(_("It is too late to take this back."), "late")
    membership = let_in(space, user, accepted_at=departure.charter_accepted_at, by=None if by == user else by)
    membership.role, membership.notify = departure.role, departure.notify
    membership.joined_at = departure.joined_at
    membership.save(update_fields=["role", "notify", "joined_at"])
    return membership


@transaction.atomic
def mute_member(space: Space, *, user, by, reason: str, days: int) -> Mute:
    """Ask a member to be silent for `days` (one of MUTE_DAYS), and tell them why. The last word counts."""
    _plain_member(space, user, by=by, may=rules.can_mute)
    if days not in MUTE_DAYS:
        raise Refused(_("Choose one of the durations."), "days")
    _lock_silences(space)
    now = timezone.now()
    Mute.objects.filter(space=space, user=user, lifted_at=None).update(lifted_at=now)
    mute = Mute.objects.create(
        space=space, user=user, by=by, reason=_needed(reason), at=now, until=now + timedelta(days=days)
    )
    tell_log("community.member_muted", space, by, user, data={"mute": mute.pk, "days": days})
    announce_space(space.pk)
    return mute


@transaction.atomic
def unmute_member(mute: Mute, *, by) -> None:
    """Let somebody write again before the time was over."""
    _lift(mute, by=by)


@transaction.atomic
def undo_mute(mute: Mute, *, by) -> None:
    """Take a silence back: the one that it replaced stands again until its own end."""
    if _lift(mute, by=by):
        Mute.objects.filter(space=mute.space, user=mute.user, lifted_at=mute.at).update(lifted_at=None)


@transaction.atomic
def mute_again(mute: Mute, *, by) -> None:
    """Take back that somebody may write again: the silence stands until its first end."""
    require(rules.can_change_space(rules.seat_of(by, mute.space)))
    _lock_silences(mute.space)
    _refuse_overtaken(mute)
    if mute.until <= timezone.now():
        raise Refused(_("It is too late to take this back."), "late")
    if Mute.objects.filter(pk=mute.pk, lifted_at__isnull=False).update(lifted_at=None):
        tell_log("community.member_muted", mute.space, by, mute.user, data={"mute": mute.pk})
        announce_space(mute.space_id)


def _lift(mute: Mute, *, by) -> bool:
    require(rules.can_change_space(rules.seat_of(by, mute.space)))
    _lock_silences(mute.space)
    _refuse_overtaken(mute)
    lifted = Mute.objects.filter(pk=mute.pk, lifted_at=None).update(lifted_at=timezone.now())
    if lifted:
        tell_log("community.member_unmuted", mute.space, by, mute.user, data={"mute": mute.pk})
        announce_space(mute.space_id)
    return bool(lifted)


def _lock_silences(space: Space) -> None:
    """Two who decide about one member at once wait for each other: without it both silences would stand."""
    Space.objects.select_for_update(no_key=True).get(pk=space.pk)


def _refuse_overtaken(mute: Mute) -> None:
    """Who takes an old silence back does not know of the one that was asked for since."""
    if Mute.objects.standing().filter(space=mute.space, user=mute.user, at__gt=mute.at).exists():
        raise Refused(_("Another silence was decided meanwhile: look at it first."), "overtaken")


def _plain_member(space: Space, user, *, by, may: Callable[[rules.Seat, rules.Seat], bool]) -> None:
    seat, theirs = rules.seat_of(by, space), rules.seat_of(user, space)
    if rules.can_change_space(seat) and not theirs.is_member:
        raise Refused(_("This person is no longer a member."), "gone")
    require(may(seat, theirs))
    if theirs.is_facilitator:
        raise Refused(_("This person facilitates the space: make them a plain member first."), "role")


def _needed(reason: str) -> str:
    return checked_words(reason, "reason", most=600, needed=_("Say why: the person reads it."))
