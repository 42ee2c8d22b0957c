"""A module's life: written, given its rules, published with its conversation, withdrawn."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.actions import close_threads
from core import markdown
from core.errors import Refused
from core.idempotency import sending
from courses.actions import conversations
from courses.actions.courses import begin_version, publish_course
from courses.actions.outline import next_place
from courses.models import CompletionRule, Course, Module, Quiz, Section
from courses.publication import missing_in
from events.recording import record

FIELDS = ("title", "objective", "minutes", "body", "prompt", "mandatory", "language")
FIRST_RULE = {
    Module.Kind.VIDEO: (CompletionRule.Kind.WATCHED, 80),
    Module.Kind.TEXT: (CompletionRule.Kind.READ, 1),
    Module.Kind.QUIZ: (CompletionRule.Kind.PASSED, 1),
}


@transaction.atomic
def add_module(section: Section, *, by, kind: str, title: str, key=None, **fields) -> Module:
    """A draft at the end of a section, with the rule that suits its kind. `key` makes a repeat the same module."""
    course = Course.objects.select_for_update().get(pk=section.course_id)
    what = {"section": section.pk, "kind": kind, "title": title, **fields}
    sent = sending(key, by=by, action="courses.add_module", **what)
    if (made := sent.first_of(Module)) is not None:
        return made
    module = Module.objects.create(
        course=course,
        section=section,
        kind=kind,
        title=title,
        position=next_place(section),
        **sent.fields,
        language=fields.pop("language", course.language),
        html=_rendered(fields.get("body", "")),
        **fields,
    )
    rule, threshold = FIRST_RULE[Module.Kind(module.kind)]
    module.rules.create(kind=rule, threshold=threshold)
    if module.kind == Module.Kind.QUIZ:
        Quiz.objects.create(module=module)
    record(
        "courses.course_changed", actor=by, subject=course, module_id=module.pk, data={"fields": ["modules"]}
    )
    return module


@transaction.atomic
def save_module(module: Module, *, by, **fields) -> Module:
    """Any of the fields of `FIELDS`; the text is rendered now, its threads follow the title."""
    became_mandatory = fields.get("mandatory") and not module.mandatory
    for name, value in fields.items():
        if name not in FIELDS:
            raise ValueError(f"{name} is not changed here")
        setattr(module, name, value)
    changed = list(fields)
    if "body" in fields:
        module.html = _rendered(module.body)
        changed.append("html")
        # Learners read it already: it does not become empty under their eyes.
        if module.published_at and module.kind == Module.Kind.TEXT and (missing := missing_in(module)):
            raise Refused(missing[0])
    module.save(update_fields=changed)
    if module.published_at is not None:
        conversations.rename_threads(module)
        if became_mandatory:
            begin_version(module)
    record(
        "courses.course_changed",
        actor=by,
        subject=module.course,
        module_id=module.pk,
        data={"fields": sorted(fields)},
    )
    return module


@transaction.atomic
def set_rules(module: Module, *, by, rules: dict[str, int]) -> None:
    """The whole set of conditions: {kind of rule: threshold}. Those who are done stay done."""
    if not rules:
        raise Refused(_("Choose at least one condition: otherwise nobody ever finishes the module."))
    impossible = {
        CompletionRule.Kind.WATCHED: module.kind != Module.Kind.VIDEO,
        CompletionRule.Kind.PASSED: module.kind != Module.Kind.QUIZ,
        CompletionRule.Kind.READ: module.kind != Module.Kind.TEXT,
    }
    if any(impossible.get(CompletionRule.Kind(kind)) for kind in rules):
        raise Refused(_("This condition does not suit this kind of module."))
    module.rules.exclude(kind__in=rules).delete()
    for kind, threshold in rules.items():
        module.rules.update_or_create(kind=kind, defaults={"threshold": threshold})
    record(
        "courses.course_changed",
        actor=by,
        subject=module.course,
        module_id=module.pk,
        data={"fields": ["rules"]},
    )


@transaction.atomic
def publish_module(module: Module, *, by) -> Module:
    """Opens the module to learners; its conversation is born in the space of each session. Twice is once."""
    missing = missing_in(module)
    if missing:
        raise Refused(" ".join(str(sentence) for sentence in missing))
    now = timezone.now()
    if not Module.objects.filter(pk=module.pk, published_at=None).update(published_at=now):
        return module
    module.published_at = now
    begin_version(module)
    close_threads(conversations.threads_about(module), closed=False)
    conversations.threads_of_module(module, by=by)
    conversations.rename_threads(module)
    record("courses.module_published", actor=by, subject=module, module_id=module.pk)
    return module


def publish_all(course: Course, *, by) -> list[Module]:
    """Publishes each draft that lacks nothing, then the course; the drafts that still lack something."""
    left = []
    for module in course.modules.filter(published_at=None).order_by("section__position", "position"):
        module.course = course
        try:
            publish_module(module, by=by)
        except Refused:
            left.append(module)
    publish_course(course, by=by)
    return left


@transaction.atomic
def withdraw_module(module: Module, *, by) -> Module:
    """Hides the module from learners, its conversations with it; they come back when it is published again."""
    if Module.objects.filter(pk=module.pk, published_at__isnull=False).update(published_at=None):
        close_threads(conversations.threads_about(module))
        record("courses.module_withdrawn", actor=by, subject=module, module_id=module.pk)
    module.published_at = None
    return module


@transaction.atomic
def delete_module(module: Module, *, by) -> None:
    """Only a draft that nobody has opened or talked about."""
    if module.published_at is not None or module.module_threads.exists():
        raise Refused(_("People have worked with this module: withdraw it instead."))
    course, number = module.course, module.pk
    Course.objects.select_for_update().get(pk=course.pk)
    module.delete()
    record("courses.course_changed", actor=by, subject=course, module_id=number, data={"fields": ["modules"]})


def _rendered(body: str) -> str:
    return markdown.render_document(body).html if body else ""
