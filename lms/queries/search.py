"""Search over everything a person may see, in French and English at once.

Each kind is asked through its own `visible_to`; the best are cut to a page before any snippet is made.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import F, Manager, QuerySet
from django.db.models.functions import Left, Right, Upper
from django.utils.html import strip_tags

from community.models import Post, Thread
from core.prepared import AnyOf, prepared
from courses.models import Course, Module
from people.models import User
from people.queries.directory import directory
from people.queries.person_card import PersonCard
from people.reader import Reader

KINDS = ("threads", "posts", "courses", "modules", "people")
ON_ALL = 4  # of each kind on the first page
ON_ONE = 20  # when one kind is chosen
RANKED = 200
PASSAGES = {"max_words": 28, "min_words": 12, "max_fragments": 2, "fragment_delimiter": " … "}
EDGE = 12  # characters by which a passage is known to be the beginning or the end of a text
# Marks that nobody types, so that what a person wrote cannot pass for a highlight.
OPEN, CLOSE = "\ue000", "\ue001"


class Piece(NamedTuple):
    """A part of a snippet: plain text, and whether it is a word that was looked for."""

    text: str
    found: bool = False


Snippet = tuple[Piece, ...]


@dataclass(frozen=True)
class SearchHit:
    kind: str
    title: str
    url: str
    snippet: Snippet
    where: str = ""
    person: PersonCard | None = None
    when: datetime | None = None
    language: str = ""


def search(person: Any, words: str, kind: str = "") -> dict[str, list[SearchHit]]:
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


@dataclass(frozen=True)
class SearchKind:
    rows: Manager
    visible: Callable[[Any], QuerySet]
    # The column whose matching passages are shown.
    shown: str
    # What a hit shows besides them, of the row and its relations.
    columns: tuple[str, ...]
    near: bool = True


@dataclass(frozen=True)
class KindQueries:
    exact: Callable[..., list]
    close: Callable[..., list]
    hits: Callable[..., list]


def ranked(kind: SearchKind, person: Any, words: str, limit: int) -> list[Any]:
    """Matches by stems, then titles that are nearly the words: someone may mistype, or type a beginning.

    Each row comes back with `snippet`, the passages of its column `shown` that match, and its relations.
    """
    asked = asked_of(kind, limit, RANKED)
    who = {"reader": Reader.of(person)}
    keys = asked.exact(**who, words=words)
    if kind.near and len(keys) < limit:
        keys += asked.close(**who, keys=keys, shouted=words.upper())[: limit - len(keys)]
    by_key = {row.pk: row for row in asked.hits(keys=keys, words=words)} if keys else {}
    return [by_key[key] for key in keys if key in by_key]


@cache
def asked_of(kind: SearchKind, limit: int, among: int) -> KindQueries:
    """The queries of a kind. A word may stand in no row or in all of them: each is planned for its own words.

    A word that thousands of rows hold says little about each: only the newest `among` matches are ranked.
    """

    def exact(reader: Reader, words: str) -> QuerySet:
        query, rows = query_of(words), kind.visible(reader)
        newest = ArraySubquery(rows.filter(search=query).order_by("-pk").values("pk")[:among])
        found = kind.rows.filter(AnyOf("pk", newest))
        found = found.annotate(rank=SearchRank(F("search"), query)).order_by("-rank", "-pk")
        return found.values_list("pk", flat=True)[:limit]

    def close(reader: Reader, keys: list[int], shouted: str) -> QuerySet:
        title, rows = Upper("title"), kind.visible(reader)
        found = rows.exclude(AnyOf("pk", keys)).alias(shouted=title)
        found = found.filter(shouted__trigram_word_similar=shouted)
        found = found.alias(near=TrigramWordSimilarity(shouted, title)).order_by("-near", "-pk")
        return found.values_list("pk", flat=True)[:limit]

    def hits(keys: list[int], words: str) -> QuerySet:
        # A headline is costly: only for the rows that are shown.
        headline = SearchHeadline(
            kind.shown, query_of(words), config="public.fr", start_sel=OPEN, stop_sel=CLOSE,
            **({"highlight_all": True} if kind.shown == "title" else PASSAGES),
        )  # fmt: skip
        edges = {"first": Left(kind.shown, EDGE), "last": Right(kind.shown, EDGE)}
        rows = kind.rows.filter(AnyOf("pk", keys)).order_by()
        relations = sorted({column.rpartition("__")[0] for column in kind.columns} - {""})
        return rows.select_related(*relations).only(*kind.columns).annotate(snippet=headline, **edges)

    return KindQueries(prepared(exact, replan=True), prepared(close, replan=True), prepared(hits))


# Pictures say nothing in a line of text; of links their words stay, even where the passage was cut within one.
PICTURE = re.compile(r"!\[[^\]]*\]\([^)\s]*\)?")
LINK = re.compile(r"\[([^\]]*)\]\([^)\s]*\)?")
SIGNS = re.compile(r"[*_#>`~]+")


def plain_words(text: str) -> str:
    return SIGNS.sub("", LINK.sub(r"\1", PICTURE.sub("", strip_tags(text))))


def pieces(text: str) -> Snippet:
    """The snippet of PostgreSQL in pieces, those it found told from the others; all of it plain text."""
    parts = re.split(f"{OPEN}(.*?){CLOSE}", plain_words(text), flags=re.DOTALL)
    return tuple(Piece(part, found=bool(index % 2)) for index, part in enumerate(parts) if part)


def passage(row: Any) -> Snippet:
    """The snippet of a row; where it was cut out of the text, it says so."""
    words = pieces(row.snippet)
    if not words:
        return words
    # PostgreSQL leaves out the signs around a passage, those of the text's own end too.
    plain, first, last = (
        re.sub(r"^\W+|\W+$", "", text)
        for text in (row.snippet.replace(OPEN, "").replace(CLOSE, ""), row.first, row.last)
    )
    before = () if plain.startswith(first) else (Piece("… "),)
    after = () if plain.endswith(last) else (Piece(" …"),)
    return (*before, *words, *after)


def with_marks(title: str, words: str) -> Snippet:
    found = re.search(re.escape(words), title, re.IGNORECASE)
    if not found:
        return (Piece(title),)
    start, end = found.span()
    cut = Piece(title[:start]), Piece(title[start:end], found=True), Piece(title[end:])
    return tuple(piece for piece in cut if piece.text)


AUTHOR = ("author__name", "author__handle", "author__anonymised_at", "author__profile__picture")
THREADS = SearchKind(
    Thread.objects,
    lambda reader: Thread.objects.visible_to(reader).listed(),
    "title",
    ("title", "language", "last_post_at", "space__name", *AUTHOR),
)
POSTS = SearchKind(
    Post.objects,
    lambda reader: Post.objects.visible_to(reader).filter(Thread.is_listed(at="thread__")),
    "body",
    ("language", "created_at", "thread__title", "thread__space__name", *AUTHOR),
    near=False,
)
COURSES = SearchKind(Course.objects, Course.objects.visible_to, "summary", ("slug", "title", "language"))
MODULES = SearchKind(
    Module.objects, Module.objects.readable_by, "body", ("title", "language", "course__slug", "course__title")
)


def threads(person: Any, words: str, limit: int) -> list[SearchHit]:
    return [
        SearchHit(
            "threads", row.title, row.get_absolute_url(), pieces(row.snippet),
            where=row.space.name, person=card_of(row.author), when=row.last_post_at, language=row.language,
        )
        for row in ranked(THREADS, person, words, limit)
    ]  # fmt: skip


def posts(person: Any, words: str, limit: int) -> list[SearchHit]:
    return [
        SearchHit(
            "posts", row.thread.title, row.get_absolute_url(), passage(row),
            where=row.thread.space.name, person=card_of(row.author), when=row.created_at, language=row.language,
        )
        for row in ranked(POSTS, person, words, limit)
    ]  # fmt: skip


def courses(person: Any, words: str, limit: int) -> list[SearchHit]:
    return [
        SearchHit("courses", row.title, row.get_absolute_url(), passage(row), language=row.language)
        for row in ranked(COURSES, person, words, limit)
    ]


def modules(person: Any, words: str, limit: int) -> list[SearchHit]:
    return [
        SearchHit(
            "modules", row.title, row.get_absolute_url(), passage(row),
            where=row.course.title, language=row.language,
        )
        for row in ranked(MODULES, person, words, limit)
    ]  # fmt: skip


def people(person: Any, words: str, limit: int) -> list[SearchHit]:
    found = _people_named(limit)(reader=Reader.of(person), words=words)
    return [
        SearchHit(
            "people",
            one.name,
            one.get_absolute_url(),
            with_marks(one.name, words),
            where=job_of(one),
            person=PersonCard.of(one),
        )
        for one in found
    ]


@cache
def _people_named(limit: int) -> Callable[..., list]:
    def named(reader: Reader, words: str) -> QuerySet:
        # The directory finds people; their units, skills and standing are not shown here.
        found = directory(reader, words=words)
        return found.prefetch_related(None).select_related(None).select_related("profile")[:limit]

    return prepared(named, replan=True)


def card_of(author: User | None) -> PersonCard | None:
    return PersonCard.of(author) if author else None


def job_of(person: Any) -> str:
    profile = person._state.fields_cache.get("profile")
    return profile.job_title if profile else ""
