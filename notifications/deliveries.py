"""Mails about notices: what to say, to whom, and whether it may still be said at the moment of sending."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from community.models import Post
from core.mail import letter
from core.markdown import excerpt
from events import deliveries, mail
from events.models import Delivery
from notifications.models import Notification
from notifications.preferences import Mail, choices_of
from notifications.queries import Notice, notices_from, notifications_of, words_of
from notifications.unsubscribing import stop_address
from people.models import User

Kind = Notification.Kind
# A picture is its words in a text.
PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
EXCERPT = 600  # characters of the message that go into the mail
DIGEST_SIZE = 30

NO_MAILBOX = "this person has no mailbox any more"
READ = "already read"
STOPPED = "no longer wanted by mail"
CLOSED = "no longer visible to this person"


# Of all that is new in a thread the mail tells what asks most of its reader.
MOST_PRESSING = [
    Kind.FLAG, Kind.DECISION, Kind.REMOVED, Kind.MUTED, Kind.QUESTION, Kind.MENTION, Kind.ACCEPTED, Kind.RECOGNISED, Kind.REPLY,
    Kind.THREAD, Kind.USEFUL, Kind.FACILITATE, Kind.ENROLLED, Kind.ADMITTED, Kind.ADDED, Kind.DEADLINE,
    Kind.MODULE, Kind.WITHDRAWN, Kind.REQUEST, Kind.DECLINED,
]  # fmt: skip


@deliveries.handler("notification")
def send_notification(delivery: Delivery) -> str | None:
    user = reachable(delivery.recipient_id)
    if user is None:
        return NO_MAILBOX
    about = notifications_of(user).filter(**delivery.payload)
    notices = list(about.unread())
    if not notices:
        return READ if about.exists() else CLOSED
    choices = choices_of(user)
    notices = [notice for notice in notices if choices[notice.kind] == Mail.AT_ONCE]
    if not notices:
        return STOPPED
    notice = min(notices, key=lambda one: MOST_PRESSING.index(Kind(one.kind)))
    post = Post.objects.filter(pk=notice.last_post_id).select_related("author", "thread__space").first()
    if notice.thread_id and (post is None or not _may_read(user, post, notice.kind)):
        return CLOSED
    with speaking(user):
        message = letter_about(post, notice, user)
    mail.hand_over(message, key=delivery.key)
    return None


@deliveries.handler("digest")
def send_digest(delivery: Delivery) -> str | None:
    user = reachable(delivery.recipient_id)
    if user is None:
        return NO_MAILBOX
    kinds = [kind for kind, choice in choices_of(user).items() if choice == Mail.DAILY]
    since, until = (datetime.fromisoformat(delivery.payload[end]) for end in ("since", "until"))
    unread = (
        notifications_of(user).unread().filter(kind__in=kinds, updated_at__gte=since, updated_at__lt=until)
    )
    with speaking(user):
        notices = notices_from(unread[:DIGEST_SIZE])
        if not notices:
            return READ
        message = digest_for(user, notices, kinds)
    mail.hand_over(message, key=delivery.key)
    return None


def reachable(user_id: int | None) -> User | None:
    user = User.objects.active().filter(pk=user_id).first()
    return user if user is not None and user.email else None


@contextmanager
def speaking(user: User) -> Iterator[None]:
    """The language and the zone of the reader, for as long as their mail is written."""
    with translation.override(user.language), timezone.override(user.zone):
        yield


def _may_read(user: User, post: Post, kind: str) -> bool:
    if kind == Notification.Kind.DECISION:
        return post.author_id == user.pk
    if kind == Notification.Kind.FLAG:
        return True
    return Post.objects.visible_to(user).filter(pk=post.pk).exists()


def digest_for(user: User, notices: list[Notice], kinds: list[str]) -> EmailMultiAlternatives:
    context = {"user": user, "notices": notices, "stop": stop_address(user.pk, kinds)}
    subject = _("What was said in your spaces")
    return letter(
        "emails/digest", subject=subject, to=user.email or "", context=context, headers=_headers(context)
    )


def letter_about(post: Post | None, notice: Notification, user: User) -> EmailMultiAlternatives:
    """About a post, or about somebody's place in a space, which no post speaks of."""
    quoted = None if notice.kind in (Kind.FLAG, Kind.DECISION) else post
    context = {
        "user": user,
        "words": words_of(notice, _named(post, notice)),
        "title": notice.title,
        "title_language": notice.language,
        "place": notice.place.name,
        "post": post,
        "excerpt": Truncator(PICTURE.sub(r"\1", quoted.body)).chars(EXCERPT) if quoted else "",
        "said": excerpt(quoted.html, EXCERPT) if quoted else "",
        "address": settings.SITE_URL + notice.get_absolute_url(),
        "stop": stop_address(user.pk, [notice.kind]),
    }
    subject = f"[{notice.place.name}] {notice.title}"
    # All mails about a thread answer the same one, so that mail programs show them together.
    about = f"thread:{notice.thread_id}" if notice.thread_id else f"space:{notice.space_id}"
    root = deliveries.message_id(about)
    headers = {"In-Reply-To": root, "References": root, **_headers(context)}
    return letter(
        "emails/notification", subject=subject, to=user.email or "", context=context, headers=headers
    )


def _named(post: Post | None, notice: Notification) -> list[str]:
    if post is None or notice.kind in (Kind.ACCEPTED, Kind.USEFUL):
        return list(User.objects.filter(pk__in=notice.actors[:1]).values_list("name", flat=True))
    return [post.author.name if post.author else _("Somebody")]


def _headers(context: dict[str, Any]) -> dict[str, str]:
    """The button "unsubscribe" of mail programs, and a word to answering machines."""
    return {
        "List-Unsubscribe": f"<{context['stop']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
