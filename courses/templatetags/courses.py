from functools import partial

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.drawn import Drawn
from core.icons import icon_svg
from core.templatetags import ui
from courses.card_drawing import draw_cards
from courses.models import Module
from courses.queries.outline import ModuleRow

# A module of a course as readers find it: untouched, begun, with so many new messages.
STEPS: Drawn[str] = Drawn(5_000)
SEATS = {"done": "bg-primary text-primary-content", "begun": "bg-accent/30", "open": "bg-base-200"}

register = template.Library()


@register.filter
def clock(seconds: float) -> str:
    """Seconds as people read them: 3:12, 1:03:12."""
    minutes, rest = divmod(int(seconds or 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@register.filter
def weight(size: int) -> str:
    """What a file weighs, in thousands like the limits that uploads are told: 606 kB, 12.4 MB.

    Django's `filesizeformat` divides by 1024 and writes « Kio » in French.
    """
    if size < 999_500:
        return _("%(n)s\N{NO-BREAK SPACE}kB") % {"n": floatformat(size / 1_000, 0)}
    if size < 999_950_000:
        return _("%(n)s\N{NO-BREAK SPACE}MB") % {"n": floatformat(size / 1_000_000, 1)}
    return _("%(n)s\N{NO-BREAK SPACE}GB") % {"n": floatformat(size / 1_000_000_000, 1)}


@register.simple_tag
def course_cards(courses) -> SafeString:
    return draw_cards(courses)


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
def outline_steps(steps: list[ModuleRow], links: bool) -> SafeString:
    """The modules of a section, drawn in Python: a course has dozens of them. `links` for those who follow it."""
    language = get_language()
    return mark_safe(
        "".join(
            STEPS.get((language, links, *vars(step).values()), partial(_outline_step, step, links))
            for step in steps
        )
    )


def _outline_step(step: ModuleRow, links: bool) -> str:
    """One module. Its title is all that somebody wrote in it."""
    title: str = escape(step.title)
    if links and not step.withdrawn:
        title = f'<a class="after:absolute after:inset-0" href="{step.get_absolute_url()}">{title}</a>'
    sign = icon_svg("check", "size-5") if step.completed_at else icon_svg(step.icon, "size-4.5")
    return (
        '<li class="relative flex items-center gap-4 px-4 sm:px-5 py-3.5 hover:bg-base-200/60">'
        f'<span class="grid place-items-center size-9 rounded-full shrink-0 {SEATS[step.state]}">{sign}</span>'
        f'<div class="min-w-0 flex-1"><p class="font-medium" lang="{step.language}">{title}</p>'
        f'<p class="quiet text-sm">{_fact(step)}</p></div>'
        f"{_new_posts(step.new)}{_posts(step.posts)}</li>"
    )


def _fact(step: ModuleRow) -> str:
    facts = [Module.Kind(step.kind).label, _("%(n)s min") % {"n": step.minutes}]
    facts += [] if step.mandatory else [_("optional")]
    facts += [_("withdrawn since")] if step.withdrawn else []
    facts += {"done": [_("done")], "begun": [_("begun")]}.get(step.state, [])
    return escape(" · ".join(str(fact) for fact in facts))


def _new_posts(number: int) -> str:
    if not number:
        return ""
    return ui.badge(ngettext("%(n)s new", "%(n)s new", number) % {"n": number}, tone="new")


def _posts(number: int) -> str:
    if not number:
        return ""
    words = ngettext("%(n)s message", "%(n)s messages", number) % {"n": number}
    return (
        f'<span class="quiet text-sm flex items-center gap-1.5 shrink-0">{icon_svg("message-square", "size-4")}'
        f'<span aria-hidden="true">{number}</span><span class="sr-only">{escape(words)}</span></span>'
    )
