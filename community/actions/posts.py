from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community import rules
from community.actions.answers import drop_resolution_of
from community.actions.attachments import attach_what_is_shown
from community.actions.gates import (
    lock_thread_row,
    refuse_archived,
    refuse_closed_gate,
    refuse_locked,
    refuse_silenced,
    require,
    settle_gate,
)
from community.actions.reading import discard_draft, finish_draft, watch
from community.actions.writing import announce_mentions, rendered_for
from community.live import announce_thread
from community.models import Post, PostRevision, ReadState, Thread, Watch
from core.errors import Refused
from core.idempotency import sending
from core.markdown import RENDERER_VERSION, clean_source, says_something
from events.recording import record

UNDO_FOR = timedelta(hours=24)

# The lock of this row is held until commit: numbers appear in order, with no hole and none twice.
NEXT_NUMBER = """
UPDATE community_thread
SET last_number = last_number + 1, number_of_posts = number_of_posts + 1,
    last_post_at = GREATEST(last_post_at, %s)
WHERE id = %s AND deleted_at IS NULL AND closed_at IS NULL
RETURNING last_number, locked_at
"""
COUNT_POSTS = """
UPDATE community_thread SET number_of_posts = (
    SELECT count(*) FROM community_post
    WHERE thread_id = community_thread.id AND deleted_at IS NULL AND hidden_at IS NULL
) WHERE id = %s
"""


@transaction.atomic
def write_post(
    thread: Thread,
    *,
    author,
    body: str,
    parent: Post | None = None,
    moment: int | None = None,
    key: UUID | None = None,
    language: str | None = None,
    sequence: int | None = None,
    at: datetime | None = None,
) -> Post:
    """Reply in a thread. A reply to a reply joins its parent; the same `key` again returns the first post.

    `sequence` is the state of the draft that was sent. Raises Refused with the sentence to show.
    """
    refuse_archived(thread.space)
    require((seat := rules.seat_of(author, thread.space)).is_member)
    refuse_silenced(seat)
    what = {"thread": thread.pk, "parent": parent.pk if parent else None, "body": body, "moment": moment}
    sent = sending(key, by=author, action="community.write_post", **what)
    if (first := sent.first_of(Post)) is not None:
        return first
    refuse_closed_gate(thread, seat)
    post = Post(
        thread=thread, author=author, body=clean_source(body), parent=_top_of(parent, thread), moment=moment,
        language=language or thread.language, renderer=RENDERER_VERSION,
        created_at=at or timezone.now(), changed_at=at or timezone.now(), **sent.fields,
    )  # fmt: skip
    rendered, people = rendered_for(thread.space, body)
    _refuse_empty(rendered.html)
    try:
        with transaction.atomic():
            _number(post)
            post.html = rendered.html
            post.save(force_insert=True)
    except IntegrityError:
        if (first := sent.first_of(Post)) is None:
            raise
        return first
    attach_what_is_shown(post)
    _settle(post, seat, answered=parent)
    finish_draft(author, place=_draft_place(thread, parent), sequence=sequence)
    announce_mentions(post, people, by=author)
    return post


def _refuse_empty(html: str) -> None:
    """Signs that are not seen, a line, a definition or only what others said are no words of one's own."""
    if not says_something(html):
        raise Refused(_("Write a few words first."), "body")


def _draft_place(thread: Thread, parent: Post | None) -> str:
    return f"thread:{thread.pk}:reply:{parent.pk}" if parent else f"thread:{thread.pk}"


def _top_of(parent: Post | None, thread: Thread) -> Post | None:
    """One level of replies. The opening post is the thread itself: replying to it is replying."""
    if parent is None:
        return None
    if parent.thread_id != thread.pk or not parent.is_published:
        raise Refused(_("The message you reply to is no longer there."), "parent")
    top = parent.parent or parent
    return None if top.number == 1 else top


def _number(post: Post) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [post.created_at, post.thread_id])
        row = cursor.fetchone()
    if row is None:
        raise Refused(_("This discussion was removed."), "removed")
    post.number, post.thread.locked_at = row
    post.thread.last_number = post.number
    refuse_locked(post.thread)


def _settle(post: Post, seat: rules.Seat, *, answered: Post | None) -> None:
    """What follows from a reply: the gate opens, one hears of the thread, the draft goes, the log knows."""
    thread, author = post.thread, post.author
    if thread.gate == Thread.Gate.AFTER_REPLY:
        settle_gate(thread, author)
    watch(thread, user=author, reason=Watch.Reason.REPLIED)
    # One's own post is no news; what others wrote in between stays new.
    ReadState.objects.filter(thread=thread, user=author, last_number=post.number - 1).update(
        last_number=post.number
    )
    record(
        "community.post_written", actor=author, role=seat.acting_role, subject=post, at=post.created_at,
        organisation_id=thread.space.organisation_id, space_id=thread.space_id,
        thread_id=thread.pk, post_id=post.pk,
        data={
            "number": post.number,
            "parent": post.parent_id,
            "to": answered.author_id if answered else thread.author_id,
            "length": len(post.body),
            "moment": post.moment,
        },
    )  # fmt: skip
    announce_thread(thread, number=post.number)


@transaction.atomic
def edit_post(post: Post, *, by, body: str, version: int | None = None) -> Post:
    """Change what one wrote; what it said before stays in its history.

    `version` is how many changes its writer knew of: one that came meanwhile is never overwritten in silence.
    """
    seat = rules.seat_of(by, post.thread.space)
    require(rules.can_edit(seat, post))
    refuse_archived(post.thread.space)
    refuse_silenced(seat)
    refuse_locked(post.thread)
    text = clean_source(body)
    locked = Post.objects.select_for_update(no_key=True, of=("self",)).get(pk=post.pk)
    if locked.deleted_at is not None:
        raise Refused(_("This message was removed."), "removed")
    if locked.body == text:
        return post
    if version is not None and version != PostRevision.objects.filter(post=locked).count():
        raise Refused(_("This message was changed meanwhile: both texts are below."), "changed")
    PostRevision.objects.create(post=locked, body=locked.body, edited_by=by)
    _before, called = rendered_for(post.thread.space, locked.body)
    rendered, people = rendered_for(post.thread.space, text)
    _refuse_empty(rendered.html)
    post.body, post.html, post.renderer = text, rendered.html, RENDERER_VERSION
    post.edited_at = post.changed_at = timezone.now()
    post.save(update_fields=["body", "html", "renderer", "edited_at", "changed_at"])
    attach_what_is_shown(post)
    announce_mentions(post, [person for person in people if person not in called], by=by)
    discard_draft(by, place=f"post:{post.pk}")
    _tell("community.post_edited", post, seat)
    return post


@transaction.atomic
def delete_post(post: Post, *, by) -> Post:
    """Remove a post for readers; the row stays, so that `restore_post` can undo it for a while.

    Removing the opening post removes the thread: its author may as long as nobody else has replied.
    """
    seat = rules.seat_of(by, post.thread.space)
    require(rules.can_delete(seat, post))
    thread = lock_thread_row(post.thread)
    now = timezone.now()
    if post.number == 1:
        _refuse_to_remove_others(thread, post, seat)
    changed = Post.objects.filter(pk=post.pk, deleted_at=None).update(
        deleted_at=now, deleted_by=by, changed_at=now
    )
    post.deleted_at, post.deleted_by = post.deleted_at or now, by
    if not changed:
        return post
    if post.number == 1:
        Thread.objects.filter(pk=thread.pk).update(deleted_at=now)
    drop_resolution_of(post, thread, by=by, role=seat.acting_role)
    settle_gate(thread, post.author)
    recount_posts(thread)
    _tell("community.post_deleted", post, seat, own=post.author_id == by.pk)
    return post


def _refuse_to_remove_others(thread: Thread, post: Post, seat: rules.Seat) -> None:
    others = Post.objects.published().filter(thread=thread, number__gt=1).exclude(author=post.author)
    if not seat.is_facilitator and others.exists():
        raise Refused(_("Others have replied: ask a facilitator to remove this discussion."), "answered")


@transaction.atomic
def restore_post(post: Post, *, by) -> Post:
    """Undo a removal, within a day of it."""
    seat = rules.seat_of(by, post.thread.space)
    if post.deleted_at is None:
        # Pressed twice: it is back.
        require(rules.can_delete(seat, post))
        return post
    require(rules.can_restore(seat, post))
    refuse_archived(seat.space)
    refuse_silenced(seat)
    thread = lock_thread_row(post.thread)
    since = timezone.now() - UNDO_FOR
    restored = Post.objects.filter(pk=post.pk, deleted_at__gte=since).update(
        deleted_at=None, deleted_by=None, changed_at=timezone.now()
    )
    if not restored:
        if Post.objects.filter(pk=post.pk, deleted_at=None).exists():
            return post
        raise Refused(_("It is too late to bring this message back."), "late")
    post.deleted_at = post.deleted_by = None
    if post.number == 1:
        Thread.objects.filter(pk=thread.pk).update(deleted_at=None)
    settle_gate(thread, post.author)
    recount_posts(thread)
    _tell("community.post_restored", post, seat)
    return post


def recount_posts(thread: Thread) -> None:
    """Counted from the rows, under the lock of the thread: removing and restoring end where they began."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_POSTS, [thread.pk])


def _tell(verb: str, post: Post, seat: rules.Seat, **data) -> None:
    record(
        verb, actor=seat.user, role=seat.acting_role, subject=post, post_id=post.pk,
        organisation_id=seat.space.organisation_id, space_id=seat.space.pk, thread_id=post.thread_id, data=data,
    )  # fmt: skip
    announce_thread(post.thread)
