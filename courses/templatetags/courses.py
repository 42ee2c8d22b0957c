from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
