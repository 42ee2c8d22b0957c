"""Sessions of a course, and who is enrolled: one rule, being enrolled is being a member of the session's space."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.actions import add_member
from community.models import Space
from core.errors import Refused
from core.idempotency import sending
from courses.actions import conversations
from courses.models import Course, Enrolment, Session
from events.recording import record


@transaction.atomic
def open_session(
    course: Course,
    *,
    by,
    name: str,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    key: UUID | None = None,
) -> Session:
    """A dated run for some people, with a space of its own and a conversation for each published module. `key` makes
    a repeat the same session."""
    if opens_at and closes_at and closes_at <= opens_at:
        raise Refused(_("A session closes after it opens."))
    what = {"course": course.pk, "name": name, "opens_at": opens_at, "closes_at": closes_at}
    sent = sending(key, by=by, action="courses.open_session", **what)
    Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    if (made := sent.first_of(Session)) is not None:
        return made
    space = conversations.space_for_course(course, by=by, name=name, visibility=Space.Visibility.HIDDEN)
    session = Session.objects.create(
        course=course, name=name, opens_at=opens_at, closes_at=closes_at, space=space, **sent.fields
    )
    for module in course.modules.published():
        module.course = course
        conversations.thread_of_module(module, space, by=by)
    record("courses.session_opened", actor=by, subject=session, session_id=session.pk, space_id=space.pk)
    return session


@transaction.atomic
def enrol(user, session: Session, *, by=None) -> Enrolment:
    """Enrols `user`, by themselves unless `by` says who did it. Coming back finds what one had done before.

    Before the session opens one is enrolled and joins its conversations; modules open at its date.
    """
    course = session.course
    _refuse_what_is_not_open(user, session, by or user)
    enrolment, fresh = Enrolment.objects.get_or_create(
        session=session, user=user, defaults={"course_version": course.version}
    )
    back = not fresh and Enrolment.objects.filter(pk=enrolment.pk, left_at__isnull=False).update(left_at=None)
    add_member(session.space, user=user)
    if fresh or back:
        enrolment.left_at = None
        record(
            "courses.enrolled",
            actor=user,
            subject=enrolment,
            session_id=session.pk,
            space_id=session.space_id,
            data={"by": (by or user).pk, "course": course.pk},
        )
    return enrolment


@transaction.atomic
def enrol_many(users, session: Session, *, by) -> int:
    """Enrols each of these people; the number of those who were not in the session yet."""
    inside = set(Enrolment.objects.active().filter(session=session).values_list("user", flat=True))
    # Somebody may be ticked and work in the unit that was chosen.
    fresh = {user.pk: user for user in users if user.pk not in inside}
    for user in fresh.values():
        enrol(user, session, by=by)
    return len(fresh)


@transaction.atomic
def change_session(session: Session, *, by, **fields) -> Session:
    """Name and dates."""
    opens, closes = fields.get("opens_at", session.opens_at), fields.get("closes_at", session.closes_at)
    if opens and closes and closes <= opens:
        raise Refused(_("A session closes after it opens."))
    for name in fields:
        if name not in ("name", "opens_at", "closes_at"):
            raise ValueError(f"{name} is not changed here")
        setattr(session, name, fields[name])
    session.save(update_fields=list(fields))
    record(
        "courses.course_changed",
        actor=by,
        subject=session.course,
        session_id=session.pk,
        data={"fields": ["session"]},
    )
    return session


@transaction.atomic
def unenrol(enrolment: Enrolment, *, by=None) -> None:
    """Leaves the session and its space; what was done is kept. Leaving twice is leaving once."""
    now = timezone.now()
    if not Enrolment.objects.filter(pk=enrolment.pk, left_at=None).update(left_at=now):
        return
    enrolment.left_at = now
    space = enrolment.session.space
    # Two sessions may share a space: one leaves it with the last of them.
    elsewhere = Enrolment.objects.active().filter(user=enrolment.user_id, session__space=space)
    if not elsewhere.exists():
        conversations.leave(space, enrolment.user)
    record(
        "courses.unenrolled",
        actor=enrolment.user,
        subject=enrolment,
        session_id=enrolment.session_id,
        space_id=space.pk,
        data={"by": (by or enrolment.user).pk, "course": enrolment.session.course_id},
    )


def _refuse_what_is_not_open(user, session: Session, by) -> None:
    if user.organisation_id != session.course.organisation_id:
        raise Refused(_("This course belongs to another organisation."))
    if session.has_ended(timezone.now()):
        raise Refused(_("This session has ended."))
    if (
        by == user
        and not session.is_open
        and not Enrolment.objects.filter(session=session, user=user).exists()
    ):
        raise Refused(_("Places in this session are given by its trainer."))
