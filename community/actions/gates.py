"""What every action asks before it writes: is this person allowed, and is the place still open."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from community.models import Post, Space, Thread, ThreadPass
from community.rules import Seat
from core.errors import Refused


def require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def refuse_archived(space: Space) -> None:
    if space.archived_at is not None:
        raise Refused(_("This space is archived: it can be read, nothing more is written in it."), "archived")


def refuse_silenced(seat: Seat) -> None:
    """Whoever is asked to be silent for a while, or has not accepted the charter as it is now."""
    if seat.muted_until is not None:
        when = date_format(timezone.localtime(seat.muted_until, seat.user.zone), "SHORT_DATETIME_FORMAT")
        raise Refused(_("You cannot write in this space until %(when)s.") % {"when": when}, "muted")
    if seat.owes_charter:
        raise Refused(_("Read the charter of this space and accept it before you write."), "charter")


def refuse_locked(thread: Thread) -> None:
    if thread.closed_at is not None:
        raise Refused(_("This discussion was removed."), "removed")
    if thread.locked_at is not None:
        raise Refused(
            _("This discussion is closed: it can be read, nothing more is written in it."), "locked"
        )


def refuse_closed_gate(thread: Thread, seat: Seat) -> None:
    """A thread that opens after an answer elsewhere takes no reply before that answer."""
    if thread.gate != Thread.Gate.PASS or seat.is_facilitator:
        return
    if not ThreadPass.objects.filter(thread=thread, user=seat.user).exists():
        raise Refused(_("This discussion opens once you have answered."), "gate")


def settle_gate(thread: Thread, user: Any) -> None:
    """A thread that opens by a reply is open to who opened it and to who has a reply there now: taken back, it closes."""
    if thread.gate != Thread.Gate.AFTER_REPLY or user is None or user.pk == thread.author_id:
        return
    if Post.objects.published().filter(thread=thread, author=user, number__gt=1).exists():
        ThreadPass.objects.bulk_create([ThreadPass(thread=thread, user=user)], ignore_conflicts=True)
    else:
        ThreadPass.objects.filter(thread=thread, user=user).delete()


def lock_thread_row(thread: Thread) -> Thread:
    """The thread as it is now, held until the end of the transaction. Threads are locked before posts."""
    locked = Thread.objects.select_for_update(no_key=True, of=("self",)).select_related("space")
    return locked.get(pk=thread.pk)
