"""Queries of the report's filters: the units, courses, sessions and spaces an HR person may choose from."""

from __future__ import annotations

from django.db.models import QuerySet

from analytics.filters import Branch, Choices
from community.models import Space
from core.prepared import prepared
from courses.models import Course, Session
from people.models import RoleGrant, Unit
from people.reader import Reader


def choices_for(user) -> Choices:
    reader = Reader.of(user)
    place = {"organisation": reader.organisation_id}
    scopes = _scopes(reader=reader)
    choices = Choices(
        units=[Branch(*row) for row in _units(**place)],
        courses=_courses(**place),
        sessions=[(pk, f"{title} · {name}") for pk, title, name in _sessions(**place)],
        spaces=_spaces(reader=reader),
        reach=None,
    )
    if scopes and None not in scopes:
        choices.reach = frozenset().union(*(choices.subtree(unit) for unit in scopes))
    return choices


@prepared
def _scopes(reader: Reader) -> QuerySet:
    grants = RoleGrant.objects.filter(user=reader.pk, role=RoleGrant.Role.HR, revoked_at=None)
    return grants.filter(organisation=reader.organisation_id).values_list("unit_id", flat=True)


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
def _spaces(reader: Reader) -> QuerySet:
    """A space that hides is not named to somebody who may not know it exists."""
    known = Space.objects.visible_to(reader)
    listed = known.filter(organisation=reader.organisation_id).listed()
    return listed.order_by("name", "pk").values_list("pk", "name")
