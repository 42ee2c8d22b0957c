"""The HTML of a list of threads, in Python for the same reason as the posts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from community.models import Thread
from community.queries.threads import ThreadRow
from core.drawn import Drawn
from core.icons import icon_svg
from core.moments import draw_moment, seen_at
from core.templatetags import ui

KIND_TONES = {
    Thread.Kind.CASE: "ask",
    Thread.Kind.QUESTION: "info",
    Thread.Kind.POLL: "ask",
    Thread.Kind.CHALLENGE: "new",
    Thread.Kind.RESOURCE: "primary",
    Thread.Kind.DISCUSSION: "plain",
}


# A thread of a list as readers find it: read, unread, this long ago.
ROWS: Drawn[str] = Drawn(5_000)


def draw_threads(threads: Iterable[ThreadRow]) -> SafeString:
    language, zone, now = get_language(), timezone.get_current_timezone_name(), timezone.now()
    return mark_safe(
        "".join(
            ROWS.get((thread, language, zone, seen_at(thread.last_post_at, now)), partial(_row, thread))
            for thread in threads
        )
    )


def _row(thread: ThreadRow) -> str:
    """What people wrote (title, first words, names, tags) is escaped here."""
    return (
        '<li class="relative flex gap-3 p-4 sm:p-5 hover:bg-base-200/50" data-item tabindex="-1">'
        f'{ui.avatar(thread.author, "md")}<div class="min-w-0 flex-1"><h2 class="text-base leading-snug">'
        f'<a class="after:absolute after:inset-0 hover:underline" href="{thread.url}" '
        f'lang="{thread.language}">{escape(thread.title)}</a></h2>'
        f'<p class="text-sm quiet line-clamp-1 mt-0.5" lang="{thread.language}">'
        f"{escape(thread.opening)}</p>"
        f'<p class="text-sm quiet mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1">{_facts(thread)}</p></div>'
        '<div class="shrink-0 grid gap-1.5 content-start justify-items-end text-sm quiet">'
        f"{_replies(thread.replies)}"
        f"{_fresh(thread.new, thread.read_to > 0) if thread.new else ''}</div></li>"
    )


def _facts(thread: ThreadRow) -> str:
    parts: list[str] = [kind_badge(thread.kind)]
    if thread.is_pinned:
        parts.append(_sign("pin", _("Pinned")))
    if thread.is_locked:
        parts.append(_sign("lock", _("Closed")))
    if thread.is_answered:
        parts.append(ui.badge(_("Answered"), tone="success", icon="circle-check"))
    parts.append(f"<span>{escape(thread.author or _('Former member'))}</span>")
    parts.append(draw_moment(thread.last_post_at))
    parts += [f"<span>#{escape(name)}</span>" for name in thread.tags[:3]]
    return "".join(parts)


def kind_badge(kind: str, size: str = "sm") -> SafeString:
    known = Thread.Kind(kind)
    return ui.badge(known.label, tone=KIND_TONES[known], size=size)


def _sign(icon: str, words: str) -> SafeString:
    return format_html(
        '<span class="inline-flex items-center gap-1">{}{}</span>', icon_svg(icon, "size-3.5"), words
    )


def _replies(number: int) -> SafeString:
    words = ngettext("%(n)s reply", "%(n)s replies", number) % {"n": number}
    return format_html(
        '<span class="inline-flex items-center gap-1.5" title="{}">{}<span class="sr-only">{}</span>'
        '<span aria-hidden="true">{}</span></span>',
        words, icon_svg("message-circle", "size-4"), words, number,
    )  # fmt: skip


def _fresh(number: int, begun: bool) -> SafeString:
    """How many posts are new to the reader; of a thread they never opened, that it is."""
    if not begun:
        return ui.badge(pgettext("discussion", "New"), tone="new")
    label = ngettext("%(n)s new", "%(n)s new", number) % {"n": number}
    return ui.badge(label, tone="new")
