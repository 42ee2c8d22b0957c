"""A course's own life: made, changed, published, put away."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from community.models import Space
from core import markdown
from core.editions import State, refuse_if_overtaken
from core.errors import Refused
from core.idempotency import sending
from courses.actions import conversations
from courses.models import Course, Module, Session
from events.recording import record

FIELDS = ("title", "summary", "description", "objectives", "language", "mandatory", "due_on")


@transaction.atomic
def create_course(*, by, title: str, key=None, slug: str = "", **fields) -> Course:
    """A draft with its open session, whose space is joined by enrolling. `key` makes a repeat the same course."""
    sent = sending(key, by=by, action="courses.create_course", title=title, **fields)
    if (made := sent.first_of(Course)) is not None:
        return made
    try:
        with transaction.atomic():
            course = Course.objects.create(
                organisation=by.organisation,
                title=title,
                slug=slug or _free_slug(title),
                created_by=by,
                **sent.fields,
                description_html=markdown.render(fields.get("description", "")).html,
                **fields,
            )
    except IntegrityError:
        if (made := sent.first_of(Course)) is None:
            raise
        return made
    with override(course.language):
        first_section, session_name = _("To begin"), _("Open session")
    course.sections.create(title=first_section, position=1)
    space = conversations.space_for_course(course, by=by, name=title, visibility=Space.Visibility.CLOSED)
    session = Session.objects.create(course=course, name=session_name, is_open=True, space=space)
    record("courses.course_created", actor=by, subject=course, session_id=session.pk, space_id=space.pk)
    return course


def state_of_course(course: Course) -> State:
    return {name: getattr(course, name) for name in FIELDS}


@transaction.atomic
def change_course(course: Course, *, by, edition: str = "", **fields) -> Course:
    """Any of the fields of `FIELDS`; what is attached elsewhere under the course's name follows. Overtaken if the
    course is no longer what `edition` names."""
    course = Course.objects.select_for_update().get(pk=course.pk)
    state = state_of_course(course)
    refuse_if_overtaken(state, state | fields, edition)
    for name, value in fields.items():
        if name not in FIELDS:
            raise ValueError(f"{name} is not changed here")
        setattr(course, name, value)
    course.description_html = markdown.render(course.description).html
    course.save(update_fields=[*fields, "description_html"])
    spaces = Session.objects.filter(course=course).values("space")
    Space.objects.filter(pk__in=spaces).update(about_title=course.title)
    record("courses.course_changed", actor=by, subject=course, data={"fields": sorted(fields)})
    return course


@transaction.atomic
def publish_course(course: Course, *, by) -> Course:
    """Shows the course in the catalogue. Refused while it holds nothing to follow. Publishing twice is once."""
    if not course.modules.published().exists():
        raise Refused(_("Publish at least one module first: an empty course helps nobody."))
    now = timezone.now()
    fresh = Course.objects.filter(pk=course.pk, published_at=None)
    if fresh.update(published_at=now, published_by=by, archived_at=None):
        record("courses.course_published", actor=by, subject=course)
    else:
        Course.objects.filter(pk=course.pk).update(archived_at=None)
    course.refresh_from_db(fields=["published_at", "published_by", "archived_at"])
    return course


@transaction.atomic
def archive_course(course: Course, *, by) -> Course:
    """Takes the course out of the catalogue; those who are enrolled keep it."""
    if Course.objects.filter(pk=course.pk, archived_at=None).update(archived_at=timezone.now()):
        record("courses.course_changed", actor=by, subject=course, data={"fields": ["archived_at"]})
    course.refresh_from_db(fields=["archived_at"])
    return course


def begin_version(module: Module) -> None:
    """A mandatory module that arrives after publication counts only for people who enrol from now on (M21)."""
    if module.course.published_at is None or not module.mandatory:
        return
    Course.objects.filter(pk=module.course_id).update(version=F("version") + 1)
    module.course.refresh_from_db(fields=["version"])
    Module.objects.filter(pk=module.pk).update(since_version=module.course.version)
    module.since_version = module.course.version


def _free_slug(title: str) -> str:
    stem, number = slugify(title)[:70] or "course", 1
    slug = stem
    while slug == "new" or Course.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug
