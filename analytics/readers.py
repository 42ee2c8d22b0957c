"""Which days an event changes, in the civil days of its organisation. What changes is only read there."""

from collections.abc import Iterable
from datetime import date, datetime

from analytics import days
from analytics.rollups.learner_days import REPEAT
from analytics.rollups.rebuilding import first_day, mark
from community.models import Membership, Post, Thread
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
MARKING = PRESENCE | PARTICIPATIONS | POSTS | ANSWERS | FACILITATORS | ROSTER | {"community.post_unreacted"}


@reader("analytics.days", verbs=MARKING)
def mark_days(event: Event) -> None:
    """Mark what this event changes. Marking twice costs a rebuild, never a wrong figure."""
    organisation = Organisation.objects.filter(pk=event.organisation_id or 0).first()
    if organisation is not None:
        roster = event.verb in ROSTER | FACILITATORS
        mark(organisation.pk, days_changed_by(event, organisation), roster=roster)


def days_changed_by(event: Event, organisation: Organisation) -> set[date]:
    if event.verb in ROSTER or event.verb in FACILITATORS:
        return _since(organisation, _first_effect(event, organisation))
    if event.verb == "community.post_unreacted":
        marks = Event.objects.filter(
            actor_id=event.actor_id, verb="community.post_reacted", post_id=event.post_id
        )
        return _days(organisation, marks.values_list("at", flat=True))
    changed = set()
    if event.verb in CONTRIBUTIONS:
        changed |= _around(organisation, event.at)
    elif event.verb in PRESENCE | PARTICIPATIONS:
        changed |= _days(organisation, [event.at])
    if event.verb in POSTS and event.post_id:
        written = Post.objects.filter(pk=event.post_id).values_list("created_at", flat=True).first()
        changed |= _around(organisation, written) if written else set()
    if event.thread_id and event.verb not in PRESENCE:
        asked = Thread.objects.filter(pk=event.thread_id).values_list("created_at", flat=True).first()
        changed |= _days(organisation, [asked] if asked else [])
    return changed


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
