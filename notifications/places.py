"""Who is told of what happens to their place: enrolments, roles, requests to enter, modules that come and go."""

from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from community.models import Departure, JoinRequest, Membership, Mute
from courses.models import Enrolment, Module, Progress
from events.models import Event
from notifications import actions
from notifications.models import Notification
from people.models import User

Kind = Notification.Kind


def enrolled(event: Event) -> None:
    by = event.data.get("by")
    if by != event.actor_id and event.space_id:
        _tell(Kind.ENROLLED, event, {event.actor_id}, by)


def space_joined(event: Event) -> None:
    """Only those whom somebody let in, or brought in; whoever comes in by themselves knows."""
    if event.data.get("admitted"):
        _clear_answered(event)
    if event.space_id and event.actor_id:
        actions.take_back_of_space(kind=Kind.REMOVED, space_id=event.space_id, user_id=event.actor_id)
    if by := event.data.get("by"):
        _tell(Kind.ADMITTED if event.data.get("admitted") else Kind.ADDED, event, {event.actor_id}, by)


def space_left(event: Event) -> None:
    """Only whom a facilitator took out, and who is not back."""
    by = event.data.get("by")
    removed = Departure.objects.filter(space=event.space_id, user=event.actor_id, ended_at=None)
    if by and event.space_id and removed.exists():
        told = _active({event.actor_id})
        actions.tell_of_space(told, kind=Kind.REMOVED, event=event, space_id=event.space_id, by=by)


def member_muted(event: Event) -> None:
    if Mute.objects.standing().filter(pk=event.data.get("mute")).exists():
        _tell(Kind.MUTED, event, {event.subject_id}, event.actor_id)


def member_unmuted(event: Event) -> None:
    standing = Mute.objects.standing().filter(space=event.space_id, user=event.subject_id)
    if event.space_id and event.subject_id and not standing.exists():
        actions.take_back_of_space(kind=Kind.MUTED, space_id=event.space_id, user_id=event.subject_id)


def join_declined(event: Event) -> None:
    """Whoever asked hears it as long as they may know of the space and are not in it by another way."""
    _clear_answered(event)
    asker = event.data.get("asker")
    declined = JoinRequest.objects.filter(space=event.space_id, user=asker).last()
    if event.space_id and declined is not None and declined.admitted is False:
        told = _active({asker})
        actions.tell_of_space(
            told, kind=Kind.DECLINED, event=event, space_id=event.space_id, by=event.actor_id
        )


def facilitator_added(event: Event) -> None:
    if event.actor_id:
        _tell(Kind.FACILITATE, event, {event.subject_id}, event.actor_id)


def join_asked(event: Event) -> None:
    if JoinRequest.objects.filter(space=event.space_id, user=event.actor_id, answered_at=None).exists():
        facilitators = Membership.objects.filter(space=event.space_id, role=Membership.Role.FACILITATOR)
        people = set(facilitators.values_list("user", flat=True))
        _tell(Kind.REQUEST, event, people, event.actor_id)


def _clear_answered(event: Event) -> None:
    if event.space_id and not JoinRequest.objects.filter(space=event.space_id, answered_at=None).exists():
        actions.clear_requests(event.space_id)


def module_published(event: Event) -> None:
    """Everybody who has not finished the course yet, and for whom the module is new."""
    module = (
        Module.objects.published().filter(pk=event.module_id or 0, course__published_at__isnull=False).first()
    )
    if module is None:
        return
    enrolments = Enrolment.objects.active().filter(
        session__course=module.course_id, completed_at=None, enrolled_at__lt=module.published_at
    )
    _tell_learners(Kind.MODULE, event, enrolments)


def module_withdrawn(event: Event) -> None:
    """Everybody who had begun it, in the space where they follow the course; unless it is back already."""
    if not Module.objects.filter(pk=event.module_id or 0, published_at=None).exists():
        return
    begun = Progress.objects.filter(module=event.module_id)
    _tell_learners(Kind.WITHDRAWN, event, Enrolment.objects.active().filter(pk__in=begun.values("enrolment")))


def _tell_learners(kind: Kind, event: Event, enrolments: QuerySet[Enrolment]) -> None:
    by_space: dict[int, set[int | None]] = {}
    for space_id, person in enrolments.values_list("session__space", "user"):
        by_space.setdefault(space_id, set()).add(person)
    for space_id, people in by_space.items():
        told = _members(space_id, people)
        actions.tell_of_space(told, kind=kind, event=event, space_id=space_id, by=event.actor_id)


PLACES: dict[str, Callable[[Event], None]] = {
    "courses.enrolled": enrolled,
    "courses.module_published": module_published,
    "courses.module_withdrawn": module_withdrawn,
    "community.space_joined": space_joined,
    "community.space_left": space_left,
    "community.member_muted": member_muted,
    "community.member_unmuted": member_unmuted,
    "community.join_declined": join_declined,
    "community.join_withdrawn": _clear_answered,
    "community.facilitator_added": facilitator_added,
    "community.join_asked": join_asked,
}


def _tell(kind: Kind, event: Event, people: Iterable[int | None], by: int | None) -> None:
    if event.space_id:
        told = _members(event.space_id, people)
        actions.tell_of_space(told, kind=kind, event=event, space_id=event.space_id, by=by)


def _members(space_id: int, people: Iterable[int | None]) -> set[int]:
    """Those of them who are in the space now, and may come in."""
    seats = Membership.objects.filter(space=space_id, user__in=people, user__is_active=True)
    return set(seats.values_list("user", flat=True))


def _active(people: Iterable[int | None]) -> set[int]:
    return set(User.objects.active().filter(pk__in=people).values_list("pk", flat=True))
