"""Which days events change, in the civil days of its organisation. What changes is only read there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db.models import QuerySet

from analytics import days
from analytics.rollups.learner_days import REPEAT
from analytics.rollups.rebuilding import Acts, first_day, mark
from community.models import Membership, Post, Thread
from core.prepared import AnyOf, prepared
from courses.models import Enrolment
from events.models import Event
from events.reading import reader
from events.verbs import CONTRIBUTIONS, PARTICIPATIONS, PRESENCE
from people.models import Organisation, RoleGrant, UnitMembership

POSTS = frozenset(
    {
        "community.post_edited",
        "community.post_deleted",
        "community.post_restored",
        "community.post_decided",
        "community.decision_undone",
    }
)
ANSWERS = frozenset({"community.answer_accepted", "community.answer_unaccepted"})
FACILITATORS = frozenset({"community.facilitator_added", "community.facilitator_removed"})
# They change who belongs to what from a day on.
ROSTER = frozenset(
    {
        "people.user_joined",
        "people.user_deactivated",
        "people.user_erased",
        "people.unit_changed",
        "people.role_granted",
        "people.role_revoked",
        "community.space_joined",
        "community.space_left",
        "courses.enrolled",
        "courses.unenrolled",
        "courses.course_completed",
    }
)
BELONGING = ROSTER | FACILITATORS
# What changes one's own row of a day and nothing else: what one says is counted in its space, and may be an answer.
OWN = (PRESENCE | PARTICIPATIONS | {"community.post_unreacted"}) - CONTRIBUTIONS
MARKING = OWN | CONTRIBUTIONS | POSTS | ANSWERS | BELONGING


@reader("analytics.days", verbs=MARKING)
def mark_days(events: list[Event]) -> None:
    """Mark what these events change. Marking twice costs a rebuild, never a wrong figure."""
    concerned = {event.organisation_id for event in events if event.organisation_id}
    for organisation in _organisations(ids=sorted(concerned)):
        theirs = [event for event in events if event.organisation_id == organisation.pk]
        mark(organisation.pk, days_of_rosters(organisation, theirs), acts=days_of_acts(organisation, theirs))


def days_of_rosters(organisation: Organisation, events: list[Event]) -> set[date]:
    firsts = [_first_effect(event, organisation) for event in events if event.verb in BELONGING]
    return _since(organisation, min(firsts)) if firsts else set()


def days_of_acts(organisation: Organisation, events: list[Event]) -> dict[date, Acts]:
    """The days that acts change, with those whose own rows alone change, and whether something was said."""
    people: dict[date, set[int]] = defaultdict(set)
    for event in events:
        if event.verb in OWN and event.actor_id:
            for day in _days(organisation, _moments_of_own(event)):
                people[day].add(event.actor_id)
    acts = {day: Acts(found, said=False) for day, found in people.items()}
    talk = [event for event in events if event.verb in CONTRIBUTIONS | POSTS | ANSWERS]
    for day, authors in _said(organisation, talk):
        of_day = acts.setdefault(day, Acts(set()))
        of_day.said = True
        of_day.people = None if of_day.people is None or None in authors else of_day.people | authors
    return acts


def _moments_of_own(event: Event) -> Iterable[datetime]:
    if event.verb != "community.post_unreacted":
        return [event.at]
    marks = Event.objects.filter(
        actor_id=event.actor_id, verb="community.post_reacted", post_id=event.post_id
    )
    return marks.values_list("at", flat=True)


def _said(organisation: Organisation, events: list[Event]) -> Iterator[tuple[date, set]]:
    """The days whose talk these events change, each with the authors whose rows they change; None is somebody gone."""
    posts = {event.post_id for event in events if event.verb in POSTS and event.post_id}
    contributions = [(event.at, event.actor_id) for event in events if event.verb in CONTRIBUTIONS]
    contributions += Post.objects.filter(pk__in=posts).values_list("created_at", "author_id")
    for at, author in contributions:
        for day in _around(organisation, at):
            yield day, {author}
    # What became of a question stands on the day it was asked.
    threads = {event.thread_id for event in events if event.thread_id}
    for day in _days(organisation, _asked_at(threads=sorted(threads)) if threads else []):
        yield day, set()


@prepared
def _organisations(ids: list[int]) -> QuerySet:
    return Organisation.objects.filter(AnyOf("pk", ids)).order_by("pk")


@prepared
def _asked_at(threads: list[int]) -> QuerySet:
    return Thread.objects.filter(AnyOf("pk", threads)).values_list("created_at", flat=True)


def _days(organisation: Organisation, moments: Iterable[datetime]) -> set[date]:
    return {days.civil_day(at, organisation.zone) for at in moments}


def _around(organisation: Organisation, at: datetime) -> set[date]:
    """The day of a contribution, and the next one if it has begun: a repetition is looked for over 24 hours (METRICS C3)."""
    today = days.today(organisation)
    return {day for day in _days(organisation, [at, at + REPEAT]) if day <= today} | _days(organisation, [at])


def _since(organisation: Organisation, first: date) -> set[date]:
    """Days before anybody did anything have no figures: a hundred people hired in 2012 do not mark them."""
    return set(days.each_day(max(first, first_day(organisation)), days.today(organisation)))


def _first_effect(event: Event, organisation: Organisation) -> date:
    """From which day on an event changes the rosters: the date its row carries, which may lie in the past."""
    dates = [days.civil_day(event.at, organisation.zone)]
    if event.verb == "people.unit_changed":
        units = UnitMembership.objects.filter(user_id=_person(event)).order_by("-starts_on")
        dates += units.values_list("starts_on", flat=True)[:1]
    elif event.verb in ("people.role_granted", "people.role_revoked"):
        grants = RoleGrant.objects.filter(user_id=_person(event)).order_by("-granted_at")
        dates += _days(organisation, grants.values_list("granted_at", flat=True)[:1])
    elif event.verb in ("courses.enrolled", "courses.course_completed"):
        rows = Enrolment.objects.filter(user_id=event.actor_id or 0, session_id=event.session_id or 0)
        column = "enrolled_at" if event.verb == "courses.enrolled" else "completed_at"
        dates += _days(organisation, filter(None, rows.values_list(column, flat=True)))
    elif event.verb in FACILITATORS:
        # The role of a membership has no date: it counts for all of it.
        seats = Membership.objects.filter(user_id=_person(event), space_id=event.space_id or 0)
        dates += _days(organisation, seats.values_list("joined_at", flat=True))
    return min(dates)


def _person(event: Event) -> int:
    found = event.subject_id if event.subject_type == "people.user" else event.actor_id
    return found or 0
