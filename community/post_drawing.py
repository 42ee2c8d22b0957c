"""The HTML of posts, in Python: fifty of them through the template language would cost the page its budget.

One drawing per page: what is the same for every post (words, icons, addresses, an author's chip) is made once.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import rules
from community.models import Post, Reaction
from community.queries.conversation import Conversation, Shown
from core.templatetags import ui

NOTHING = mark_safe("")
# The buttons of every post belong to one form of the page, so that they work without scripts and weigh little.
FORM = "post-actions"
OTHER_REACTIONS = (
    (Reaction.Kind.THANKS, "heart"),
    (Reaction.Kind.LEARNED, "lightbulb"),
    (Reaction.Kind.QUESTION, "circle-question-mark"),
)


class PostDrawing:
    def __init__(self, talk: Conversation) -> None:
        self.talk = talk
        self.thread = talk.thread
        self.narrow = talk.narrow
        self.root = reverse("community:post", args=[0]).removesuffix("0/")
        self.icon = cache(ui.icon)
        self.chip = cache(self._chip)
        self.words = _words()
        self.button = "btn btn-ghost btn-xs" if self.narrow else "btn btn-ghost btn-sm"

    # Lists

    def replies(self) -> SafeString:
        """The list of replies, with a line where the reader had left."""
        first_new = self.talk.first_new
        parts = []
        for top in self.talk.replies:
            if first_new is not None and first_new in (top, *top.replies) and self.talk.sort == "order":
                parts.append(self.line_of_news())
            parts.append(self.item(top))
        return format_html_join("", "{}", ((part,) for part in parts))

    def line_of_news(self) -> SafeString:
        number = self.talk.number_of_new
        words = ngettext("%(n)s new since your visit", "%(n)s new since your visit", number) % {"n": number}
        return format_html(
            '<li class="divider text-secondary text-xs font-semibold uppercase before:bg-secondary/40 '
            'after:bg-secondary/40 my-0" id="news">{}</li>',
            words,
        )

    def item(self, shown: Shown) -> SafeString:
        post = shown.post
        if not post.is_published and not self._may_read_hidden(post):
            return self._removed(shown)
        moment = format_html(' data-at="{}"', post.moment) if post.moment is not None else NOTHING
        return format_html(
            '<li id="post-{n}" class="{classes}" data-post="{n}" data-parent="{parent}"{moment} data-item tabindex="-1">'
            '<article aria-label="{label}">{head}{accepted}{body}{actions}<div id="slot-{pk}"></div></article>{replies}</li>',
            n=post.number,
            pk=post.pk,
            classes=self._frame(shown),
            parent=self._parent(post),
            moment=moment,
            label=self.words["post"] % {"n": post.number, "name": self._name(shown.author)},
            head=self._head(shown),
            accepted=self._accepted_line(shown) if self.narrow else NOTHING,
            body=self._body(post),
            actions=self.actions(shown),
            replies=self._replies_of(shown),
        )

    def _frame(self, shown: Shown) -> str:
        is_reply = shown.post.parent_id is not None
        if self.narrow:
            return "ml-6 scroll-mt-4" if is_reply and not self._has_parent_here(shown) else "scroll-mt-4"
        accepted = " ring-2 ring-success/50" if shown.is_accepted else ""
        if is_reply:
            return f"pt-4 scroll-mt-24 rounded-box{accepted and accepted + ' p-4'}"
        return f"surface p-4 sm:p-5 scroll-mt-24{accepted}"

    def _has_parent_here(self, shown: Shown) -> bool:
        return shown not in self.talk.replies

    def _parent(self, post: Post) -> Any:
        return post.top_number if post.parent_id else ""

    def _replies_of(self, shown: Shown) -> SafeString:
        if shown.post.parent_id is not None:
            return NOTHING
        edge = "ml-8 grid gap-4 mt-4" if self.narrow else "grid gap-1 pl-4 sm:pl-6 border-l-2 border-base-300"
        margin = " mt-4" if shown.replies and not self.narrow else ""
        inside = format_html_join("", "{}", ((self.item(reply),) for reply in shown.replies))
        return format_html(
            '<ol id="replies-{}" class="{}{} empty:hidden">{}</ol>', shown.post.number, edge, margin, inside
        )

    def _removed(self, shown: Shown) -> SafeString:
        """The place of a post that is gone: nothing of what it said, only what hangs below."""
        post = shown.post
        words = self.words["hidden" if post.hidden_at and not post.deleted_at else "removed"]
        return format_html(
            '<li id="post-{n}" class="{c}" data-post="{n}" data-parent="{p}" data-removed><p class="quiet text-sm italic">{w}</p>{r}</li>',
            n=post.number, c=self._frame(shown), p=self._parent(post), w=words, r=self._replies_of(shown),
        )  # fmt: skip

    # Parts of a post

    def _chip(self, author: Any) -> tuple[SafeString, SafeString]:
        name: Any = self.words["former"]
        if author is not None and author.anonymised_at is None:
            name = format_html(
                '<a class="link link-hover" href="{}">{}</a>', author.get_absolute_url(), author
            )
        who = format_html('<b class="font-semibold">{}</b> {}', name, ui.standing_badges(author))
        return ui.avatar(author, "sm" if self.narrow else "md"), who

    def _name(self, author: Any) -> str:
        return self.words["former"] if author is None else author.name

    def _head(self, shown: Shown) -> SafeString:
        avatar, who = self.chip(shown.author)
        shape = (
            '<header class="flex items-start gap-3 text-sm">{}<div class="min-w-0 flex flex-wrap items-center gap-x-2">'
            '<span class="inline-flex flex-wrap items-center gap-1.5">{}</span>{}</div>{}</header>'
            if self.narrow
            else '<header class="flex items-center gap-3 text-sm">{}<div class="min-w-0">'
            '<div class="flex flex-wrap items-center gap-1.5">{}</div><div class="quiet">{}</div></div>{}</header>'
        )
        return format_html(shape, avatar, who, self._when(shown), self._badges(shown))

    def _when(self, shown: Shown) -> SafeString:
        post = shown.post
        parts = [
            format_html(
                '<a class="link link-hover quiet{}" href="{}{}/">{}</a>',
                " text-xs" if self.narrow else "",
                self.root,
                post.pk,
                ui.time_tag(post.created_at),
            )
        ]
        if post.moment is not None:
            parts.append(
                format_html(
                    '<button type="button" class="text-xs font-mono text-primary link link-hover" data-moment="{}">{}</button>',
                    post.moment,
                    self.words["at"] % {"moment": as_clock(post.moment)},
                )
            )
        if post.edited_at:
            parts.append(
                format_html(
                    '<a class="link link-hover text-xs quiet" href="{}{}/history/">{}</a>',
                    self.root,
                    post.pk,
                    self.words["edited"],
                )
            )
        if shown.is_new:
            parts.append(ui.badge(self.words["new"], tone="new", size="xs"))
        return format_html_join(" ", "{}", ((part,) for part in parts))

    def _badges(self, shown: Shown) -> SafeString:
        if shown.post.hidden_at:
            return format_html(
                '<span class="ml-auto">{}</span>', ui.badge(self.words["hidden_badge"], tone="warning")
            )
        if not shown.is_accepted or self.narrow:
            return NOTHING
        kept = ui.badge(self.words["accepted"], tone="success", size="md", icon="circle-check")
        return format_html('<span class="ml-auto shrink-0">{}</span>', kept)

    def _accepted_line(self, shown: Shown) -> SafeString:
        if not shown.is_accepted:
            return NOTHING
        by = self.talk.resolution.by if self.talk.resolution else None
        words = self.words["accepted_by"] % {"name": by.first_name} if by else self.words["accepted"]
        return format_html(
            '<p class="text-xs font-semibold text-success flex items-center gap-1 ml-11">{}{}</p>',
            self.icon("circle-check", **{"class": "size-4"}), words,
        )  # fmt: skip

    def _body(self, post: Post) -> SafeString:
        classes = "written text-[15px] ml-11" if self.narrow else "written mt-3 max-w-prose"
        return format_html('<div class="{}" lang="{}">{}</div>', classes, post.language, mark_safe(post.html))

    # What one can do

    def actions(self, shown: Shown) -> SafeString:
        post = shown.post
        can_write = self.talk.can_write
        parts = [self.useful(shown)]
        if not self.narrow:
            parts.append(self._other_reactions(shown))
        if can_write:
            parts.append(
                self._composer_link(post, "reply", "reply", self.words["reply"], hide_icon=self.narrow)
            )
            if not self.narrow:
                parts.append(self._composer_link(post, "quote", "quote", self.words["quote"]))
        parts.append(self._more(shown))
        margin = "mt-1 ml-9" if self.narrow else "mt-3 -ml-1"
        return format_html(
            '<div class="flex flex-wrap items-center gap-1 {}">{}</div>',
            margin, format_html_join("", "{}", ((part,) for part in parts)),
        )  # fmt: skip

    def useful(self, shown: Shown) -> SafeString:
        """The button "Useful": the state it asks for is in its value, so that pressing it twice is once."""
        post = shown.post
        number = shown.post.useful_count
        if post.author_id == self.talk.user.pk:
            if not number:
                return NOTHING
            words = ngettext("%(n)s person found this useful", "%(n)s people found this useful", number)
            return format_html(
                '<span class="badge badge-soft badge-primary gap-1 mx-1" title="{}">{}{}</span>',
                words % {"n": number},
                self.icon("thumbs-up", **{"class": "size-3.5"}),
                number,
            )
        mine = "useful" in shown.mine
        return format_html(
            '<button form="{form}" formaction="{url}" name="on" value="{on}" class="{button} {tone}" id="useful-{pk}" '
            'aria-pressed="{pressed}" data-optimistic hx-post="{url}" hx-swap="outerHTML">{icon}{word}'
            '<span data-count>{number}</span></button>',
            form=FORM, url=f"{self.root}{post.pk}/reactions/useful/", on="0" if mine else "1", pk=post.pk,
            button=self.button.replace("btn-ghost", "btn-soft" if number or mine else "btn-ghost"),
            tone="btn-primary", pressed="true" if mine else "false",
            icon=self.icon("thumbs-up", **{"class": "size-4"}), word=self.words["useful"], number=number or "",
        )  # fmt: skip

    def _other_reactions(self, shown: Shown) -> SafeString:
        post = shown.post
        own = post.author_id == self.talk.user.pk
        given = [
            (kind, icon, shown.counts.get(kind, 0), kind in shown.mine) for kind, icon in OTHER_REACTIONS
        ]
        counted = format_html_join(
            "", '<span class="badge badge-sm badge-soft gap-1" title="{}">{}{}</span>',
            ((kind.label, self.icon(icon, **{"class": "size-3.5"}), n) for kind, icon, n, _mine in given if n),
        )  # fmt: skip
        if own:
            return counted
        items = format_html_join(
            "", '<li><button form="{}" formaction="{}" name="on" value="{}" aria-pressed="{}" hx-post="{}" hx-swap="none">{}{}{}</button></li>',
            (
                (
                    FORM, url, "0" if mine else "1", "true" if mine else "false", url,
                    self.icon(icon, **{"class": "size-4"}), kind.label, self._tick if mine else "",
                )
                for kind, icon, _n, mine in given
                for url in (f"{self.root}{post.pk}/reactions/{kind}/",)
            ),
        )  # fmt: skip
        return counted + self._menu(f"react-{post.pk}", self.words["react"], "smile-plus", items)

    @property
    def _tick(self) -> SafeString:
        return self.icon("check", **{"class": "size-4 ml-auto text-success"})

    def _composer_link(
        self, post: Post, name: str, icon: str, words: str, *, hide_icon: bool = False
    ) -> SafeString:
        """Opens a composer under the post; without scripts, a page with the same composer."""
        url = f"{self.root}{post.pk}/reply/" + ("?quote=1" if name == "quote" else "")
        return format_html(
            '<a class="{}" href="{}" hx-get="{}" hx-target="#slot-{}" hx-swap="innerHTML">{}{}</a>',
            self.button, url, url, post.pk,
            "" if hide_icon else self.icon(icon, **{"class": "size-4"}), words,
        )  # fmt: skip

    def _more(self, shown: Shown) -> SafeString:
        post, seat, words = shown.post, self.talk.seat, self.words
        items = [self._link(f"{self.root}{post.pk}/", "link", words["link"], ' data-copy-link=""')]
        if rules.can_edit(seat, post) and self.talk.can_write:
            items.append(self._opens(post, "edit", "pencil", words["edit"]))
        if self.talk.can_accept and post.number > 1 and post.is_published:
            value, says = ("", words["unaccept"]) if shown.is_accepted else (post.pk, words["accept"])
            url = reverse("community:resolution", args=[self.thread.pk])
            items.append(self._does(url, "circle-check", says, "post", value))
        if rules.can_delete(seat, post):
            items.append(self._does(f"{self.root}{post.pk}/removal/", "trash-2", words["delete"], "on", "1"))
        if rules.can_flag(seat, post):
            items.append(self._opens(post, "flag", "flag", words["flag"]))
        return format_html(
            '<span class="ml-auto">{}</span>',
            self._menu(f"more-{post.pk}", words["more"], "ellipsis", NOTHING.join(items)),
        )

    def _menu(self, id: str, label: str, icon: str, items: SafeString) -> SafeString:
        return format_html(
            '<span class="inline-flex" data-menu><button type="button" class="{} btn-square" popovertarget="{}" '
            'aria-expanded="false" aria-label="{}" title="{}">{}</button>'
            '<ul id="{}" popover class="menu menu-panel surface shadow-lg min-w-48 p-2 text-sm text-base-content">{}</ul></span>',
            self.button, id, label, label, self.icon(icon, **{"class": "size-4"}), id, mark_safe(items),
        )  # fmt: skip

    def _link(self, url: str, icon: str, words: str, extra: str = "") -> SafeString:
        drawn = self.icon(icon, **{"class": "size-4"})
        return format_html('<li><a href="{}"{}>{}{}</a></li>', url, mark_safe(extra), drawn, words)

    def _opens(self, post: Post, name: str, icon: str, words: str) -> SafeString:
        url = f"{self.root}{post.pk}/{name}/"
        return format_html(
            '<li><a href="{}" hx-get="{}" hx-target="#slot-{}" hx-swap="innerHTML">{}{}</a></li>',
            url, url, post.pk, self.icon(icon, **{"class": "size-4"}), words,
        )  # fmt: skip

    def _does(self, url: str, icon: str, words: str, name: str, value: Any) -> SafeString:
        return format_html(
            '<li><button form="{}" formaction="{}" name="{}" value="{}" hx-post="{}" hx-swap="none">{}{}</button></li>',
            FORM, url, name, value, url, self.icon(icon, **{"class": "size-4"}), words,
        )  # fmt: skip

    def _may_read_hidden(self, post: Post) -> bool:
        return post.deleted_at is None and rules.can_see_hidden(self.talk.seat, post)


def as_clock(seconds: int) -> str:
    """3:12, or 1:03:12 past the hour."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _words() -> dict[str, str]:
    return {
        "post": _("Message %(n)s, by %(name)s"),
        "former": _("Former member"),
        "at": _("at %(moment)s"),
        "edited": _("edited"),
        "new": _("New"),
        "hidden": _("This message was hidden by a facilitator."),
        "hidden_badge": _("Hidden by a facilitator"),
        "removed": _("This message was removed."),
        "accepted": _("Accepted answer"),
        "accepted_by": _("Answer accepted by %(name)s"),
        "useful": _("Useful"),
        "react": _("React"),
        "reply": _("Reply"),
        "quote": _("Quote"),
        "more": _("More"),
        "link": _("Copy the link"),
        "edit": _("Edit"),
        "delete": _("Remove"),
        "flag": _("Flag"),
        "accept": _("Accept this answer"),
        "unaccept": _("No longer the answer"),
    }
