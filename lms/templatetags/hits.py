"""The hits of a search, in Python for the same reason as posts: twenty of them stand on a page."""

from collections.abc import Iterable

from django import template
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

from core.icons import icon_svg
from core.moments import draw_moment
from core.templatetags import ui
from lms.queries.search import SearchHit

SIGNS = {"courses": "graduation-cap", "modules": "book-open"}

register = template.Library()


@register.simple_tag
def search_hits(hits: Iterable[SearchHit]) -> SafeString:
    return mark_safe("".join(map(_hit, hits)))


def _hit(hit: SearchHit) -> str:
    """One item. What people wrote is escaped here; the snippet comes escaped and marked from `lms.queries.search`."""
    # The title of a discussion and the name of a person are what the words were found in.
    named = hit.kind in ("threads", "people")
    language = f' lang="{hit.language}"' if hit.language else ""
    snippet = conditional_escape(hit.snippet)
    passage = "" if named or not snippet else f'<p class="text-sm mt-0.5"{language}>{snippet}</p>'
    return (
        f'<li class="p-4 flex gap-4" data-item tabindex="-1">{_sign(hit)}<div class="min-w-0 flex-1">'
        f'<a class="font-semibold link link-hover" href="{escape(hit.url)}"{language}>'
        f"{snippet if named else escape(hit.title)}</a>{passage}"
        f'<p class="text-sm quiet mt-0.5">{" · ".join(_facts(hit))}</p></div></li>'
    )


def _sign(hit: SearchHit) -> str:
    if hit.kind not in SIGNS:
        return ui.avatar(hit.person)
    drawn = icon_svg(SIGNS[hit.kind], "size-5")
    return f'<span class="grid place-items-center size-9 rounded-full bg-base-200 shrink-0">{drawn}</span>'


def _facts(hit: SearchHit) -> list[str]:
    facts: list[str] = [escape(hit.where)]
    if hit.person and hit.kind != "people":
        facts.append(escape(hit.person))
    if hit.when:
        facts.append(draw_moment(hit.when))
    return facts
