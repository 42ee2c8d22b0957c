"""What must be there before learners see a module or a course: the same list for the page and for the action."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.markdown import says_something
from courses.models import Course, Module
from courses.queries.studio import StudioModule


def missing_in(module: Module) -> list[str]:
    """The sentences to act on, none when the module can be published."""
    found = []
    if module.kind == Module.Kind.VIDEO and not hasattr(module, "video"):
        found.append(_("Upload the video."))
    # A lesson may well be a poem: words that are quoted count here.
    if module.kind == Module.Kind.TEXT and not says_something(module.html.replace("blockquote", "div")):
        found.append(_("Write the text."))
    if module.kind == Module.Kind.QUIZ and not module.quiz.quiz_questions.exists():
        found.append(_("Choose at least one question."))
    if not module.rules.exists():
        found.append(_("Choose when the module counts as done."))
    return found


def advice_for(module: Module) -> list[str]:
    """What would make the module better and does not stop it."""
    found = []
    if not module.objective:
        found.append(_("Say in one sentence what people will be able to do."))
    if not module.prompt:
        found.append(_("Write the question that opens the conversation."))
    if module.kind == Module.Kind.VIDEO and hasattr(module, "video") and not module.video.captions.exists():
        found.append(_("Add captions: people watch without sound, and some do not hear."))
    return found


def checklist(course: Course, modules: Sequence[StudioModule]) -> list[tuple[bool, str]]:
    """What a course needs, each with whether it is there; `modules` are those of the course."""
    drafts = sum(module.published_at is None for module in modules)
    drafts_text = ngettext("%(n)d module is still a draft", "%(n)d modules are still drafts", drafts) % {
        "n": drafts
    }
    return [
        (any(module.published_at for module in modules), _("At least one module is published")),
        (bool(course.summary), _("The catalogue says in one sentence what the course brings")),
        (bool(course.objective_list), _("The objectives are written")),
        (bool(modules) and not drafts, _("Every module is published") if not drafts else drafts_text),
    ]
