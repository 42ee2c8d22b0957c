"""The HTML of posts, in Python: fifty of them through the template language would cost the page its budget.

What does not change from post to post (words, icons, menus, an author's chip) is made once per page, with marks
where the id of the post goes. Only such moulds are filled by replacing marks: they hold nothing that people wrote.
"""

from __future__ import annotations

import json
from functools import cache, cached_property
from typing import Any

from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext

from community import rules
from community.models import Post, Reaction
from community.post_words import as_clock, words_of_posts
from community.queries.conversation import Conversation, Shown
from core.icons import icon_body
from core.moments import draw_moment
from core.templatetags import ui

NOTHING = mark_safe("")
Chip = tuple[SafeString, SafeString, SafeString]
# By all that an author's chip shows, so that it never shows what was: half the cost of a post is its author.
CHIPS: dict[tuple, Chip] = {}
CHIPS_AT_MOST = 5_000
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


class PostDrawing:
    def __init__(self, talk: Conversation) -> None:
        self.talk = talk
        self.narrow = talk.narrow
        self.words = words_of_posts()
        self.language = get_language()
        self.root = reverse("community:post", args=[0]).removesuffix("0/")
        self.button = "btn btn-ghost btn-xs" if self.narrow else "btn btn-ghost btn-sm"
        self.chip = cache(self._chip)
        self.mould = cache(self._mould)
        self.useful_mould = cache(self._useful_mould)

    # The list

    def replies(self) -> SafeString:
        """The items of the list, with a line where the reader had left."""
        first_new = self.talk.first_new
        parts = []
        for top in self.talk.replies:
            if first_new is not None and self.talk.sort == "order" and first_new in (top, *top.replies):
                parts.append(self._line_of_news())
            parts.append(self.item(top))
        return mark_safe("".join(parts))

    def _line_of_news(self) -> SafeString:
        number = self.talk.number_of_new
        return format_html(
            '<li class="divider text-secondary text-xs font-semibold uppercase before:bg-secondary/40 '
            'after:bg-secondary/40 my-0" id="news">{}</li>',
            ngettext("%(n)s new since your visit", "%(n)s new since your visit", number) % {"n": number},
        )

    def item(self, shown: Shown) -> SafeString:
        """One post. What people chose (their names) is escaped in `_chip`; `post.html` was cleaned when written."""
        post = shown.post
        if not post.is_published and not (
            post.deleted_at is None and rules.can_see_hidden(self.talk.seat, post)
        ):
            return self._removed(shown)
        label = self.words["post"] % {"n": post.number, "name": self.chip(shown.author)[2]}
        at = f' data-at="{post.moment}"' if post.moment is not None else ""
        return mark_safe(
            f"{self._open(shown)}{at}>"
            f'<article aria-label="{label}">{self._head(shown)}'
            f'<div class="{self._body_classes}" lang="{post.language}">{post.html}</div>'
            f"{self._accepted_line(shown)}"
            f'{self.actions(shown)}<div id="slot-{post.pk}"></div></article>{self._replies_of(shown)}</li>'
        )

    def _removed(self, shown: Shown) -> SafeString:
        """The place of a post that is gone: nothing of what it said, only what hangs below."""
        post = shown.post
        words = self.words["hidden" if post.hidden_at and not post.deleted_at else "removed"]
        return mark_safe(
            f'{self._open(shown)} data-removed><p class="quiet text-sm italic">{words}</p>'
            f"{self._replies_of(shown)}</li>"
        )

    def _open(self, shown: Shown) -> str:
        post = shown.post
        parent = post.top_number if post.parent_id else ""
        return (
            f'<li id="post-{post.number}" class="{self._frame(shown)}" data-post="{post.number}" '
            f'data-parent="{parent}" data-item tabindex="-1"'
        )

    def _frame(self, shown: Shown) -> str:
        is_reply = shown.post.parent_id is not None
        if self.narrow:
            return "ml-6 scroll-mt-4" if is_reply and shown in self.talk.replies else "scroll-mt-4"
        accepted = " ring-2 ring-success/50" if shown.is_accepted else ""
        if is_reply:
            return f"pt-4 scroll-mt-24 rounded-box{accepted and accepted + ' p-4'}"
        return f"surface p-4 sm:p-5 scroll-mt-24{accepted}"

    def _replies_of(self, shown: Shown) -> str:
        if shown.post.parent_id is not None:
            return ""
        edge = (
            "ml-8 grid gap-4 mt-4"
            if self.narrow
            else "grid gap-1 pl-4 sm:pl-6 mt-3 border-l-2 border-base-300"
        )
        inside = "".join(self.item(reply) for reply in shown.replies)
        return f'<ol id="replies-{shown.post.number}" class="{edge} empty:hidden">{inside}</ol>'

    # Parts of a post

    def _chip(self, author: Any) -> Chip:
        """Avatar, name with what it is known for, and the bare name; kept for other readers while nothing changes."""
        look = self.narrow, self.language, *ui.look_of(author)
        if look not in CHIPS:
            if len(CHIPS) >= CHIPS_AT_MOST:
                CHIPS.clear()
            CHIPS[look] = self._drawn_chip(author)
        return CHIPS[look]

    def _drawn_chip(self, author: Any) -> Chip:
        name = escape(self.words["former"])
        shown: Any = name
        if author is not None and author.anonymised_at is None:
            name = escape(author.name)
            shown = format_html(
                '<a class="link link-hover" href="{}">{}</a>', author.get_absolute_url(), name
            )
        who = format_html('<b class="font-semibold">{}</b> {}', shown, ui.standing_badges(author))
        return ui.avatar(author, "sm" if self.narrow else "md"), who, name

    @cached_property
    def _body_classes(self) -> str:
        return "written text-[15px] ml-11" if self.narrow else "written mt-3 max-w-prose"

    def _head(self, shown: Shown) -> str:
        avatar, who, _name = self.chip(shown.author)
        when = self._when(shown)
        if self.narrow:
            return (
                f'<header class="flex items-start gap-3 text-sm">{avatar}<div class="min-w-0 flex flex-wrap '
                f'items-center gap-x-2 leading-6"><span class="inline-flex flex-wrap items-center gap-1.5">{who}</span>'
                f"{when}</div></header>"
            )
        return (
            f'<header class="flex items-center gap-3 text-sm">{avatar}<div class="min-w-0 leading-6">'
            f'<div class="flex flex-wrap items-center gap-1.5">{who}</div><div class="quiet">{when}</div></div>'
            f"{self._badges(shown)}</header>"
        )

    def _when(self, shown: Shown) -> str:
        post = shown.post
        url = f"{self.root}{post.pk}/"
        parts = [
            f'<a class="link link-hover quiet text-[.8125rem]" href="{url}">{draw_moment(post.created_at)}</a>'
        ]
        if post.moment is not None:
            at = self.words["at"] % {"moment": as_clock(post.moment)}
            parts.append(
                f'<button type="button" class="text-xs leading-6 font-mono text-primary link link-hover" '
                f'data-moment="{post.moment}">{at}</button>'
            )
        if post.edited_at:
            parts.append(
                f'<a class="link link-hover text-xs quiet" href="{url}history/">{self.words["edited"]}</a>'
            )
        if shown.is_new:
            parts.append(self._new_badge)
        return " ".join(parts)

    @cached_property
    def _new_badge(self) -> SafeString:
        return ui.badge(self.words["new"], tone="new", size="xs")

    def _badges(self, shown: Shown) -> str:
        if shown.post.hidden_at:
            return f'<span class="ml-auto">{ui.badge(self.words["hidden_badge"], tone="warning")}</span>'
        if not shown.is_accepted or self.narrow:
            return ""
        kept = ui.badge(self.words["accepted"], tone="success", size="md", icon="circle-check")
        return f'<span class="ml-auto shrink-0">{kept}</span>'

    def _accepted_line(self, shown: Shown) -> SafeString:
        """In the narrow column, who accepted the answer is said below its author."""
        if not shown.is_accepted or not self.narrow:
            return NOTHING
        by = self.talk.resolution.by if self.talk.resolution else None
        words = self.words["accepted_by"] % {"name": by.first_name} if by else self.words["accepted"]
        return format_html(
            '<p class="text-xs font-semibold text-success flex items-center gap-1 ml-11">{}{}</p>',
            icon("circle-check"), words,
        )  # fmt: skip

    # What one can do

    def actions(self, shown: Shown) -> SafeString:
        post = shown.post
        mine = frozenset(shown.mine)
        mould = self.mould(
            post.author_id == self.talk.user.pk,
            shown.is_accepted,
            post.number > 1 and post.is_published,
            mine,
        )
        given = "" if self.narrow else self._given(shown)
        before, after = mould
        return mark_safe(
            f"{before.replace(PK, str(post.pk))}{self.useful(shown)}{given}{after.replace(PK, str(post.pk))}"
        )

    def _mould(self, own: bool, accepted: bool, acceptable: bool, mine: frozenset[str]) -> tuple[str, str]:
        """What stands before and after the counted reactions of a post; the id of the post is a mark."""
        seat, words = self.talk.seat, self.words
        like = Post(author_id=seat.user.pk if own else None)
        parts = []
        if not self.narrow and not own:
            parts.append(self._reactions_menu(mine))
        if self.talk.can_write:
            drawn = NOTHING if self.narrow else icon("reply")
            parts.append(self._composer_link("reply/", drawn, words["reply"]))
            if not self.narrow:
                parts.append(self._composer_link("reply/?quote=1", icon("quote"), words["quote"]))
        parts.append(self._more(like, accepted, acceptable))
        margin = "mt-1 ml-9" if self.narrow else "mt-3 -ml-1"
        return f'<div class="flex flex-wrap items-center gap-1 {margin}">', f"{''.join(parts)}</div>"

    def useful(self, shown: Shown) -> SafeString:
        """The button "Useful": the state it asks for is in its value, so that pressing it twice is once."""
        post, number = shown.post, shown.post.useful_count
        if post.author_id == self.talk.user.pk:
            return self._found_useful(number) if number else NOTHING
        mould = self.useful_mould("useful" in shown.mine, number > 0)
        return mark_safe(mould.replace(PK, str(post.pk)).replace(COUNT, str(number or "")))

    def _useful_mould(self, mine: bool, counted: bool) -> str:
        return format_html(
            '<button form="{form}" formaction="{url}" name="on" value="{on}" class="{button} btn-primary" '
            'id="useful-{pk}" aria-pressed="{pressed}" data-optimistic hx-post="{url}" hx-swap="outerHTML" hx-vals="{vals}">'
            "{icon}{word}<span data-count>{count}</span></button>",
            form=FORM, url=f"{self.root}{PK}/reactions/useful/", on="0" if mine else "1", pk=PK, count=COUNT,
            button=self.button.replace("btn-ghost", "btn-soft" if counted or mine else "btn-ghost"),
            pressed="true" if mine else "false", icon=icon("thumbs-up"), word=self.words["useful"],
            vals=json.dumps({"on": "0" if mine else "1", "narrow": "1" if self.narrow else ""}),
        )  # fmt: skip

    def _found_useful(self, number: int) -> SafeString:
        words = ngettext("%(n)s person found this useful", "%(n)s people found this useful", number)
        return format_html(
            '<span class="badge badge-soft badge-primary gap-1 mx-1" title="{}">{}<span class="sr-only">{} </span>{}</span>',
            words % {"n": number}, icon("thumbs-up", "size-3.5"), self.words["useful"], number,
        )  # fmt: skip

    def _given(self, shown: Shown) -> str:
        return "".join(
            f'<span class="badge badge-sm badge-soft gap-1" title="{kind.label}">{icon(name, "size-3.5")}'
            f'<span class="sr-only">{kind.label} </span>{shown.counts[kind]}</span>'
            for kind, name in OTHER_REACTIONS
            if shown.counts.get(kind)
        )

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

    def _more(self, like: Post, accepted: bool, acceptable: bool) -> SafeString:
        seat, words = self.talk.seat, self.words
        items = [
            format_html(
                '<li><a href="{}{}/" data-copy-link>{}{}</a></li>', self.root, PK, icon("link"), words["link"]
            )
        ]
        if rules.can_edit(seat, like) and self.talk.can_write:
            items.append(self._opens("edit", "pencil", words["edit"]))
        if self.talk.can_accept and acceptable:
            url = reverse("community:resolution", args=[self.talk.thread.pk])
            value, says = ("", words["unaccept"]) if accepted else (PK, words["accept"])
            items.append(self._does(url, "circle-check", says, "post", value))
        if rules.can_delete(seat, like):
            items.append(self._does(f"{self.root}{PK}/removal/", "trash-2", words["delete"], "on", "1"))
        if rules.can_flag(seat, like):
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
