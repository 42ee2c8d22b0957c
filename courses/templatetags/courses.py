from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags import ui
from courses.models import Module
from courses.queries.outline import Step

SEATS = {"done": "bg-primary text-primary-content", "begun": "bg-accent/30", "open": "bg-base-200"}

register = template.Library()


@register.filter
def clock(seconds: float) -> str:
    """Seconds as people read them: 3:12, 1:03:12."""
    minutes, rest = divmod(int(seconds or 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@register.simple_tag
def transcript_line(line) -> SafeString:
    """A sentence of the film; without scripts its time opens the page again at that moment."""
    badge = ""
    if line.comments:
        words = ngettext("%(n)d comment at this moment", "%(n)d comments at this moment", line.comments)
        badge = format_html(
            '<span class="badge badge-sm badge-secondary shrink-0"><span aria-hidden="true">{}</span>'
            '<span class="sr-only">{}</span></span>',
            line.comments,
            words % {"n": line.comments},
        )
    at = f"{line.start:.3f}"
    return format_html(
        '<li class="transcript-line" data-start="{}" data-end="{}">'
        '<a class="font-mono text-sm text-primary shrink-0 link link-hover" href="?t={}" data-moment="{}" '
        'aria-label="{}">{}</a><span class="flex-1">{}</span>{}</li>',
        at,
        f"{line.end:.3f}",
        int(line.start),
        at,
        _("Play from %(time)s") % {"time": clock(line.start)},
        clock(line.start),
        line.text.replace("\n", " "),
        badge,
    )


@register.simple_tag
def outline_steps(steps: Iterable[Step], links: bool) -> SafeString:
    """The modules of a section, drawn in Python: a course has dozens of them. `links` for those who follow it."""
    words = {
        "min": _("%(n)s min"),
        "optional": _("optional"),
        "done": _("done"),
        "begun": _("begun"),
        "check": ui.icon("check", **{"class": "size-5"}),
        "talk": ui.icon("message-square", **{"class": "size-4"}),
        "kinds": {kind.value: kind.label for kind in Module.Kind},
    }
    return format_html_join("", "{}", ((_outline_step(step, words, links),) for step in steps))


def _outline_step(step: Step, words: dict, links: bool) -> SafeString:
    module = step.module
    facts = [words["kinds"][module.kind], words["min"] % {"n": module.minutes}]
    facts += [words["optional"]] if not module.mandatory else []
    facts += [words[step.state]] if step.state != "open" else []
    title: SafeString | str = module.title
    if links:
        address = module.get_absolute_url()
        title = format_html('<a class="after:absolute after:inset-0" href="{}">{}</a>', address, module.title)
    return format_html(
        '<li class="relative flex items-center gap-4 px-4 sm:px-5 py-3.5 hover:bg-base-200/60">'
        '<span class="grid place-items-center size-9 rounded-full shrink-0 {}">{}</span>'
        '<div class="min-w-0 flex-1"><p class="font-medium" lang="{}">{}</p><p class="quiet text-sm">{}</p></div>'
        "{}{}</li>",
        SEATS[step.state],
        words["check"] if step.completed_at else ui.icon(step.icon, **{"class": "size-4.5"}),
        module.language,
        title,
        " · ".join(str(fact) for fact in facts),
        _new_posts(step),
        _posts(step, words["talk"]),
    )


def _new_posts(step: Step) -> SafeString | str:
    if not step.new:
        return ""
    return ui.badge(ngettext("%(n)s new", "%(n)s new", step.new) % {"n": step.new}, tone="new")


def _posts(step: Step, sign: SafeString) -> SafeString | str:
    if not step.posts:
        return ""
    return format_html(
        '<span class="quiet text-sm flex items-center gap-1.5 shrink-0">{}<span aria-hidden="true">{}</span>'
        '<span class="sr-only">{}</span></span>',
        sign,
        step.posts,
        ngettext("%(n)s message", "%(n)s messages", step.posts) % {"n": step.posts},
    )
