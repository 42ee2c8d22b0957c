"""The HTML of posts, in Python: fifty of them through the template language would cost the page its budget.

What is alike from post to post is made once: buttons and menus (`post_moulds`), an author's chip. A post that looks
the same to its next reader is not drawn again.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext

from community.post_moulds import COUNT, NOTHING, OTHER_REACTIONS, PK, Met, icon, moulds_for
from community.post_words import as_clock, words_of_posts
from community.queries.conversation import Branch, Conversation
from community.queries.posts import PostCard
from core.drawn import Drawn
from core.moments import draw_moment, seen_at
from core.templatetags import ui
from people.queries.person_card import PersonCard

Chip = tuple[SafeString, SafeString, SafeString]
CHIPS: Drawn[Chip] = Drawn(5_000)
# Some five kilobytes each, and as much for the text by which they are found.
ARTICLES: Drawn[str] = Drawn(2_000)


class PostDrawing:
    def __init__(self, talk: Conversation) -> None:
        self.talk = talk
        self.narrow = talk.narrow
        self.language = get_language()
        self.words = words_of_posts(self.language)
        self.moulds = moulds_for(self.language, self.narrow, talk.thread.pk)
        self.root = self.moulds.root
        self.now = timezone.now()
        self.look = self.language, timezone.get_current_timezone_name(), self.narrow, self.kept_by

    # The list

    def replies(self) -> SafeString:
        """The items of the list, with a line where the reader had left."""
        first_new = self.talk.first_new
        parts = []
        for top in self.talk.replies:
            numbers = [post.number for post in (top.post, *top.replies)]
            if first_new is not None and self.talk.sort == "order" and first_new in numbers:
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

    def item(self, top: Branch) -> SafeString:
        """One post and what hangs below it."""
        alone = self.narrow and top.post.is_reply
        inside = "".join(self._post(reply) for reply in top.replies)
        return self._post(top.post, inside, alone=alone)

    def _post(self, post: PostCard, inside: str = "", *, alone: bool = False) -> SafeString:
        look = self.look, post, alone, seen_at(post.created_at, self.now)
        article = ARTICLES.get(look, lambda: self._article(post, alone))
        return SafeString(f"{article}{self._replies_of(post, inside)}</li>")

    def _article(self, post: PostCard, alone: bool) -> str:
        """What people chose (their names) is escaped in `chip`; `post.html` was cleaned when written."""
        if post.gone:
            return self._removed(post, alone)
        label = self.words["post"] % {"n": post.number, "name": self.chip(post.author)[2]}
        at = f' data-at="{post.moment}"' if post.moment is not None else ""
        return (
            f"{self._open(post, alone)}{at}>"
            f'<article aria-label="{label}">{self._head(post)}'
            f'<div class="{self._body_classes}" lang="{post.language}">{post.html}</div>'
            f"{self._accepted_line(post)}"
            f'{self.actions(post)}<div id="slot-{post.pk}"></div></article>'
        )

    def _removed(self, post: PostCard, alone: bool) -> str:
        """The place of a post that is gone: nothing of what it said."""
        return f'{self._open(post, alone)} data-removed><p class="quiet text-sm italic">{self.words[post.gone]}</p>'

    def _open(self, post: PostCard, alone: bool) -> str:
        parent = post.top_number if post.is_reply else ""
        return (
            f'<li id="post-{post.number}" class="{self._frame(post, alone)}" data-post="{post.number}" '
            f'data-parent="{parent}" data-item tabindex="-1"'
        )

    def _frame(self, post: PostCard, alone: bool) -> str:
        if self.narrow:
            return "ml-6 scroll-mt-4" if alone else "scroll-mt-4"
        accepted = " ring-2 ring-success/50" if post.is_accepted else ""
        if post.is_reply:
            return f"pt-4 scroll-mt-24 rounded-box{accepted and accepted + ' p-4'}"
        return f"surface p-4 sm:p-5 scroll-mt-24{accepted}"

    def _replies_of(self, post: PostCard, inside: str) -> str:
        if post.is_reply:
            return ""
        edge = (
            "ml-8 grid gap-4 mt-4"
            if self.narrow
            else "grid gap-1 pl-4 sm:pl-6 mt-3 border-l-2 border-base-300"
        )
        return f'<ol id="replies-{post.number}" class="{edge} empty:hidden">{inside}</ol>'

    # Parts of a post

    def chip(self, person: PersonCard | None) -> Chip:
        """Avatar, name with what it is known for, and the bare name; kept for other readers while nothing changes."""
        return CHIPS.get((self.narrow, self.language, person), lambda: self._drawn_chip(person))

    def _drawn_chip(self, person: PersonCard | None) -> Chip:
        name = escape(self.words["former"])
        shown: Any = name
        if person is not None and person.anonymised_at is None:
            name = escape(person.name)
            shown = format_html('<a class="link link-hover" href="{}">{}</a>', person.url, name)
        who = format_html('<b class="font-semibold">{}</b> {}', shown, ui.standing_badges(person))
        return ui.avatar(person, "sm" if self.narrow else "md"), who, name

    @cached_property
    def kept_by(self) -> str:
        """The first name of who accepted the answer, where it is said."""
        by = self.talk.resolution.by if self.narrow and self.talk.resolution else None
        return by.first_name if by else ""

    @cached_property
    def _body_classes(self) -> str:
        return "written text-[15px] ml-11" if self.narrow else "written mt-3 max-w-prose"

    def _head(self, post: PostCard) -> str:
        avatar, who, _name = self.chip(post.author)
        when = self._when(post)
        if self.narrow:
            return (
                f'<header class="flex items-start gap-3 text-sm">{avatar}<div class="min-w-0 flex flex-wrap '
                f'items-center gap-x-2 leading-6"><span class="inline-flex flex-wrap items-center gap-1.5">{who}</span>'
                f"{when}</div></header>"
            )
        return (
            f'<header class="flex items-center gap-3 text-sm">{avatar}<div class="min-w-0 leading-6">'
            f'<div class="flex flex-wrap items-center gap-1.5">{who}</div><div class="quiet">{when}</div></div>'
            f"{self._badges(post)}</header>"
        )

    def _when(self, post: PostCard) -> str:
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
        if post.is_new:
            parts.append(self._new_badge)
        return " ".join(parts)

    @cached_property
    def _new_badge(self) -> SafeString:
        return ui.badge(self.words["new"], tone="new", size="xs")

    def _badges(self, post: PostCard) -> str:
        if post.is_hidden:
            return f'<span class="ml-auto">{ui.badge(self.words["hidden_badge"], tone="warning")}</span>'
        if not post.is_accepted or self.narrow:
            return ""
        kept = ui.badge(self.words["accepted"], tone="success", size="md", icon="circle-check")
        return f'<span class="ml-auto shrink-0">{kept}</span>'

    def _accepted_line(self, post: PostCard) -> SafeString:
        """In the narrow column, who accepted the answer is said below its author."""
        if not post.is_accepted or not self.narrow:
            return NOTHING
        by = self.kept_by
        words = self.words["accepted_by"] % {"name": by} if by else self.words["accepted"]
        return format_html(
            '<p class="text-xs font-semibold text-success flex items-center gap-1 ml-11">{}{}</p>',
            icon("circle-check"), words,
        )  # fmt: skip

    # What one can do

    def actions(self, post: PostCard) -> SafeString:
        can = post.can_reply, post.can_edit, post.can_delete, post.can_flag, post.can_accept
        before, after = self.moulds.actions(Met(post.is_own, *can), post.is_accepted, post.mine)
        given = "" if self.narrow else self._given(post)
        return mark_safe(
            f"{before.replace(PK, str(post.pk))}{self.useful(post)}{given}{after.replace(PK, str(post.pk))}"
        )

    def useful(self, post: PostCard) -> SafeString:
        number = post.useful_count
        if post.is_own:
            return self._found_useful(number) if number else NOTHING
        mould = self.moulds.useful("useful" in post.mine, number > 0)
        return mark_safe(mould.replace(PK, str(post.pk)).replace(COUNT, str(number or "")))

    def _found_useful(self, number: int) -> SafeString:
        words = ngettext("%(n)s person found this useful", "%(n)s people found this useful", number)
        return format_html(
            '<span class="badge badge-soft badge-primary gap-1 mx-1" title="{}">{}<span class="sr-only">{} </span>{}</span>',
            words % {"n": number}, icon("thumbs-up", "size-3.5"), self.words["useful"], number,
        )  # fmt: skip

    def _given(self, post: PostCard) -> str:
        counts = dict(post.counts)
        return "".join(
            f'<span class="badge badge-sm badge-soft gap-1" title="{kind.label}">{icon(name, "size-3.5")}'
            f'<span class="sr-only">{kind.label} </span>{counts[kind]}</span>'
            for kind, name in OTHER_REACTIONS
            if kind in counts
        )
