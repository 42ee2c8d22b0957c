"""The HTML of a list of threads, in Python for the same reason as the posts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.models import Thread
from core.icons import icon_svg
from core.markdown import excerpt
from core.moments import draw_moment
from core.templatetags import ui

KIND_TONES = {
    Thread.Kind.CASE: "ask",
    Thread.Kind.QUESTION: "info",
    Thread.Kind.POLL: "ask",
    Thread.Kind.CHALLENGE: "new",
    Thread.Kind.RESOURCE: "primary",
    Thread.Kind.DISCUSSION: "plain",
}


class ThreadDrawing:
    """Draws threads that come from `queries.threads.rows_of_space`."""

    def __init__(self) -> None:
        self.root = reverse("community:thread", args=[0]).removesuffix("0/")
        self.avatar = cache(ui.avatar)
        self.kind = cache(_kind_badge)
        self.replies = cache(_replies)
        self.fresh = cache(_fresh)

    def rows(self, threads: Iterable[Any]) -> SafeString:
        return mark_safe("".join(self.row(thread) for thread in threads))

    def row(self, thread: Any) -> str:
        """One thread. What people wrote (title, first words, names, tags) is escaped here."""
        fresh = thread.last_number - thread.read_to
        return (
            '<li class="relative flex gap-3 p-4 sm:p-5 hover:bg-base-200/50" data-item tabindex="-1">'
            f'{self.avatar(thread.author, "md")}<div class="min-w-0 flex-1"><h2 class="text-base leading-snug">'
            f'<a class="after:absolute after:inset-0 hover:underline" href="{self.root}{thread.pk}/" '
            f'lang="{thread.language}">{escape(thread.title)}</a></h2>'
            f'<p class="text-sm quiet line-clamp-1 mt-0.5" lang="{thread.language}">'
            f"{escape(excerpt(thread.opening_text or '', 140))}</p>"
            f'<p class="text-sm quiet mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1">{self._facts(thread)}</p></div>'
            '<div class="shrink-0 grid gap-1.5 content-start justify-items-end text-sm quiet">'
            f"{self.replies(max(thread.number_of_posts - 1, 0))}"
            f"{self.fresh(fresh, thread.read_to > 0) if fresh > 0 else ''}</div></li>"
        )

    def _facts(self, thread: Any) -> str:
        parts: list[str] = [self.kind(thread.kind)]
        if thread.pinned_at:
            parts.append(_sign("pin", _("Pinned")))
        if thread.locked_at:
            parts.append(_sign("lock", _("Closed")))
        if getattr(thread, "resolution", None):
            parts.append(ui.badge(_("Answered"), tone="success", icon="circle-check"))
        parts.append(f"<span>{escape(thread.author or _('Former member'))}</span>")
        parts.append(draw_moment(thread.last_post_at))
        parts += [f"<span>#{escape(name)}</span>" for name in thread.tag_names[:3]]
        return "".join(parts)


def _kind_badge(kind: str) -> SafeString:
    known = Thread.Kind(kind)
    return ui.badge(known.label, tone=KIND_TONES[known])


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
    label = ngettext("%(n)s new", "%(n)s new", number) % {"n": number} if begun else _("New")
    return ui.badge(label, tone="new")
