from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, partial
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery, TrigramSimilarity
from django.db.models import (
    BooleanField,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject, Upper

from community.models import Departure, Draft, Membership, Post, ReadState, Tag, Thread, ThreadPass, Watch
from community.queries.unread import number_unread, read_to, unread_posts
from community.rules import muted_until
from core.addresses import address_of
from core.markdown import excerpt
from core.prepared import AnyOf, PreparedList, prepared, prepared_list
from people.queries.person_card import PersonCard, card_columns, card_from
from people.reader import Reader

RELATED_AT_MOST = 4
TAGS_OFFERED = 200
OPENING_LENGTH = 140
# How alike two titles must be, from 0 to 1, by their trigrams; among how many, sharing one of how many words.
ALIKE = 0.3
COMPARED = 100
TELLING = 3
SHOWS = ("unread", "unanswered")
SORTS = {"recent": "-last_post_at", "new": "-created_at", "replies": "-number_of_posts"}


def thread_for(user, pk: int) -> Thread | None:
    """A thread a person may read, with all that this person is to it: nothing more to ask for its page."""
    found = _thread_for(pk=pk, reader=Reader.of(user))
    return found[0] if found else None


@prepared
def _thread_for(pk: int, reader: Reader) -> QuerySet:
    mine = {"thread": OuterRef("pk"), "user": reader.pk}
    place = Concat(Value("thread:"), Cast(OuterRef("pk"), CharField()))
    watches = Watch.objects.filter(**mine).values(found=JSONObject(reason="reason", muted="muted"))
    drafts = Draft.objects.filter(user=reader.pk, place=place)
    memberships = Membership.objects.filter(space=OuterRef("space"), user=reader.pk)
    return (
        Thread.objects.visible_to(reader)
        .filter(pk=pk)
        .select_related("space", "author__profile", "author__standing", "owner", "resolution__by")
        .defer("search", "author__profile__bio")
        .annotate(
            my_role=Subquery(memberships.values("role")[:1]),
            was_removed=Exists(Departure.objects.removals_of(reader).filter(space=OuterRef("space"))),
            charter_accepted_at=Subquery(memberships.values("charter_accepted_at")[:1]),
            muted_until=muted_until("space", reader.pk),
            read_to=read_to(reader.pk),
            read_at=Subquery(ReadState.objects.filter(**mine).values("updated_at")[:1]),
            my_watch=Subquery(watches[:1]),
            my_draft=Subquery(drafts.values(found=JSONObject(body="body", sequence="sequence"))[:1]),
            passed=Exists(ThreadPass.objects.filter(**mine)),
            readers=_number(_count(ReadState, "thread")),
            tag_names=ArraySubquery(Tag.objects.filter(threads=OuterRef("pk")).values("name")),
        )
    )


def _number(query) -> Coalesce:
    return Coalesce(Subquery(query, output_field=IntegerField()), 0)


def _count(model, outer: str):
    rows = model.objects.filter(**{outer: OuterRef("pk")}).order_by().values(outer)
    return rows.annotate(number=Count("pk")).values("number")


class ThreadRow(NamedTuple):
    """A thread in the list of a space, as one reader sees it: all that page and API show of it."""

    pk: int
    space: str
    kind: str
    title: str
    language: str
    gate: str
    number_of_posts: int
    last_number: int
    last_post_at: datetime
    created_at: datetime
    is_pinned: bool
    is_locked: bool
    about_title: str
    about_url: str
    is_answered: bool
    # The accepted reply, where the reader may know of it: not before they are past the gate.
    accepted_post: int | None
    read_to: int
    new: int
    opening: str
    tags: tuple[str, ...]
    author: PersonCard | None
    # Who wrote the last reply that stands; empty where there is none, or they have left.
    last_speaker: str

    @property
    def url(self) -> str:
        return address_of("community:thread", self.pk)

    @property
    def entry(self) -> str:
        """Where its reader goes on: at the first post that is new to them, else at the beginning."""
        return address_of("community:unread", self.pk) if self.new and self.read_to else self.url

    @property
    def replies(self) -> int:
        return max(self.number_of_posts - 1, 0)


class ThreadColumns(NamedTuple):
    """What `rows_of_space` reads of a thread, before the columns of its author."""

    pk: int
    space__slug: str
    kind: str
    title: str
    language: str
    gate: str
    number_of_posts: int
    last_number: int
    last_post_at: datetime
    created_at: datetime
    is_pinned: bool
    locked_at: datetime | None
    about_title: str
    about_url: str
    resolution__post: int | None
    is_open: bool
    read_to: int
    new: int
    opening_text: str | None
    last_speaker: str
    tag_names: list[str]


COLUMNS = (*ThreadColumns._fields, *card_columns("author"))


def thread_rows(rows: Iterable[tuple]) -> list[ThreadRow]:
    """The cards of what `pages_of_space` reads."""
    own = len(ThreadColumns._fields)
    return [_thread_row(ThreadColumns._make(row[:own]), card_from(row[own:])) for row in rows]


def _thread_row(row: ThreadColumns, author: PersonCard | None) -> ThreadRow:
    return ThreadRow(
        *row[:11], is_locked=row.locked_at is not None, about_title=row.about_title, about_url=row.about_url,
        is_answered=row.resolution__post is not None, accepted_post=row.resolution__post if row.is_open else None,
        read_to=row.read_to, new=row.new, opening=excerpt(row.opening_text or "", OPENING_LENGTH), tags=tuple(row.tag_names),
        author=author, last_speaker=row.last_speaker,
    )  # fmt: skip


class ThreadGroup(NamedTuple):
    """A thread by itself, or those of the questions of one quiz under its title."""

    title: str
    rows: list[ThreadRow]

    @property
    def replies(self) -> int:
        return sum(row.replies for row in self.rows)

    @property
    def unread(self) -> int:
        """How many of its threads hold something new to the reader."""
        return sum(row.new > 0 for row in self.rows)


def thread_groups(rows: Iterable[ThreadRow]) -> list[ThreadGroup]:
    """The rows of one page of a list: what is attached to one place stands together, where the first of it stood."""
    groups: dict[str, ThreadGroup] = {}
    for row in rows:
        # A question is a part of the page of its quiz: the same address before the "?".
        place, _mark, part = row.about_url.partition("?")
        group = groups.setdefault(place if part else f"#{row.pk}", ThreadGroup(row.about_title, []))
        group.rows.append(row)
    return list(groups.values())


def thread_row(space_id: int, user: Any, pk: int) -> ThreadRow | None:
    """One thread as its list shows it."""
    rows = thread_rows(rows_of_space(space_id, user).filter(pk=pk))
    return rows[0] if rows else None


def pages_of_space(
    space: Any, user: Any, *, kind: str = "", show: str = "", sort: str = "recent", words: str = ""
) -> Any:
    """The same as `rows_of_space`, for a Paginator."""
    if words:
        return rows_of_space(space, user, kind=kind, show=show, sort=sort, words=words)
    known = (
        kind if kind in Thread.Kind.values else "",
        show if show in SHOWS else "",
        sort if sort in SORTS else "",
    )
    return _rows_of_space(*known)(space=space.pk, reader=Reader.of(user))


@cache
def _rows_of_space(kind: str, show: str, sort: str) -> Callable[..., PreparedList]:
    def rows(space: int, reader: Reader) -> QuerySet:
        return rows_of_space(space, reader, kind=kind, show=show, sort=sort)

    return prepared_list(rows)


def last_speaker() -> Coalesce:
    """The name of who wrote the last reply of a thread that stands."""
    replies = Post.objects.published().filter(thread=OuterRef("pk"), number__gt=1).order_by("-number")
    return Coalesce(Subquery(replies.values("author__name")[:1]), Value(""))


def rows_of_space(
    space: Any, user: Any, *, kind: str = "", show: str = "", sort: str = "recent", words: str = ""
) -> Any:
    """The threads of a space: rows that `thread_rows` reads.

    `show`: "" | "unread" | "unanswered"; `sort`: "recent" | "new" | "replies".
    """
    threads: Any = (
        Thread.objects.visible_to(user)
        .listed()
        .filter(space=space)
        .annotate(
            read_to=read_to(user.pk),
            new=number_unread(user.pk),
            is_open=ExpressionWrapper(Thread.gate_is_open_for(user), output_field=BooleanField()),
            tag_names=ArraySubquery(Tag.objects.filter(threads=OuterRef("pk")).values("name")),
            is_pinned=ExpressionWrapper(Q(pinned_at__isnull=False), output_field=BooleanField()),
            last_speaker=last_speaker(),
            opening_text=Subquery(
                Post.objects.published().filter(thread=OuterRef("pk"), number=1).values("html")[:1]
            ),
        )
    )
    if kind in Thread.Kind.values:
        threads = threads.filter(kind=kind)
    if show == "unread":
        threads = threads.filter(Exists(unread_posts(user.pk)))
    elif show == "unanswered":
        threads = threads.unanswered().unresolved()
    if words:
        tagged = Tag.objects.filter(threads=OuterRef("pk"), name=words.strip().lstrip("#").lower())
        threads = threads.filter(Q(title__icontains=words) | Exists(tagged))
    return threads.order_by("-is_pinned", SORTS.get(sort, SORTS["recent"]), "-pk").values_list(*COLUMNS)


class RelatedThread(NamedTuple):
    pk: int
    title: str
    language: str

    @property
    def url(self) -> str:
        return address_of("community:thread", self.pk)


def related_threads(thread, user) -> tuple[RelatedThread, ...]:
    """Threads on the same subject that this person may read: shared tags first, else a title that resembles."""
    whose = {"pk": thread.pk, "reader": Reader.of(user)}
    if thread.tag_names:
        tags = {"names": thread.tag_names, "owner": thread.space.organisation_id}
        rows = _threads_of_tags(**whose, **tags)
    else:
        rows = _threads_like(**whose, title=thread.title.upper(), words=telling_words(thread.title))
    return tuple(RelatedThread(*row) for row in rows)


def threads_like(title: str, user: Any) -> tuple[RelatedThread, ...]:
    """Threads that this person may read whose title resembles the one they are typing."""
    words = telling_words(title)
    if not words:
        return ()
    rows = _threads_like(pk=0, reader=Reader.of(user), title=title.upper(), words=words)
    return tuple(RelatedThread(*row) for row in rows)


def tags_to_offer(user: Any) -> list[str]:
    """The tags of the threads that this person may read, the most used first."""
    return [name for (name,) in _tags_to_offer(reader=Reader.of(user))]


@prepared
def _tags_to_offer(reader: Reader) -> QuerySet:
    readable = Thread.objects.visible_to(reader).listed()
    used = Tag.objects.filter(threads__in=readable).values("name").annotate(number=Count("threads"))
    return used.order_by("-number", "name").values_list("name")[:TAGS_OFFERED]


def _others(pk: int, reader: Reader) -> QuerySet:
    return Thread.objects.visible_to(reader).listed().exclude(pk=pk)


@prepared
def _threads_of_tags(pk: int, reader: Reader, names: list[str], owner: int) -> QuerySet:
    tagged = _others(pk, reader).filter(AnyOf("tags__name", names), tags__organisation_id=owner)
    nearest = tagged.annotate(shared=Count("tags")).order_by("-shared", "-last_post_at")
    return nearest.values_list(*RelatedThread._fields)[:RELATED_AT_MOST]


def telling_words(title: str) -> str:
    """The longest words of a title, any of which will do: long words are rare ones (Zipf, 1935)."""
    words = sorted(set(re.findall(r"\w+", title.lower())), key=lambda word: (-len(word), word))
    return " or ".join(words[:TELLING])


@partial(prepared, replan=True)  # a rare word, or one of every title
def _threads_like(pk: int, reader: Reader, title: str, words: str) -> QuerySet:
    """Titles alike among the newest threads that share a telling word: however many threads there are."""
    french = SearchQuery(words, config="public.fr", search_type="websearch")
    holding = french | SearchQuery(words, config="public.en", search_type="websearch")
    others = _others(pk, reader).filter(search=holding).order_by("-pk")
    compared = Thread.objects.filter(AnyOf("pk", ArraySubquery(others.values("pk")[:COMPARED])))
    return (
        compared.annotate(likeness=TrigramSimilarity(Upper("title"), title))
        .filter(likeness__gte=ALIKE)
        .order_by("-likeness", "-pk")
        .values_list(*RelatedThread._fields)[:RELATED_AT_MOST]
    )
