"""Queries of the report's filters: the units, courses, sessions and spaces an HR person may choose from."""

from __future__ import annotations

from django.db.models import QuerySet

from analytics.filters import Branch, Choices
from community.models import Space
from core.prepared import prepared
from courses.models import Course, Session
from people.models import RoleGrant, Unit, User


def choices_for(user) -> Choices:
    place = {"organisation": user.organisation_id}
    scopes = _scopes(user=user.pk, **place)
    choices = Choices(
        units=[Branch(*row) for row in _units(**place)],
        courses=_courses(**place),
        sessions=[(pk, f"{title} · {name}") for pk, title, name in _sessions(**place)],
        spaces=_spaces(user=user.pk, **place),
        reach=None,
    )
    if scopes and None not in scopes:
        choices.reach = frozenset().union(*(choices.subtree(unit) for unit in scopes))
    return choices


@prepared
def _scopes(user: int, organisation: int) -> QuerySet:
    grants = RoleGrant.objects.filter(user=user, role=RoleGrant.Role.HR, revoked_at=None)
    return grants.filter(organisation=organisation).values_list("unit_id", flat=True)


@prepared
def _units(organisation: int) -> QuerySet:
    units = Unit.objects.filter(organisation=organisation).order_by("name", "pk")
    return units.values_list(*Branch._fields)


@prepared
def _courses(organisation: int) -> QuerySet:
    courses = Course.objects.filter(organisation=organisation, published_at__isnull=False)
    return courses.order_by("title", "pk").values_list("pk", "title")


@prepared
def _sessions(organisation: int) -> QuerySet:
    sessions = Session.objects.filter(course__organisation=organisation, is_open=False)
    return sessions.order_by("course__title", "name", "pk").values_list("pk", "course__title", "name")


@prepared
def _spaces(user: int, organisation: int) -> QuerySet:
    """A space that hides is not named to somebody who may not know it exists."""
    known = Space.objects.visible_to(User(pk=user, organisation_id=organisation))
    listed = known.filter(organisation=organisation).listed()
    return listed.order_by("name", "pk").values_list("pk", "name")
