"""The HTML of the catalogue's cards, in Python: two dozen of them stand on a page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.icons import icon_svg
from core.templatetags import ui
from courses.queries.catalogue import CourseCard

CARDS_KEPT = 5_000


def draw_cards(cards: Iterable[CourseCard]) -> SafeString:
    """The items of the list."""
    reader = get_language()
    return mark_safe("".join(_draw(card, reader) for card in cards))


@lru_cache(maxsize=CARDS_KEPT)
def _draw(card: CourseCard, reader: str) -> str:
    """`reader` is the active language. What a trainer wrote (title, summary) is escaped here."""
    summary = (
        f'<p class="quiet text-sm line-clamp-3" lang="{card.language}">{escape(card.summary)}</p>'
        if card.summary
        else ""
    )
    minutes = ngettext("%(n)s min", "%(n)s min", card.minutes) % {"n": card.minutes}
    learners = ngettext("%(n)s learner", "%(n)s learners", card.learners) % {"n": card.learners}
    return (
        '<li class="flex"><article class="surface p-5 flex gap-4 w-full relative hover:border-primary '
        f'focus-within:border-primary">{ui.ring(card.done_count, card.modules_count, 72)}'
        '<div class="min-w-0 flex-1 grid gap-1.5 content-start"><h2 class="text-lg">'
        f'<a class="after:absolute after:inset-0 after:rounded-2xl" href="{_root()}{card.slug}/" '
        f'lang="{card.language}">{escape(card.title)}</a></h2>{summary}'
        f'<p class="flex flex-wrap gap-1.5 mt-1">{_badges(card)}</p>'
        '<p class="quiet text-sm flex flex-wrap gap-x-4 gap-y-1 mt-auto pt-1">'
        f"{_fact('clock', minutes)}{_fact('users', learners)}</p></div></article></li>"
    )


@cache
def _root() -> str:
    return reverse("courses:course", args=["x"]).removesuffix("x/")


def _badges(card: CourseCard) -> str:
    found = []
    if card.finished_at:
        found.append(ui.badge(_("Finished"), tone="success", icon="circle-check"))
    elif card.enrolled:
        found.append(ui.badge(_("In progress") if card.done_count else _("You follow it"), tone="primary"))
    if card.mandatory and card.due_on:
        day = date_format(card.due_on, "SHORT_DATE_FORMAT")
        found.append(ui.badge(_("Mandatory before %(day)s") % {"day": day}, tone="ask"))
    elif card.mandatory:
        found.append(ui.badge(_("Mandatory"), tone="ask"))
    found.append(ui.badge(card.language_label))
    return " ".join(found)


def _fact(icon: str, words: str) -> str:
    return f'<span class="flex items-center gap-1.5">{icon_svg(icon, "size-4")}{escape(words)}</span>'
