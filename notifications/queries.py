from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.addresses import address_of
from core.prepared import PreparedList, prepared, prepared_list
from notifications.models import Notification
from people.queries.person_card import PersonCard, person_cards
from people.reader import Reader

Kind = Notification.Kind
ICONS = {
    Kind.REPLY: "message-square",
    Kind.THREAD: "messages-square",
    Kind.MENTION: "at-sign",
    Kind.ACCEPTED: "badge-check",
    Kind.FLAG: "flag",
    Kind.DECISION: "shield-check",
    Kind.QUESTION: "circle-help",
    Kind.USEFUL: "thumbs-up",
    Kind.RECOGNISED: "badge-check",
    Kind.ENROLLED: "graduation-cap",
    Kind.ADDED: "users",
    Kind.ADMITTED: "users",
    Kind.FACILITATE: "shield-check",
    Kind.REMOVED: "door-open",
    Kind.MUTED: "hourglass",
    Kind.DECLINED: "door-open",
    Kind.REQUEST: "user-plus",
    Kind.MODULE: "book-open",
    Kind.WITHDRAWN: "archive",
    Kind.DEADLINE: "clock",
}


def notifications_of(user: Any):
    """A person's notices, the latest first, with what a list shows of their thread."""
    return (
        Notification.objects.visible_to(user)
        .select_related("thread__space", "space", "first_post")
        .only(
            "user", "kind", "actors", "event_ids", "updated_at", "read_at",
            "thread__title", "thread__language", "thread__space__name", "thread__space__colour",
            "space__name", "space__colour", "space__slug", "space__language", "space__about_title", "space__about_url",
            "first_post__number",
        )
        .order_by("-updated_at", "-pk")
    )  # fmt: skip


def pages_of(user: Any, *, only_unread: bool) -> PreparedList:
    """The same for a Paginator."""
    return (_unread_list if only_unread else _whole_list)(reader=Reader.of(user))


@prepared_list
def _whole_list(reader: Reader) -> QuerySet:
    return notifications_of(reader)


@prepared_list
def _unread_list(reader: Reader) -> QuerySet:
    return notifications_of(reader).unread()


def unread_count(user: Any) -> int:
    counted = _unread(reader=Reader.of(user))
    return counted[0][0] if counted else 0


@prepared
def _unread(reader: Reader) -> QuerySet:
    found = Notification.objects.visible_to(reader).unread()
    return found.order_by().values("user").annotate(number=Count("pk")).values_list("number")


class Notice(NamedTuple):
    """A notification as the bell, the page and the digest show it; `by` is None where nobody may be named."""

    pk: int
    words: str
    icon: str
    by: PersonCard | None
    title: str
    language: str
    space_name: str
    colour: str
    updated_at: datetime
    is_read: bool

    @property
    def url(self) -> str:
        return address_of("notifications:open", self.pk)


def notices_from(rows: Iterable[Notification]) -> list[Notice]:
    """The cards of rows of `notifications_of`; one query for all the people named."""
    found = list(rows)
    people = person_cards({actor for row in found for actor in row.actors[:2]})
    return [_notice(row, [people[actor] for actor in row.actors[:2] if actor in people]) for row in found]


def _notice(row: Notification, named: list[PersonCard]) -> Notice:
    return Notice(
        pk=row.pk,
        words=words_of(row, [person.name for person in named]),
        icon=ICONS[Kind(row.kind)],
        by=named[0] if named and row.kind not in (Kind.FLAG, Kind.DECISION, Kind.DECLINED) else None,
        title=row.title,
        language=row.language,
        space_name=row.place.name,
        colour=row.place.colour,
        updated_at=row.updated_at,
        is_read=row.read_at is not None,
    )


def words_of(notice: Notification, names: list[str]) -> str:
    """What happened, as a sentence in the active language. Flags and decisions name nobody."""
    # The verb agrees with whom the sentence names: a mail about one answer names one of several.
    number = 1 if len(names) == 1 else max(len(notice.actors), 1)
    who = _who(names, number)
    if notice.kind == Kind.REPLY:
        return ngettext("%(who)s replied", "%(who)s replied", number) % {"who": who}
    if notice.kind == Kind.THREAD:
        return _("%(who)s started a discussion") % {"who": who}
    if notice.kind == Kind.MENTION:
        return ngettext("%(who)s mentioned you", "%(who)s mentioned you", number) % {"who": who}
    if notice.kind == Kind.ACCEPTED:
        return _("%(who)s kept your answer") % {"who": who}
    if notice.kind == Kind.FLAG:
        flags = len(notice.event_ids)
        sentence = ngettext("%(n)d report awaits your decision", "%(n)d reports await your decision", flags)
        return sentence % {"n": flags}
    if notice.kind == Kind.REQUEST:
        return ngettext("%(who)s asks to join", "%(who)s ask to join", number) % {"who": who}
    if notice.kind == Kind.USEFUL:
        sentence = ngettext("%(who)s found your message useful", "%(who)s found your messages useful", number)
        return sentence % {"who": who}
    if notice.kind == Kind.MODULE:
        modules = len(notice.event_ids)
        return ngettext("A new module is open", "%(n)d new modules are open", modules) % {"n": modules}
    if notice.kind == Kind.WITHDRAWN:
        modules = len(notice.event_ids)
        return ngettext(
            "A module you had begun was withdrawn: what you did is kept",
            "%(n)d modules you had begun were withdrawn: what you did is kept",
            modules,
        ) % {"n": modules}
    return _sentence(Kind(notice.kind)) % {"who": who}


def _sentence(kind: Kind) -> str:
    return {
        Kind.DECISION: _("A decision was made about your message"),
        Kind.QUESTION: _("This question is yours to look after"),
        Kind.RECOGNISED: _("You are recognised for this answer"),
        Kind.ENROLLED: _("%(who)s enrolled you"),
        Kind.ADDED: _("%(who)s brought you into this space"),
        Kind.ADMITTED: _("%(who)s let you in"),
        Kind.REMOVED: _("%(who)s took you out of this space"),
        Kind.MUTED: _("%(who)s asks you to be silent here for a while"),
        Kind.DECLINED: _("Your request to join was not accepted"),
        Kind.FACILITATE: _("%(who)s asks you to facilitate this space"),
        Kind.DEADLINE: _("This session closes in less than a week"),
    }[kind]


def _who(names: list[str], number: int) -> str:
    if not names:
        return _("Somebody")
    if number == 1 or len(names) == 1:
        return names[0]
    if number == 2:
        return _("%(first)s and %(second)s") % {"first": names[0], "second": names[1]}
    sentence = ngettext(
        "%(first)s, %(second)s and %(n)d other", "%(first)s, %(second)s and %(n)d others", number - 2
    )
    return sentence % {"first": names[0], "second": names[1], "n": number - 2}
