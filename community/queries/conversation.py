"""What a thread page, and the talk beside a module, read: the same few queries for 1 and for 50 posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import BoolOr
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.models import Post, Reaction, Resolution, Thread
from community.queries.authors import Author, authors_by_id
from community.queries.threads import near_threads
from community.rules import Seat, can_accept, can_write
from core.prepared import AnyOf, PreparedList, prepared, prepared_list
from people.models import User

PAGE_SIZE = 50
# A change may be committed a little after the moment it is stamped with; what is drawn twice does no harm.
OVERLAP = timedelta(seconds=15)


class Said(NamedTuple):
    """All that a page reads of a post, and `top_number`, the number of the post it stands below."""

    pk: int
    number: int
    parent_id: int | None
    author_id: int | None
    html: str
    language: str
    moment: int | None
    useful_count: int
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    hidden_at: datetime | None
    top_number: int

    @property
    def is_published(self) -> bool:
        return self.deleted_at is None and self.hidden_at is None


@dataclass(eq=False)
class Shown:
    """A post as one reader sees it."""

    post: Said
    author: Author | None
    mine: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    is_new: bool = False
    is_accepted: bool = False
    replies: list[Shown] = field(default_factory=list)


@dataclass
class Conversation:
    """A thread, who reads it, and the posts they see of it."""

    thread: Any
    seat: Seat
    posts: list[Shown]
    page: Page | None = None
    sort: str = "order"
    asked: str = "all"
    narrow: bool = False
    since: str = ""

    @property
    def user(self) -> Any:
        return self.seat.user

    @cached_property
    def opening(self) -> Shown | None:
        return next((one for one in self.posts if one.post.number == 1), None)

    @cached_property
    def replies(self) -> list[Shown]:
        """Top posts, each with its replies; a reply whose parent is on another page stands by itself."""
        tops = {one.post.pk: one for one in self.posts if one.post.parent_id is None}
        listed: list[Shown] = []
        for one in self.posts:
            parent = tops.get(one.post.parent_id or 0)
            if one.post.number == 1:
                continue
            (parent.replies if parent else listed).append(one)
        return listed

    @property
    def number_of_replies(self) -> int:
        return max(self.thread.number_of_posts - 1, 0)

    @cached_property
    def number_of_new(self) -> int:
        """Posts by others since the last visit; on a first visit nothing is called new."""
        return sum(one.is_new for one in self.posts)

    @property
    def first_new(self) -> Shown | None:
        return min((one for one in self.posts if one.is_new), key=lambda one: one.post.number, default=None)

    @property
    def resolution(self) -> Resolution | None:
        return getattr(self.thread, "resolution", None)

    @cached_property
    def gate_closed(self) -> bool:
        return is_gate_closed(self.thread, self.seat)

    @property
    def number_behind_gate(self) -> int:
        own = sum(one.post.number > 1 for one in self.posts)
        return self.number_of_replies - own if self.gate_closed else 0

    @property
    def newest(self) -> int:
        """The number after which an open page asks for more: none below it is missing here."""
        return self.thread.last_number

    @cached_property
    def can_accept(self) -> bool:
        return can_accept(self.seat, self.thread)

    @property
    def can_write(self) -> bool:
        waits_elsewhere = self.gate_closed and self.thread.gate == Thread.Gate.PASS
        return can_write(self.seat) and not self.thread.is_locked and not waits_elsewhere

    @property
    def last_shown(self) -> int:
        """How far this page lets its reader say they have read."""
        if self.gate_closed or self.asked != "all":
            return 1
        shown = max((one.post.number for one in self.posts), default=1)
        if self.page is None or not self.page.has_next():
            # A post may have come between the two queries.
            return max(self.thread.last_number, shown)
        return shown


def is_gate_closed(thread: Any, seat: Seat) -> bool:
    """`thread` comes from `thread_for(user, pk)`."""
    return thread.gate != Thread.Gate.OPEN and not thread.passed and not seat.is_facilitator


def conversation_page(
    thread: Any,
    user: Any,
    *,
    page: int | str = 1,
    sort: str = "order",
    asked: str = "all",
    narrow: bool = False,
) -> Conversation:
    """One page of a thread that came from `thread_for(user, pk)`.

    `sort` is "order" or "useful"; `asked` "all" or "unanswered": only posts that nobody has replied to.
    """
    seat = Seat(user, thread.space, thread.my_role)
    since = (timezone.now() - OVERLAP).isoformat()
    shape = seat.is_facilitator, is_gate_closed(thread, seat), sort, asked
    rows, shown_page = _cut(shape, thread, user, page)
    shown = dressed(rows, thread, seat)
    return Conversation(thread, seat, shown, shown_page, sort, asked, narrow, since)


def posts_after(thread: Any, user: Any, *, after: int, since: datetime | None) -> Conversation:
    """What an open page has not seen: posts with a higher number, and those that changed since it asked."""
    seat = Seat(user, thread.space, thread.my_role)
    stamp = (timezone.now() - OVERLAP).isoformat()
    fresh = Q(number__gt=after)
    if since is not None:
        fresh |= Q(changed_at__gte=since)
    rows = posts_shown_to(thread, seat, removed_too=True).filter(fresh).order_by("number")[:200]
    return Conversation(thread, seat, dressed(rows, thread, seat), since=stamp)


def one_post(post_id: int, thread: Any, user: Any) -> Conversation:
    """A conversation of a single post, to draw it again after its reader acted on it."""
    seat = Seat(user, thread.space, thread.my_role)
    rows = posts_shown_to(thread, seat, removed_too=True).filter(pk=post_id)
    return Conversation(thread, seat, dressed(rows, thread, seat))


def posts_shown_to(thread: Any, seat: Seat, *, removed_too: bool = False):
    """Published posts, places of removed ones that have replies, and what was hidden for those who may see it:
    rows of what `Said` names."""
    return _posts(thread.pk, seat.user.pk, seat.is_facilitator, is_gate_closed(thread, seat), removed_too)


def _posts(thread: int, user: int, facilitates: bool, gate_closed: bool, removed_too: bool = False):
    shown: Any = Q(deleted_at=None, hidden_at=None) | Exists(_published_replies())
    hidden = Q(deleted_at=None, hidden_at__isnull=False)
    shown |= hidden if facilitates else hidden & Q(author=user)
    posts = Post.objects.filter(thread=thread)
    if not removed_too:
        posts = posts.filter(shown)
    if gate_closed:
        posts = posts.filter(Q(number=1) | Q(author=user))
    under = Coalesce(F("parent__number"), F("number"))
    return posts.annotate(top_number=under).values_list(*Said._fields)


def _published_replies():
    return Post.objects.published().filter(parent=OuterRef("pk"))


def _order(sort: str) -> list:
    """The opening post, then top posts with their replies below them."""
    in_order = ["top_number", "number"]
    if sort != "useful":
        return in_order
    useful = Coalesce(F("parent__useful_count"), F("useful_count"))
    return [Case(When(number=1, then=1), default=0).desc(), useful.desc(), *in_order]


def _page(thread: int, user: int, facilitates: bool, gate_closed: bool, sort: str, asked: str):
    posts = _posts(thread, user, facilitates, gate_closed)
    if asked == "unanswered":
        posts = posts.filter(Q(number=1) | Q(parent=None) & ~Exists(_published_replies()))
    return posts.order_by(*_order(sort))


@cache
def _whole(*shape: Any) -> Callable[..., list[tuple]]:
    """The posts of a thread that stands on one page, for one of the few shapes of the query."""

    def posts(thread: int, user: int):
        return _page(thread, user, *shape)

    return prepared(posts)


@cache
def _parts(*shape: Any) -> tuple[Callable[..., PreparedList], Callable[..., list[tuple]]]:
    """The replies of a long thread, to be shown page by page, and its opening post."""

    def replies(thread: int, user: int):
        return _page(thread, user, *shape).filter(number__gt=1)

    def opening(thread: int, user: int):
        return _page(thread, user, *shape).filter(number=1)

    return prepared_list(replies), prepared(opening)


def _cut(shape: Any, thread: Any, user: Any, page: int | str) -> tuple[list[tuple], Page | None]:
    if thread.last_number <= PAGE_SIZE + 1:
        return _whole(*shape)(thread=thread.pk, user=user.pk), None
    # The opening post stands above the first page and is not one of its fifty.
    replies, opening = _parts(*shape)
    whose = {"thread": thread.pk, "user": user.pk}
    whole: Any = replies(**whose)
    shown = Paginator(whole, PAGE_SIZE).get_page(page)
    return [*(opening(**whose) if shown.number == 1 else []), *shown], shown


def page_of(post: Post, thread: Any, user: Any) -> int:
    """The page of a thread, in its usual order, on which a post stands."""
    if thread.last_number <= PAGE_SIZE + 1:
        return 1
    top = post.parent.number if post.parent else post.number
    before = posts_shown_to(thread, Seat(user, thread.space, thread.my_role)).filter(number__gt=1)
    before = before.filter(Q(top_number__lt=top) | Q(top_number=top, number__lt=post.number))
    return before.count() // PAGE_SIZE + 1


def dressed(rows: Iterable[tuple], thread: Any, seat: Seat) -> list[Shown]:
    """Posts with their authors and reactions, in two queries whatever their number."""
    posts = [Said(*row) for row in rows]
    people = authors_by_id({post.author_id for post in posts})
    counts, mine = _reactions([post.pk for post in posts], seat.user)
    accepted = getattr(getattr(thread, "resolution", None), "post_id", None)
    return [
        Shown(
            post=post,
            author=people.get(post.author_id or 0),
            mine=mine[post.pk],
            counts=counts[post.pk],
            is_new=0 < thread.read_to < post.number and post.author_id != seat.user.pk and post.is_published,
            is_accepted=post.pk == accepted,
        )
        for post in posts
    ]


def _reactions(ids: list[int], user: Any) -> tuple[dict[int, dict[str, int]], dict[int, set[str]]]:
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    mine: dict[int, set[str]] = defaultdict(set)
    for post, kind, number, own in _counted_reactions(posts=ids, user=user.pk):
        counts[post][kind] = number
        if own:
            mine[post].add(kind)
    return counts, mine


@prepared
def _counted_reactions(posts: list, user: int):
    rows = Reaction.objects.filter(AnyOf("post", posts)).values("post", "kind")
    counted = rows.annotate(number=Count("pk"), own=BoolOr(Q(user=user)))
    return counted.values_list("post", "kind", "number", "own")


class Participants(NamedTuple):
    """Who takes part in a thread, and how it goes there."""

    authors: tuple[Author, ...]
    number: int
    first_reply_after: timedelta | None
    useful: int

    @property
    def people(self) -> list[User]:
        return [author.person() for author in self.authors]

    @property
    def more(self) -> int:
        return max(self.number - len(self.authors), 0)


def participants_of(thread: Any, talk: Conversation, limit: int = 4) -> Participants:
    """`talk` is the page shown with it: whoever speaks on it is known already."""
    by_author = sorted(_parts_taken(thread=thread.pk), key=lambda row: -row[1])
    known = [author for author, *_rest in by_author if author is not None]
    seen = {one.author.pk: one.author for one in talk.posts if one.author}
    seen |= authors_by_id({author for author in known[:limit] if author not in seen})
    firsts = [first for author, _n, first, _u in by_author if first and author != thread.author_id]
    return Participants(
        authors=tuple(seen[author] for author in known[:limit]),
        number=len(known),
        first_reply_after=min(firsts) - thread.created_at if firsts else None,
        useful=sum(row[3] for row in by_author),
    )


@prepared
def _parts_taken(thread: int):
    rows = Post.objects.published().filter(thread=thread).order_by().values("author")
    first = Min("created_at", filter=Q(number__gt=1))
    counted = rows.annotate(posts=Count("pk"), first=first, useful=Sum("useful_count"))
    return counted.values_list("author", "posts", "first", "useful")


@dataclass
class Choices:
    """The ways out of a case or poll; their shares are shown to who has chosen, to facilitators, or at the end."""

    options: list[Any]
    mine: int | None
    total: int
    are_shown: bool
    is_open: bool

    @property
    def most(self) -> int:
        return max((option.number for option in self.options), default=0)


def choices_of(thread: Any, seat: Seat) -> Choices | None:
    if thread.kind not in (Thread.Kind.CASE, Thread.Kind.POLL):
        return None
    options: list[Any] = list(
        thread.choices.annotate(
            number=Count("votes"), own=Count("votes", filter=Q(votes__user=seat.user))
        ).order_by("position")  # counting leaves the order of the model aside
    )
    if not options:
        return None
    total = sum(option.number for option in options)
    mine = next((option.pk for option in options if option.own), None)
    ended = thread.is_locked or (thread.ends_at is not None and thread.ends_at <= timezone.now())
    for option in options:
        option.share = round(100 * option.number / total) if total else 0
    shown = mine is not None or ended or seat.is_facilitator
    return Choices(options, mine, total, shown, is_open=can_write(seat) and not ended)


__all__ = [
    "Conversation",
    "Shown",
    "choices_of",
    "conversation_page",
    "near_threads",
    "one_post",
    "page_of",
    "participants_of",
    "posts_after",
]
