from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.utils import timezone

from community.models import Post
from core import live
from events import deliveries
from events.models import Delivery, Event
from notifications.audience import readers_as_far_as
from notifications.models import Notification, Preference
from notifications.preferences import mail_choices
from people.models import User

# What an import or a demonstration brings from the past is history, not news.
NEWS_FOR = timedelta(days=7)
MAILED_FOR = timedelta(days=1)
# A mail leaves a little later: whoever reads meanwhile gets none.
MAIL_WAITS = timedelta(seconds=30)
MAIL_EVERY = timedelta(hours=1)
ACTORS_KEPT = 20

Kind = Notification.Kind
WAITS_FOR_READING = {Kind.REPLY, Kind.THREAD, Kind.MENTION}


def tell(people: Iterable[int], *, kind: str, event: Event, post: Post) -> None:
    """Notify people (ids, already allowed to read) of an event; never of their own act, never twice."""
    told = {person for person in people if person != event.actor_id}
    if told and kind in WAITS_FOR_READING:
        told -= set(readers_as_far_as(thread=post.thread_id, number=post.number, people=sorted(told)))
    if not told or event.at < event.recorded_at - NEWS_FOR:
        return
    _ring(told, kind=kind, about={"thread": post.thread_id}, event=event, actor=event.actor_id, post=post)


def tell_of_space(people: Iterable[int], *, kind: str, event: Event, space_id: int, by: int | None) -> None:
    """The same of what happened to people's place in a space, or in the course that owns it."""
    told = {person for person in people if person != by}
    if told and event.at >= event.recorded_at - NEWS_FOR:
        _ring(told, kind=kind, about={"space": space_id}, event=event, actor=by)


def _ring(
    people: set[int],
    *,
    kind: str,
    about: dict[str, int],
    event: Event,
    actor: int | None,
    post: Post | None = None,
) -> None:
    told = _group(people, kind=kind, about=about, event=event, actor=actor, post=post)
    for person in told:
        live.publish(f"user:{person}")
    if event.recorded_at - event.at < MAILED_FOR and timezone.now() - event.recorded_at < MAILED_FOR:
        _mail(told, kind=kind, about=about, event=event)


def _group(
    people: set[int], *, kind: str, about: dict[str, int], event: Event, actor: int | None, post: Post | None
) -> set[int]:
    """One unread notice for each of them; returns those who had not been told of this event."""
    theirs = Notification.objects.filter(**about, user__in=people, kind=kind)
    found = list(theirs.filter(Q(read_at=None) | Q(event_ids__contains=[event.pk])).select_for_update())
    people = people - {one.user_id for one in found if event.pk in one.event_ids}
    groups = [one for one in found if one.read_at is None and one.user_id in people]
    for one in groups:
        one.last_post, one.updated_at = post, event.at
        one.event_ids = [*one.event_ids, event.pk]
        one.actors = _latest_first(actor, one.actors)
    Notification.objects.bulk_update(groups, ["last_post", "updated_at", "event_ids", "actors"])
    Notification.objects.bulk_create(
        Notification(
            **{f"{field}_id": number for field, number in about.items()},
            user_id=person,
            kind=kind,
            first_post=post,
            last_post=post,
            actors=_latest_first(actor, []),
            event_ids=[event.pk],
            created_at=event.at,
            updated_at=event.at,
        )
        for person in people - {one.user_id for one in groups}
    )
    return people


def _latest_first(actor: int | None, actors: list[int]) -> list[int]:
    latest = [actor] if actor else []
    return [*latest, *(one for one in actors if one != actor)][:ACTORS_KEPT]


def _mail(people: set[int], *, kind: str, about: dict[str, Any], event: Event) -> None:
    """One mail per person and thing (`about`) within an hour, whatever the cause: what comes meanwhile waits for it."""
    choices = mail_choices(people, kind)
    wanting = {person for person in people if choices[person] == Preference.Mail.AT_ONCE}
    if not wanting:
        return
    reachable = User.objects.active().filter(pk__in=wanting).exclude(email=None).exclude(email="")
    since_last = _since_last_mails(wanting, about)
    for person in reachable.values_list("pk", flat=True):
        since = since_last.get(person, MAIL_EVERY)
        if since is not None:
            deliveries.enqueue(
                "notification",
                key=f"notification:{kind}:{event.pk}:{person}",
                recipient_id=person,
                payload=about,
                wait=max(MAIL_WAITS, MAIL_EVERY - since),
            )


def _since_last_mails(people: set[int], about: dict[str, Any]) -> dict[int | None, timedelta | None]:
    """How long ago each had the last mail about this; None while one waits, which will tell of all there is."""
    recent = Delivery.objects.filter(
        kind="notification", recipient_id__in=people, payload=about, created_at__gt=Now() - 2 * MAIL_EVERY
    )
    found: dict[int | None, timedelta | None] = {}
    ago = ExpressionWrapper(Now() - F("sent_at"), DurationField())
    rows = recent.filter(state__in=[Delivery.State.WAITING, Delivery.State.SENT]).annotate(ago=ago)
    for person, since, lease in rows.values_list("recipient_id", "ago", "leased_until"):
        # One that is on its way has been written already.
        since = timedelta(0) if lease else since
        last = found.get(person, MAIL_EVERY)
        found[person] = None if since is None or last is None else min(since, last)
    return found


@transaction.atomic
def take_back(*, kind: str, post_id: int | None, but: int | None = None) -> None:
    """What was told no longer holds, but for the person `but`: the unread notices of this kind about this post go."""
    gone = Notification.objects.unread().filter(kind=kind, last_post=post_id).exclude(user=but)
    people = list(gone.values_list("user", flat=True))
    gone.delete()
    for person in people:
        live.publish(f"user:{person}")


def take_back_mark(*, author_id: int, thread_id: int, by: int | None) -> None:
    """Somebody finds a message useful no more: their name goes from the notice, and the notice with the last name."""
    unread = Notification.objects.unread().filter(kind=Kind.USEFUL, thread=thread_id, user=author_id)
    for notice in unread.filter(actors__contains=[by]).select_for_update():
        notice.actors = [actor for actor in notice.actors if actor != by]
        if notice.actors:
            notice.save(update_fields=["actors"])
        else:
            notice.delete()
        live.publish(f"user:{author_id}")


def take_back_of_space(*, kind: str, space_id: int, user_id: int) -> None:
    """What a person was told about their place in a space no longer holds."""
    if Notification.objects.unread().filter(kind=kind, space=space_id, user=user_id).delete()[0]:
        live.publish(f"user:{user_id}")


def clear_requests(space_id: int) -> None:
    """Nobody waits at the door any more: the facilitators have nothing left to do there."""
    called = Notification.objects.unread().filter(kind=Kind.REQUEST, space=space_id)
    people = list(called.values_list("user", flat=True))
    called.update(read_at=timezone.now())
    for person in people:
        live.publish(f"user:{person}")


def remind(people: Iterable[int], *, space_id: int, since: datetime) -> int:
    """Tell people that a session comes to its end, each once since that moment. Returns how many were told."""
    told = Notification.objects.filter(kind=Kind.DEADLINE, space=space_id, created_at__gte=since)
    fresh = set(people) - set(told.values_list("user", flat=True))
    Notification.objects.bulk_create(
        [Notification(user_id=person, kind=Kind.DEADLINE, space_id=space_id) for person in fresh],
        ignore_conflicts=True,
    )
    for person in fresh:
        live.publish(f"user:{person}")
    return len(fresh)


def clear(user_id: int, *, thread_id: int, number: int) -> None:
    """A person saw the posts of a thread up to `number`. A flag is not cleared by looking, but by deciding."""
    seen = Notification.objects.unread().filter(user=user_id, thread=thread_id, last_post__number__lte=number)
    if seen.exclude(kind=Kind.FLAG).update(read_at=timezone.now()):
        live.publish(f"user:{user_id}")


# A flag is not cleared by looking. What was told after a visit was not seen by it, unless it is about a post that was.
CLEAR_WHAT_WAS_READ = """
UPDATE notifications_notification AS told SET read_at = now()
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS visit (user_id, thread_id, at)
JOIN community_readstate AS state USING (user_id, thread_id)
JOIN community_post AS post USING (thread_id)
WHERE told.user_id = visit.user_id AND told.thread_id = visit.thread_id AND told.read_at IS NULL
  AND post.id = told.last_post_id AND post.number <= state.last_number
  AND told.kind <> %s AND (told.kind = ANY(%s) OR told.updated_at <= visit.at)
RETURNING told.user_id
"""


def clear_what_was_read(visits: Iterable[Event]) -> None:
    """The same for many visits at once, as far as each person has read by now."""
    found = [(visit.actor_id, visit.thread_id, visit.at) for visit in visits if visit.actor_id]
    if not found:
        return
    kinds = Kind.FLAG, list(WAITS_FOR_READING)
    with connection.cursor() as cursor:
        cursor.execute(CLEAR_WHAT_WAS_READ, [*map(list, zip(*found, strict=True)), *kinds])
        people = {person for (person,) in cursor.fetchall()}
    for person in people:
        live.publish(f"user:{person}")


def clear_flags(*, thread_id: int | None, post_id: int | None) -> None:
    """Somebody decided: the others who were called have nothing left to do."""
    called = Notification.objects.unread().filter(kind=Kind.FLAG, thread=thread_id, last_post=post_id)
    people = list(called.values_list("user", flat=True))
    called.update(read_at=timezone.now())
    for person in people:
        live.publish(f"user:{person}")


@transaction.atomic
def mark_read(notification: Notification) -> None:
    if Notification.objects.unread().filter(pk=notification.pk).update(read_at=timezone.now()):
        live.publish(f"user:{notification.user_id}")


@transaction.atomic
def mark_all_read(user) -> int:
    number = Notification.objects.unread().filter(user=user).update(read_at=timezone.now())
    live.publish(f"user:{user.pk}")
    return number


@transaction.atomic
def choose_mail(user_id: int, choices: dict[str, str]) -> None:
    """Remember by mail what a person wants to hear of: kind to at_once, daily or never."""
    Preference.objects.bulk_create(
        [Preference(user_id=user_id, kind=kind, mail=mail) for kind, mail in choices.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["mail"],
    )
