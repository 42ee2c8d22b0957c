from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from community import rules
from community.actions.attachments import attach_what_is_shown
from community.actions.gates import lock_thread_row, refuse_archived, refuse_silenced, require
from community.actions.reading import finish_draft, watch
from community.actions.writing import announce_mentions, rendered_for
from community.live import announce_thread
from community.models import Choice, Post, ReadState, Space, Tag, Thread, ThreadPass, Watch
from core.errors import Refused
from core.idempotency import sending
from core.markdown import RENDERER_VERSION, clean_source, render, says_something
from core.words import as_read, checked_words, is_visible
from events.recording import record

WITH_CHOICES = {Thread.Kind.CASE, Thread.Kind.POLL}
LONGEST_CHALLENGE = timedelta(days=366)
LONGEST_CHOICE = 300


@transaction.atomic
def start_thread(
    space: Space,
    *,
    author,
    title: str,
    body: str,
    kind: str = Thread.Kind.DISCUSSION,
    gate: str = Thread.Gate.OPEN,
    choices: Sequence[str] = (),
    tags: Sequence[str] = (),
    language: str | None = None,
    moment: int | None = None,
    about_title: str = "",
    about_url: str = "",
    ends_at: datetime | None = None,
    key: UUID | None = None,
    sequence: int | None = None,
    at: datetime | None = None,
) -> Thread:
    """Open a conversation; its first post carries `body`. The same `key` again returns the first thread.

    With `about_url` an app above attaches the thread, and answers for the right to. `at` dates what an import or a seed brings; `moment` is in seconds of the video it speaks of.
    """
    refuse_archived(space)
    require((seat := rules.seat_of(author, space)).is_member or bool(about_url))
    if not about_url:
        refuse_silenced(seat)
    what = {"space": space.pk, "kind": kind, "gate": gate, "choices": list(choices), "tags": list(tags)}
    what |= {"ends_at": ends_at} if ends_at else {}
    sent = sending(key, by=author, action="community.start_thread", title=title, body=body, **what)
    if (first := sent.first_of(Thread)) is not None:
        return first
    title = checked_words(title, "title", most=200, needed=_("Give your discussion a title."))
    options = [text.strip() for text in choices if is_visible(text)]
    _refuse_bad_shape(body, kind, options)
    born = at or timezone.now()
    _refuse_bad_end(kind, ends_at, born)
    thread = Thread(
        space=space, kind=kind, title=title, language=language or space.language, author=author,
        gate=gate, last_number=1, number_of_posts=1, about_title=about_title, about_url=about_url,
        ends_at=ends_at, **sent.fields, created_at=born, last_post_at=born,
    )  # fmt: skip
    try:
        with transaction.atomic():
            thread.save(force_insert=True)
    except IntegrityError:
        if (first := sent.first_of(Thread)) is None:
            raise
        return first
    _open(thread, seat, body, moment, options=options, tags=tags)
    finish_draft(author, place=f"space:{space.pk}", sequence=sequence)
    return thread


def _open(thread, seat: rules.Seat, body: str, moment: int | None, *, options: list[str], tags) -> None:
    author = seat.user
    _offer(thread, options)
    _tag(thread, tags)
    opening = _write_opening(thread, author, body, moment)
    _settle_author(thread, author)
    record(
        "community.thread_started", actor=author, role=seat.acting_role, subject=thread, at=thread.created_at,
        organisation_id=seat.space.organisation_id, space_id=thread.space_id, thread_id=thread.pk,
        post_id=opening.pk, data={"kind": thread.kind, "length": len(body)},
    )  # fmt: skip
    announce_thread(thread)


def _offer(thread: Thread, options: list[str]) -> None:
    Choice.objects.bulk_create(
        Choice(thread=thread, position=n, text=text) for n, text in enumerate(options, 1)
    )


def _refuse_bad_shape(body: str, kind: str, options: list[str]) -> None:
    if not says_something(render(body).html):
        raise Refused(_("Write a few words first."), "body")
    if kind == Thread.Kind.POLL and len(options) < 2:
        raise Refused(_("A poll needs at least two choices."), "choices")
    if options and kind not in WITH_CHOICES:
        raise Refused(_("Only a case or a poll has choices."), "choices")
    if len(options) > 12 or len({as_read(text).casefold() for text in options}) != len(options):
        raise Refused(_("Give at most twelve choices, all different."), "choices")
    if any(len(text) > LONGEST_CHOICE for text in options):
        raise Refused(_("A choice has 300 characters at most: the rest belongs in the text."), "choices")


def _refuse_bad_end(kind: str, ends_at: datetime | None, since: datetime) -> None:
    if ends_at is None:
        return
    if kind != Thread.Kind.CHALLENGE:
        raise Refused(_("Only a challenge has an end."), "ends_at")
    if ends_at <= since:
        raise Refused(_("This moment has passed: choose a later one."), "ends_at")
    if ends_at > since + LONGEST_CHALLENGE:
        raise Refused(_("A challenge ends within a year: choose an earlier moment."), "ends_at")


def _write_opening(thread: Thread, author, body: str, moment: int | None) -> Post:
    rendered, people = rendered_for(thread.space, body)
    opening = Post.objects.create(
        thread=thread, number=1, author=author, body=clean_source(body), html=rendered.html,
        renderer=RENDERER_VERSION, language=thread.language, moment=moment,
        created_at=thread.created_at, changed_at=thread.created_at,
    )  # fmt: skip
    attach_what_is_shown(opening)
    announce_mentions(opening, people, by=author)
    return opening


def _tag(thread: Thread, names: Sequence[str]) -> None:
    written = (name.strip().lstrip("#").lower() for name in names)
    wanted = {checked_words(name, "tags", most=40) for name in written} - {""}
    if not wanted:
        return
    organisation = thread.space.organisation_id
    Tag.objects.bulk_create(
        (Tag(organisation_id=organisation, name=name) for name in sorted(wanted)), ignore_conflicts=True
    )
    thread.tags.set(Tag.objects.filter(organisation_id=organisation, name__in=wanted))


def _settle_author(thread: Thread, author) -> None:
    """Who opens a thread has read it, hears of it, and does not stand before its gate."""
    watch(thread, user=author, reason=Watch.Reason.STARTED)
    ReadState.objects.create(thread=thread, user=author, last_number=1, updated_at=thread.created_at)
    if thread.gate == Thread.Gate.AFTER_REPLY:
        give_pass(thread, author)


def give_pass(thread: Thread, user) -> None:
    """Open the gate of a thread for somebody; once is enough."""
    ThreadPass.objects.bulk_create([ThreadPass(thread=thread, user=user)], ignore_conflicts=True)


@transaction.atomic
def pin_thread(thread: Thread, *, by, pinned: bool = True) -> Thread:
    """Keep a thread at the top of its space; `pinned=False` lets it go."""
    return _steer(thread, by, "community.thread_pinned", "pinned_at", pinned)


@transaction.atomic
def lock_thread(thread: Thread, *, by, locked: bool = True) -> Thread:
    """Close a thread: read, found, no more written. `locked=False` opens it again."""
    return _steer(thread, by, "community.thread_locked", "locked_at", locked)


@transaction.atomic
def close_threads(threads: QuerySet[Thread], *, closed: bool = True) -> None:
    """Withdraw conversations with what they are about, or give them back: meanwhile nobody reads, finds or goes
    on with them. Whoever attached them answers for the right to."""
    changed = list(threads.select_for_update(no_key=True).filter(closed_at__isnull=closed))
    when = timezone.now() if closed else None
    Thread.objects.filter(pk__in=[thread.pk for thread in changed]).update(closed_at=when)
    for thread in changed:
        announce_thread(thread)


def _steer(thread: Thread, by, verb: str, field: str, on: bool) -> Thread:
    seat = rules.seat_of(by, thread.space)
    require(rules.can_steer(seat))
    thread = lock_thread_row(thread)
    if (getattr(thread, field) is not None) == on:
        return thread
    setattr(thread, field, timezone.now() if on else None)
    thread.save(update_fields=[field])
    record(
        verb, actor=by, role=seat.acting_role, subject=thread, organisation_id=thread.space.organisation_id,
        space_id=thread.space_id, thread_id=thread.pk, data={"on": on},
    )  # fmt: skip
    announce_thread(thread)
    return thread


@transaction.atomic
def change_end(thread: Thread, *, ends_at: datetime | None, by) -> Thread:
    """Say until when a challenge runs; None lets it run without end."""
    seat = rules.seat_of(by, thread.space)
    require(rules.can_change_end(seat, thread))
    refuse_archived(thread.space)
    thread = lock_thread_row(thread)
    if thread.ends_at == ends_at:
        return thread
    _refuse_bad_end(thread.kind, ends_at, timezone.now())
    thread.ends_at = ends_at
    thread.save(update_fields=["ends_at"])
    record(
        "community.end_changed", actor=by, role=seat.acting_role, subject=thread,
        organisation_id=thread.space.organisation_id, space_id=thread.space_id, thread_id=thread.pk,
        data={"ends_at": int(ends_at.timestamp()) if ends_at else None},
    )  # fmt: skip
    announce_thread(thread)
    return thread


@transaction.atomic
def own_question(thread: Thread, *, owner, by) -> Thread:
    """Say who sees to it that a question gets its answer; None lets it go."""
    seat = rules.seat_of(by, thread.space)
    require(rules.can_steer(seat))
    if owner is not None and not rules.seat_of(owner, thread.space).is_member:
        raise Refused(_("Only a member of this space can look after its questions."))
    thread = lock_thread_row(thread)
    if thread.owner_id == (owner.pk if owner else None):
        return thread
    # Who no longer looks after it hears of it no more, unless they follow it for another reason.
    Watch.objects.filter(thread=thread, user=thread.owner_id, reason=Watch.Reason.OWNER).delete()
    thread.owner = owner
    thread.save(update_fields=["owner"])
    if owner is not None:
        watch(thread, user=owner, reason=Watch.Reason.OWNER)
    record(
        "community.thread_owned", actor=by, role=seat.acting_role, subject=thread,
        organisation_id=thread.space.organisation_id, space_id=thread.space_id, thread_id=thread.pk,
        data={"owner": owner.pk if owner else None},
    )  # fmt: skip
    announce_thread(thread)
    return thread
