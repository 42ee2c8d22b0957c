"""The order of a course: sections, and modules inside them."""

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core.errors import Refused
from core.idempotency import sending
from courses.models import Course, Module, Section
from events.recording import record


@transaction.atomic
def add_section(course: Course, *, by, title: str, key: UUID | None = None) -> Section:
    """`key` makes a repeat the same section."""
    sent = sending(key, by=by, action="courses.add_section", course=course.pk, title=title)
    _lock(course)
    if (made := sent.first_of(Section)) is not None:
        return made
    section = course.sections.create(title=title, position=_next(course.sections), **sent.fields)
    _record(course, by)
    return section


@transaction.atomic
def rename_section(section: Section, *, by, title: str) -> Section:
    section.title = title
    section.save(update_fields=["title"])
    _record(section.course, by)
    return section


@transaction.atomic
def remove_section(section: Section, *, by) -> None:
    """Only an empty one: modules carry what people said and did."""
    _lock(section.course)
    if section.modules.exists():
        raise Refused(_("Move the modules of this section first."))
    section.delete()
    _record(section.course, by)


@transaction.atomic
def move_section(section: Section, *, by, position: int) -> None:
    """Puts a section at a place counted from 1; the others close up."""
    _lock(section.course)
    others = list(section.course.sections.exclude(pk=section.pk))
    others.insert(max(position - 1, 0), section)
    _number(others)
    _record(section.course, by)


@transaction.atomic
def move_module(module: Module, *, by, section: Section, position: int) -> None:
    """Puts a module at a place of a section of the same course, counted from 1; the others close up."""
    if section.course_id != module.course_id:
        raise Refused(_("A module stays in its course."))
    _lock(module.course)
    module.refresh_from_db(fields=["section"])
    left = module.section
    if left != section:
        module.section = section
        module.position = _next(section.modules)
        module.save(update_fields=["section", "position"])
        _number(list(left.modules.order_by("position")))
    others = list(section.modules.exclude(pk=module.pk).order_by("position"))
    others.insert(max(position - 1, 0), module)
    _number(others)
    _record(module.course, by)


def next_place(section: Section) -> int:
    """The position after the last module of a section; call it under the lock of the course."""
    return _next(section.modules)


def _next(rows) -> int:
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1


def _number(rows: list) -> None:
    for position, row in enumerate(rows, start=1):
        row.position = position
    if rows:
        type(rows[0])._default_manager.bulk_update(rows, ["position"])


def _lock(course: Course) -> None:
    """Two people who move at once wait for each other; without it both would number from the same list."""
    Course.objects.select_for_update().get(pk=course.pk)


def _record(course: Course, by) -> None:
    record("courses.course_changed", actor=by, subject=course, data={"fields": ["outline"]})
