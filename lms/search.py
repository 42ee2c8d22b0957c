"""Search over everything a person may see, in French and English at once.

Each kind is asked through its own `visible_to`; the best are cut to a page before any snippet is made.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import F, QuerySet
from django.db.models.functions import Upper
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from community.models import Post, Thread
from core.kept_queries import AnyOf
from courses.models import Course, Module
from people.queries import directory

KINDS = ("threads", "posts", "courses", "modules", "people")
ON_ALL = 4  # of each kind on the first page
ON_ONE = 20  # when one kind is chosen
RANKED = 200
PASSAGES = {"max_words": 28, "min_words": 12, "max_fragments": 2}
# Marks that nobody types, so that what a person wrote cannot pass for a highlight.
OPEN, CLOSE = "\ue000", "\ue001"


@dataclass(frozen=True)
class Hit:
    kind: str
    title: str
    url: str
    snippet: SafeString
    where: str = ""
    person: Any = None
    when: Any = None
    language: str = ""


def search(person: Any, words: str, kind: str = "") -> dict[str, list[Hit]]:
    """The hits of each kind, best first; kinds without any are left out."""
    words = words.replace("\x00", "").strip()[:200]
    if not words:
        return {}
    limit = ON_ONE if kind else ON_ALL
    finders = {"threads": threads, "posts": posts, "courses": courses, "modules": modules, "people": people}
    found = {name: find(person, words, limit) for name, find in finders.items() if kind in ("", name)}
    return {name: hits for name, hits in found.items() if hits}


def query_of(words: str) -> SearchQuery:
    french = SearchQuery(words, config="public.fr", search_type="websearch")
    return french | SearchQuery(words, config="public.en", search_type="websearch")


def ranked(
    rows: QuerySet, words: str, limit: int, *, shown: str, relations: list[str], near: bool = True
) -> list[Any]:
    """Matches by stems, then titles that are nearly the words: someone may mistype, or type a beginning.

    A word that thousands of rows hold says little about each: only the newest `RANKED` matches are ranked.
    Each row comes back with `snippet`, the passages of its column `shown` that match, and its relations.
    """
    query = query_of(words)
    newest = ArraySubquery(rows.filter(search=query).order_by("-pk").values("pk")[:RANKED])
    exact = rows.model._default_manager.filter(AnyOf("pk", newest))
    exact = exact.annotate(rank=SearchRank(F("search"), query)).order_by("-rank", "-pk")
    keys = list(exact.values_list("pk", flat=True)[:limit])
    if near and len(keys) < limit:
        title, shouted = Upper("title"), words.upper()
        close = rows.exclude(pk__in=keys).alias(shouted=title).filter(shouted__trigram_word_similar=shouted)
        close = close.alias(near=TrigramWordSimilarity(shouted, title)).order_by("-near", "-pk")
        keys += list(close.values_list("pk", flat=True)[: limit - len(keys)])
    # A headline is costly: only for the rows that are shown.
    headline = SearchHeadline(
        shown, query, config="public.fr", start_sel=OPEN, stop_sel=CLOSE,
        **({"highlight_all": True} if shown == "title" else PASSAGES),
    )  # fmt: skip
    found = (
        rows.model._default_manager.filter(pk__in=keys).select_related(*relations).annotate(snippet=headline)
    )
    by_key = {row.pk: row for row in found}
    return [by_key[key] for key in keys if key in by_key]


def marked(text: str) -> SafeString:
    """The snippet with its words marked; everything else is plain text, whatever it was."""
    plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|[*_#>`~]+", r"\1", strip_tags(text))
    return mark_safe(escape(plain).replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))


def with_marks(title: str, words: str) -> SafeString:
    found = re.search(re.escape(words), title, re.IGNORECASE)
    if not found:
        return SafeString(escape(title))
    start, end = found.span()
    return format_html("{}<mark>{}</mark>{}", title[:start], title[start:end], title[end:])


def threads(person: Any, words: str, limit: int) -> list[Hit]:
    relations = ["space", "author__profile"]
    rows = ranked(Thread.objects.visible_to(person), words, limit, shown="title", relations=relations)
    return [
        Hit(
            "threads", row.title, row.get_absolute_url(), marked(row.snippet),
            where=row.space.name, person=row.author, when=row.last_post_at, language=row.language,
        )
        for row in rows
    ]  # fmt: skip


def posts(person: Any, words: str, limit: int) -> list[Hit]:
    visible = Post.objects.visible_to(person)
    relations = ["thread__space", "author__profile"]
    rows = ranked(visible, words, limit, shown="body", relations=relations, near=False)
    return [
        Hit(
            "posts", row.thread.title, row.get_absolute_url(), marked(row.snippet),
            where=row.thread.space.name, person=row.author, when=row.created_at, language=row.language,
        )
        for row in rows
    ]  # fmt: skip


def courses(person: Any, words: str, limit: int) -> list[Hit]:
    rows = ranked(
        Course.objects.visible_to(person), words, limit, shown="summary", relations=["organisation"]
    )
    return [
        Hit("courses", row.title, row.get_absolute_url(), marked(row.snippet), language=row.language)
        for row in rows
    ]


def modules(person: Any, words: str, limit: int) -> list[Hit]:
    rows = ranked(Module.objects.readable_by(person), words, limit, shown="body", relations=["course"])
    return [
        Hit(
            "modules", row.title, row.get_absolute_url(), marked(row.snippet),
            where=row.course.title, language=row.language,
        )
        for row in rows
    ]  # fmt: skip


def people(person: Any, words: str, limit: int) -> list[Hit]:
    # The directory finds people; their units and skills are not shown here.
    found = directory(person, words=words).prefetch_related(None)[:limit]
    return [
        Hit(
            "people",
            one.name,
            one.get_absolute_url(),
            with_marks(one.name, words),
            where=job_of(one),
            person=one,
        )
        for one in found
    ]


def job_of(person: Any) -> str:
    profile = person._state.fields_cache.get("profile")
    return profile.job_title if profile else ""
