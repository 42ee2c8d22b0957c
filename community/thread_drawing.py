"""The HTML of a list of threads, in Python for the same reason as the posts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.models import Thread
from core.markdown import excerpt
from core.templatetags import ui

KIND_TONES = {
    Thread.Kind.CASE: "ask",
    Thread.Kind.QUESTION: "info",
    Thread.Kind.POLL: "ask",
    Thread.Kind.CHALLENGE: "new",
    Thread.Kind.RESOURCE: "primary",
    Thread.Kind.DISCUSSION: "plain",
}
NOTHING = mark_safe("")


class ThreadDrawing:
    """Draws threads that come from `queries.threads.rows_of_space`."""

    def __init__(self) -> None:
        self.root = reverse("community:thread", args=[0]).removesuffix("0/")
        self.avatar = cache(ui.avatar)
        self.icon = cache(ui.icon)
        self.former = _("Former member")
        self.words = {
            "accepted": _("Answered"),
            "pinned": _("Pinned"),
            "locked": _("Closed"),
            "first": _("New"),
        }

    def rows(self, threads: Iterable[Any]) -> SafeString:
        return format_html_join("", "{}", ((self.row(thread),) for thread in threads))

    def row(self, thread: Any) -> SafeString:
        author = thread.author
        return format_html(
            '<li class="relative flex gap-3 p-4 sm:p-5 hover:bg-base-200/50" data-item tabindex="-1">{}'
            '<div class="min-w-0 flex-1"><h2 class="text-base leading-snug">'
            '<a class="after:absolute after:inset-0 hover:underline" href="{}{}/" lang="{}">{}</a></h2>'
            '<p class="text-sm quiet line-clamp-1 mt-0.5" lang="{}">{}</p>'
            '<p class="text-sm quiet mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1">{}</p></div>{}</li>',
            self.avatar(author, "md"),
            self.root, thread.pk, thread.language, thread.title,
            thread.language, excerpt(thread.opening_text or "", 140),
            format_html_join("", "{}", ((part,) for part in self._facts(thread))),
            self._news(thread),
        )  # fmt: skip

    def _facts(self, thread: Any) -> Iterable[SafeString]:
        yield ui.badge(thread.get_kind_display(), tone=KIND_TONES[thread.kind])
        if thread.pinned_at:
            yield self._sign("pin", self.words["pinned"])
        if thread.locked_at:
            yield self._sign("lock", self.words["locked"])
        if getattr(thread, "resolution", None):
            yield ui.badge(self.words["accepted"], tone="success", icon="circle-check")
        yield format_html("<span>{}</span>", thread.author or self.former)
        yield ui.time_tag(thread.last_post_at)
        for name in thread.tag_names[:3]:
            yield format_html("<span>#{}</span>", name)

    def _sign(self, icon: str, words: str) -> SafeString:
        drawn = self.icon(icon, **{"class": "size-3.5"})
        return format_html('<span class="inline-flex items-center gap-1">{}{}</span>', drawn, words)

    def _news(self, thread: Any) -> SafeString:
        replies = max(thread.number_of_posts - 1, 0)
        words = ngettext("%(n)s reply", "%(n)s replies", replies) % {"n": replies}
        fresh = thread.last_number - thread.read_to
        badge: Any = NOTHING
        if fresh > 0:
            label = (
                ngettext("%(n)s new", "%(n)s new", fresh) % {"n": fresh}
                if thread.read_to
                else self.words["first"]
            )
            badge = ui.badge(label, tone="new")
        return format_html(
            '<div class="shrink-0 grid gap-1.5 content-start justify-items-end text-sm quiet">'
            '<span class="inline-flex items-center gap-1.5" title="{}">{}<span class="sr-only">{}</span>'
            '<span aria-hidden="true">{}</span></span>{}</div>',
            words, self.icon("message-circle", **{"class": "size-4"}), words, replies, badge,
        )  # fmt: skip
