from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community import rules
from community.actions.answers import drop_resolution_of
from community.actions.gates import lock_thread_row, require
from community.actions.posts import recount_posts
from community.live import announce_thread
from community.models import Decision, Flag, Post
from core.errors import Refused
from core.words import checked_words
from events.recording import record

UNDO_FOR = timedelta(hours=24)


@transaction.atomic
def flag_post(post: Post, *, by, reason: str, comment: str = "", at: datetime | None = None) -> Flag:
    """Ask the facilitators to look at a post; the same flag while the first waits is the first, another is refused."""
    seat = rules.seat_of(by, post.thread.space)
    if not rules.can_flag(seat, post):
        raise Refused(_("This is your own message: you can edit or remove it."), "own")
    if reason not in Flag.Reason.values or reason == Flag.Reason.CONTEST:
        raise Refused(_("Say what is wrong with this message."), "reason")
    comment = checked_words(comment, "comment", most=1000)
    try:
        with transaction.atomic():
            flag = Flag.objects.create(
                post=post, by=by, reason=reason, comment=comment, at=at or timezone.now()
            )
    except IntegrityError:
        first = Flag.objects.get(post=post, by=by, decision=None)
        if reason != first.reason or comment not in ("", first.comment):
            raise Refused(
                _("You have flagged this message already: it will be looked at."), "already"
            ) from None
        return first
    _tell("community.post_flagged", post, seat, {"reason": reason, "flag": flag.pk}, at)
    return flag


@transaction.atomic
def contest_decision(post: Post, *, by, words: str, at: datetime | None = None) -> Flag:
    """The author of a post asks for another look at what was decided about it: once for each decision."""
    seat = rules.seat_of(by, post.thread.space)
    require(post.author_id == by.pk)
    lock_thread_row(post.thread)
    words = checked_words(words, "words", most=1000, needed=_("Say in a few words what they should see."))
    waiting = Flag.objects.filter(post=post, by=by, decision=None).first()
    if waiting is not None:
        if waiting.comment != words:
            raise Refused(_("You have contested this already: it will be looked at."), "already")
        return waiting
    decision = Decision.objects.filter(post=post, undone_at=None).first()
    if decision is None or decision.kind == Decision.Kind.KEEP:
        raise Refused(_("Nothing was decided against this message."), "decision")
    if decision.flags.filter(reason=Flag.Reason.CONTEST).exists():
        raise Refused(
            _("The facilitators have looked at this message once more: their decision stands."), "final"
        )
    reason = Flag.Reason.CONTEST
    flag = Flag.objects.create(post=post, by=by, reason=reason, comment=words, at=at or timezone.now())
    _tell("community.post_flagged", post, seat, {"reason": reason, "flag": flag.pk}, at)
    return flag


@transaction.atomic
def decide(post: Post, *, by, kind: str, note: str = "", at: datetime | None = None) -> Decision:
    """Close the open flags of a post: keep it, ask its author to rephrase, or hide it from readers."""
    seat = rules.seat_of(by, post.thread.space)
    require(rules.can_decide(seat, post))
    if kind not in Decision.Kind.values:
        raise Refused(_("Choose to keep, to ask for another wording, or to hide."), "kind")
    note = checked_words(note, "note", most=1000)
    thread = lock_thread_row(post.thread)
    same = _still_standing(post, kind)
    open_flags = Flag.objects.filter(post=post, decision=None)
    if same is not None and not open_flags.exists():
        if note and note != same.note:
            raise Refused(_("This was decided already: take it back to say it in other words."), "already")
        return same
    decision = Decision.objects.create(post=post, kind=kind, note=note, by=by, at=at or timezone.now())
    closed = open_flags.update(decision=decision)
    hidden_at = timezone.now() if kind == Decision.Kind.HIDE else None
    _show_or_hide(post, hidden_at)
    if hidden_at:
        drop_resolution_of(post, thread, by=by, role=seat.acting_role)
    recount_posts(thread)
    _tell("community.post_decided", post, seat, {"kind": kind, "flags": closed, "decision": decision.pk}, at)
    return decision


def _still_standing(post: Post, kind: str) -> Decision | None:
    last = Decision.objects.filter(post=post, undone_at=None).first()
    return last if last is not None and last.kind == kind else None


def _show_or_hide(post: Post, hidden_at: datetime | None) -> None:
    Post.objects.filter(pk=post.pk).update(hidden_at=hidden_at, changed_at=timezone.now())
    post.hidden_at = hidden_at


@transaction.atomic
def undo_decision(decision: Decision, *, by) -> Decision:
    """Take a decision back within a day: its flags are open again, the post as it was before."""
    post = decision.post
    seat = rules.seat_of(by, post.thread.space)
    require(rules.can_decide(seat, post))
    thread = lock_thread_row(post.thread)
    since = timezone.now() - UNDO_FOR
    if not Decision.objects.filter(pk=decision.pk, undone_at=None, at__gte=since).update(
        undone_at=timezone.now()
    ):
        if Decision.objects.filter(pk=decision.pk, undone_at=None).exists():
            raise Refused(_("It is too late to take this decision back."), "late")
        return decision
    again = Flag.objects.filter(post=post, decision=None).values("by")
    Flag.objects.filter(decision=decision).exclude(by__in=again).update(decision=None)
    earlier = Decision.objects.filter(post=post, undone_at=None).first()
    _show_or_hide(post, earlier.at if earlier and earlier.kind == Decision.Kind.HIDE else None)
    recount_posts(thread)
    _tell("community.decision_undone", post, seat, {"kind": decision.kind, "decision": decision.pk})
    return decision


def _tell(verb: str, post: Post, seat: rules.Seat, data: dict, at: datetime | None = None) -> None:
    record(
        verb, actor=seat.user, role=seat.acting_role, subject=post, at=at,
        organisation_id=seat.space.organisation_id, space_id=seat.space.pk,
        thread_id=post.thread_id, post_id=post.pk, data=data,
    )  # fmt: skip
    announce_thread(post.thread)
