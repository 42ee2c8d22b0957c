from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community import rules
from community.actions.gates import lock_thread_row, refuse_archived, require
from community.live import announce_thread
from community.models import Post, Resolution, Thread
from core.errors import Refused
from events.recording import record


@transaction.atomic
def accept_answer(post: Post, *, by, at: datetime | None = None) -> Resolution:
    """Keep this reply as the answer of its thread; another one kept before is let go first."""
    seat = rules.seat_of(by, post.thread.space)
    require(rules.can_accept(seat, post.thread))
    refuse_archived(post.thread.space)
    if post.number == 1:
        raise Refused(_("A discussion does not answer itself: choose one of its replies."))
    thread = lock_thread_row(post.thread)
    if not Post.objects.published().filter(pk=post.pk).exists():
        raise Refused(_("This message was removed."), "removed")
    kept = Resolution.objects.filter(thread=thread).first()
    if kept is not None and kept.post_id == post.pk:
        return kept
    if kept is not None:
        _let_go(kept, thread, by=by, role=seat.acting_role)
    resolution = Resolution.objects.create(thread=thread, post=post, by=by, at=at or timezone.now())
    _tell("community.answer_accepted", post, thread, by=by, role=seat.acting_role, at=at)
    return resolution


@transaction.atomic
def unaccept_answer(thread: Thread, *, by) -> None:
    """The thread is open again; nothing happens when no answer was kept."""
    seat = rules.seat_of(by, thread.space)
    require(rules.can_accept(seat, thread))
    thread = lock_thread_row(thread)
    kept = Resolution.objects.filter(thread=thread).first()
    if kept is not None:
        _let_go(kept, thread, by=by, role=seat.acting_role)


def drop_resolution_of(post: Post, thread: Thread, *, by, role: str) -> None:
    """A post that is removed or hidden answers nothing any more. The caller holds the lock of the thread."""
    kept = Resolution.objects.filter(thread=thread, post=post).first()
    if kept is not None:
        _let_go(kept, thread, by=by, role=role)


def _let_go(kept: Resolution, thread: Thread, *, by, role: str) -> None:
    post = kept.post
    kept.delete()
    _tell("community.answer_unaccepted", post, thread, by=by, role=role)


def _tell(verb: str, post: Post, thread: Thread, *, by, role: str, at: datetime | None = None) -> None:
    Post.objects.filter(pk=post.pk).update(changed_at=timezone.now())
    record(
        verb, actor=by, role=role, subject=post, at=at, organisation_id=thread.space.organisation_id,
        space_id=thread.space_id, thread_id=thread.pk, post_id=post.pk,
        data={"author": post.author_id, "asker": thread.author_id},
    )  # fmt: skip
    announce_thread(thread)
