from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community import rules
from community.actions.gates import (
    lock_thread_row,
    refuse_archived,
    refuse_closed_gate,
    refuse_locked,
    refuse_silenced,
    require,
)
from community.live import announce_thread
from community.models import Choice, Post, Reaction, Vote
from core.errors import Refused
from events.recording import record


@transaction.atomic
def react(post: Post, *, user, kind: str = Reaction.Kind.USEFUL) -> Post:
    """Say that a post was useful (or thank, …). Never on one's own; saying it twice is saying it once."""
    seat = _seat_for(post, user, kind)
    locked = _lock(post)
    # Told from the rows, since ignored conflicts do not say whether anything was written.
    if Reaction.objects.filter(post=locked, user=user, kind=kind).exists():
        return _as_counted(post, locked)
    Reaction.objects.create(post=locked, user=user, kind=kind, at=timezone.now())
    _recount(post, locked)
    _tell("community.post_reacted", post, seat, kind)
    return post


@transaction.atomic
def unreact(post: Post, *, user, kind: str = Reaction.Kind.USEFUL) -> Post:
    seat = _seat_for(post, user, kind)
    locked = _lock(post)
    gone, _rows = Reaction.objects.filter(post=locked, user=user, kind=kind).delete()
    if not gone:
        return _as_counted(post, locked)
    _recount(post, locked)
    _tell("community.post_unreacted", post, seat, kind)
    return post


def _seat_for(post: Post, user, kind: str) -> rules.Seat:
    if kind not in Reaction.Kind.values:
        raise Refused(_("There is no such reaction."), "kind")
    space = post.thread.space
    refuse_archived(space)
    seat = rules.seat_of(user, space)
    if not rules.can_react(seat, post):
        raise Refused(_("Let others say whether your message was useful."), "own")
    return seat


def _lock(post: Post) -> Post:
    return Post.objects.select_for_update(no_key=True, of=("self",)).get(pk=post.pk)


def _recount(post: Post, locked: Post) -> None:
    """From the rows, under the lock of the post: 800 people at once make 800."""
    marks = Reaction.objects.filter(post=locked, kind=Reaction.Kind.USEFUL).count()
    locked.useful_count = max(marks + locked.imported_useful, 0)
    locked.changed_at = timezone.now()
    locked.save(update_fields=["useful_count", "changed_at"])
    _as_counted(post, locked)


def _as_counted(post: Post, locked: Post) -> Post:
    post.useful_count, post.changed_at = locked.useful_count, locked.changed_at
    return post


def _tell(verb: str, post: Post, seat: rules.Seat, kind: str) -> None:
    record(
        verb, actor=seat.user, role=seat.acting_role, subject=post,
        organisation_id=seat.space.organisation_id, space_id=seat.space.pk,
        thread_id=post.thread_id, post_id=post.pk, data={"kind": kind, "author": post.author_id},
    )  # fmt: skip
    announce_thread(post.thread)


@transaction.atomic
def vote(choice: Choice, *, user, at: datetime | None = None) -> Vote:
    """Take one way out of a case or answer a poll; one may change one's mind until it ends."""
    seat = rules.seat_of(user, choice.thread.space)
    require(seat.is_member)
    refuse_archived(choice.thread.space)
    refuse_silenced(seat)
    thread = lock_thread_row(choice.thread)
    refuse_locked(thread)
    refuse_closed_gate(thread, seat)
    if thread.ends_at is not None and thread.ends_at <= (at or timezone.now()):
        raise Refused(_("This vote has ended."), "ended")
    found = Vote.objects.filter(thread=thread, user=user).first()
    if found is not None:
        if found.choice_id != choice.pk:
            found.choice = choice
            found.save(update_fields=["choice"])
            announce_thread(thread)
        return found
    found = Vote.objects.create(thread=thread, choice=choice, user=user, at=at or timezone.now())
    record(
        "community.choice_voted", actor=user, role=seat.acting_role, subject=choice, at=at,
        organisation_id=thread.space.organisation_id, space_id=thread.space_id, thread_id=thread.pk,
    )  # fmt: skip
    announce_thread(thread)
    return found
