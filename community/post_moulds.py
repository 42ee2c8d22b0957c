"""What stands under every post alike: buttons and menus, made once per process for each way a post can be met.

They hold marks where the id of the post and its count go, and nothing that people wrote.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import NamedTuple

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from community.models import Reaction
from community.post_words import words_of_posts
from core.icons import icon_body

NOTHING = mark_safe("")
# The buttons of every post belong to one form of the page, so that they work without scripts and weigh little.
FORM = "post-actions"
PK, COUNT = "__pk__", "__count__"
OTHER_REACTIONS = (
    (Reaction.Kind.THANKS, "heart"),
    (Reaction.Kind.LEARNED, "lightbulb"),
    (Reaction.Kind.QUESTION, "circle-question-mark"),
)
ICONS = (
    "thumbs-up", "reply", "quote", "smile-plus", "ellipsis", "link", "pencil", "circle-check", "trash-2", "flag",
    "check", *(icon for _kind, icon in OTHER_REACTIONS),
)  # fmt: skip


def icon(name: str, size: str = "size-4") -> SafeString:
    """An icon that stands once in the page (`icons_of_posts`) and is drawn by reference."""
    return mark_safe(f'<svg class="{size} shrink-0" aria-hidden="true"><use href="#i-{name}"/></svg>')


def icons_of_posts() -> SafeString:
    symbols = "".join(
        f'<symbol id="i-{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round">{icon_body(name) or ""}</symbol>'
        for name in ICONS
    )
    return mark_safe(f'<svg class="hidden" aria-hidden="true">{symbols}</svg>')


@lru_cache(maxsize=1000)
def moulds_for(language: str, narrow: bool, accepts_in: int) -> PostMoulds:
    """`language` is the active one; `accepts_in` the thread in which an answer is accepted."""
    return PostMoulds(language, narrow, accepts_in)


class Met(NamedTuple):
    """How a reader meets a post: whose it is, what it is and what they may do with it."""

    own: bool
    can_reply: bool
    can_edit: bool
    can_delete: bool
    can_flag: bool
    can_accept: bool


class PostMoulds:
    def __init__(self, language: str, narrow: bool, accepts_in: int) -> None:
        self.words, self.narrow, self.accepts_in = words_of_posts(language), narrow, accepts_in
        self.root = reverse("community:post", args=[0]).removesuffix("0/")
        self.button = "btn btn-ghost btn-xs" if narrow else "btn btn-ghost btn-sm"
        self.actions = cache(self._actions)
        self.useful = cache(self._useful)

    def _actions(self, met: Met, accepted: bool, mine: frozenset[str]) -> tuple[str, str]:
        """What stands before and after the counted reactions of a post."""
        parts = []
        if not self.narrow and not met.own:
            parts.append(self._reactions_menu(mine))
        if met.can_reply:
            drawn = NOTHING if self.narrow else icon("reply")
            parts.append(self._composer_link("reply/", drawn, self.words["reply"]))
            if not self.narrow:
                parts.append(self._composer_link("reply/?quote=1", icon("quote"), self.words["quote"]))
        parts.append(self._more(met, accepted))
        margin = "mt-1 ml-9" if self.narrow else "mt-3 -ml-1"
        return f'<div class="flex flex-wrap items-center gap-1 {margin}">', f"{''.join(parts)}</div>"

    def _useful(self, mine: bool, counted: bool) -> str:
        """The button "Useful": the state it asks for is in its value, so that pressing it twice is once."""
        return format_html(
            '<button form="{form}" formaction="{url}" name="on" value="{on}" class="{button} btn-primary" '
            'id="useful-{pk}" aria-pressed="{pressed}" data-optimistic hx-post="{url}" hx-swap="outerHTML" hx-vals="{vals}">'
            "{icon}{word}<span data-count>{count}</span></button>",
            form=FORM, url=f"{self.root}{PK}/reactions/useful/", on="0" if mine else "1", pk=PK, count=COUNT,
            button=self.button.replace("btn-ghost", "btn-soft" if counted or mine else "btn-ghost"),
            pressed="true" if mine else "false", icon=icon("thumbs-up"), word=self.words["useful"],
            vals=json.dumps({"on": "0" if mine else "1", "narrow": "1" if self.narrow else ""}),
        )  # fmt: skip

    def _reactions_menu(self, mine: frozenset[str]) -> SafeString:
        items = format_html_join(
            "",
            '<li><button form="{}" formaction="{}" name="on" value="{}" aria-pressed="{}" hx-post="{}" '
            'hx-vals="{}" hx-swap="none">{}{}{}</button></li>',
            (
                (
                    FORM, url, "0" if kind in mine else "1", "true" if kind in mine else "false", url,
                    json.dumps({"on": "0" if kind in mine else "1"}), icon(name), kind.label, icon("check", "size-4 ml-auto text-success") if kind in mine else "",
                )
                for kind, name in OTHER_REACTIONS
                for url in (f"{self.root}{PK}/reactions/{kind}/",)
            ),
        )  # fmt: skip
        return self._menu("react", self.words["react"], "smile-plus", items)

    def _composer_link(self, page: str, drawn: SafeString, words: str) -> SafeString:
        """Opens a composer under the post; without scripts, a page with the same composer."""
        url = f"{self.root}{PK}/{page}"
        return format_html(
            '<a class="{}" href="{}" hx-get="{}" hx-target="#slot-{}" hx-swap="innerHTML">{}{}</a>',
            f"{self.button}{' max-sm:hidden' if 'quote' in page else ''}", url, url, PK, drawn, words,
        )  # fmt: skip

    def _more(self, met: Met, accepted: bool) -> SafeString:
        words = self.words
        items = [
            format_html(
                '<li><a href="{}{}/" data-copy-link>{}{}</a></li>', self.root, PK, icon("link"), words["link"]
            )
        ]
        if met.can_edit:
            items.append(self._opens("edit", "pencil", words["edit"]))
        if met.can_accept:
            url = reverse("community:resolution", args=[self.accepts_in])
            value, says = ("", words["unaccept"]) if accepted else (PK, words["accept"])
            items.append(self._does(url, "circle-check", says, "post", value))
        if met.can_delete:
            items.append(self._does(f"{self.root}{PK}/removal/", "trash-2", words["delete"], "on", "1"))
        if met.can_flag:
            items.append(self._opens("flag", "flag", words["flag"]))
        menu = self._menu("more", words["more"], "ellipsis", mark_safe("".join(items)))
        return format_html('<span class="ml-auto">{}</span>', menu)

    def _menu(self, name: str, label: str, drawn: str, items: SafeString) -> SafeString:
        return format_html(
            '<span class="inline-flex" data-menu><button type="button" class="{button} btn-square" '
            'popovertarget="{id}" aria-expanded="false" aria-label="{label}" title="{label}">{icon}</button><ul id="{id}" '
            'popover class="menu menu-panel surface shadow-lg min-w-48 p-2 text-sm text-base-content">{items}</ul></span>',
            button=self.button, id=f"{name}-{PK}", label=label, icon=icon(drawn), items=items,
        )  # fmt: skip

    def _opens(self, name: str, drawn: str, words: str) -> SafeString:
        url = f"{self.root}{PK}/{name}/"
        return format_html(
            '<li><a href="{}" hx-get="{}" hx-target="#slot-{}" hx-swap="innerHTML">{}{}</a></li>',
            url, url, PK, icon(drawn), words,
        )  # fmt: skip

    def _does(self, url: str, drawn: str, words: str, name: str, value: str) -> SafeString:
        return format_html(
            '<li><button form="{}" formaction="{}" name="{}" value="{}" hx-post="{}" hx-vals="{}" hx-swap="none">{}{}</button></li>',
            FORM, url, name, value, url, json.dumps({name: value}), icon(drawn), words,
        )  # fmt: skip
