"""What a thread page, and the talk beside a module, read: the same few queries for 1 and for 50 posts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Exists, F, Min, Q, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from community import rules
from community.models import Post, Resolution, Thread
from community.queries.posts import PostCard, cards_of, post_rows, published_replies, shown_posts
from community.rules import Seat, seat_in
from core.prepared import PreparedList, prepared, prepared_list
from people.queries.person_card import PersonCard, person_cards
from people.reader import Reader

PAGE_SIZE = 50
# A change may be committed a little after the moment it is stamped with; what is drawn twice does no harm.
OVERLAP = timedelta(seconds=15)


class Branch(NamedTuple):
    """A post with what hangs below it."""

    post: PostCard
    replies: list[PostCard]
    first_new: int | None = None

    @property
    def begins_news(self) -> bool:
        """The first post that is new to the reader is here."""
        return self.first_new is not None and self.first_new in [
            post.number for post in (self.post, *self.replies)
        ]


@dataclass
class Conversation:
    """A thread, who reads it, and the posts they see of it."""

    thread: Any
    seat: Seat
    posts: list[PostCard]
    page: Page | None = None
    sort: str = "order"
    asked: str = "all"
    narrow: bool = False
    since: str = ""
    # The number of the reader's own post that this answers, if any.
    mine: int | None = None

    @property
    def user(self) -> Any:
        return self.seat.user

    @cached_property
    def opening(self) -> PostCard | None:
        return next((post for post in self.posts if post.number == 1), None)

    @cached_property
    def replies(self) -> list[Branch]:
        """Top posts, each with its replies; a reply whose parent is on another page stands by itself."""
        tops = {
            post.pk: Branch(post, [], self.first_new)
            for post in self.posts
            if not post.is_reply and post.number > 1
        }
        listed: list[Branch] = []
        for post in self.posts:
            if post.number == 1:
                continue
            above = tops.get(post.parent_id or 0)
            if above:
                above.replies.append(post)
            else:
                listed.append(tops.get(post.pk) or Branch(post, [], self.first_new))
        return listed

    @property
    def number_of_replies(self) -> int:
        return max(self.thread.number_of_posts - 1, 0)

    @cached_property
    def number_of_new(self) -> int:
        """Posts by others since the last visit; on a first visit nothing is called new."""
        return sum(post.is_new for post in self.posts)

    @property
    def first_new(self) -> int | None:
        """The number of the first post that is new to the reader."""
        return min((post.number for post in self.posts if post.is_new), default=None)

    @property
    def resolution(self) -> Resolution | None:
        return getattr(self.thread, "resolution", None)

    @cached_property
    def gate_closed(self) -> bool:
        return rules.is_gate_closed(self.thread, self.seat)

    @property
    def number_behind_gate(self) -> int:
        own = sum(post.number > 1 for post in self.posts)
        return self.number_of_replies - own if self.gate_closed else 0

    @property
    def newest(self) -> int:
        """The number after which an open page asks for more: none below it is missing here."""
        return self.thread.last_number

    @property
    def can_reply(self) -> bool:
        return rules.can_reply(self.seat, self.thread)

    @property
    def last_shown(self) -> int:
        """How far this page lets its reader say they have read."""
        if self.gate_closed or self.asked != "all":
            return 1
        shown = max((post.number for post in self.posts), default=1)
        if self.page is None or not self.page.has_next():
            # A post may have come between the two queries.
            return max(self.thread.last_number, shown)
        return shown


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
    seat = seat_in(thread, user)
    since = (timezone.now() - OVERLAP).isoformat()
    shape = seat.is_facilitator, rules.is_gate_closed(thread, seat), sort, asked
    rows, shown_page = _cut(shape, thread, user, page)
    shown = cards_of(rows, thread, seat)
    return Conversation(thread, seat, shown, shown_page, sort, asked, narrow, since)


def instant(text: str) -> datetime | None:
    """The moment that an open page says it last asked at."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def posts_after(thread: Any, user: Any, *, after: int, since: datetime | None) -> Conversation:
    """What an open page has not seen: posts with a higher number, and those that changed since it asked."""
    seat = seat_in(thread, user)
    stamp = (timezone.now() - OVERLAP).isoformat()
    fresh = Q(number__gt=after)
    if since is not None:
        fresh |= Q(changed_at__gte=since)
    rows = shown_posts(thread, seat, removed_too=True).filter(fresh).order_by("number")[:200]
    return Conversation(thread, seat, cards_of(rows, thread, seat), since=stamp)


def one_post(post_id: int, thread: Any, user: Any) -> Conversation:
    """A conversation of a single post, to draw it again after its reader acted on it."""
    seat = seat_in(thread, user)
    rows = shown_posts(thread, seat, removed_too=True).filter(pk=post_id)
    return Conversation(thread, seat, cards_of(rows, thread, seat))


def _order(sort: str) -> list:
    """The opening post, then top posts with their replies below them."""
    in_order = ["top_number", "number"]
    if sort != "useful":
        return in_order
    useful = Coalesce(F("parent__useful_count"), F("useful_count"))
    return [Case(When(number=1, then=1), default=0).desc(), useful.desc(), *in_order]


def _page(thread: int, reader: Reader, facilitates: bool, gate_closed: bool, sort: str, asked: str):
    posts = post_rows(thread, reader, facilitates, gate_closed)
    if asked == "unanswered":
        posts = posts.filter(Q(number=1) | Q(parent=None) & ~Exists(published_replies()))
    return posts.order_by(*_order(sort))


@cache
def _whole(*shape: Any) -> Callable[..., list[tuple]]:
    """The posts of a thread that stands on one page, for one of the few shapes of the query."""

    def posts(thread: int, reader: Reader):
        return _page(thread, reader, *shape)

    return prepared(posts)


@cache
def _parts(*shape: Any) -> tuple[Callable[..., PreparedList], Callable[..., list[tuple]]]:
    """The replies of a long thread, to be shown page by page, and its opening post."""

    def replies(thread: int, reader: Reader):
        return _page(thread, reader, *shape).filter(number__gt=1)

    def opening(thread: int, reader: Reader):
        return _page(thread, reader, *shape).filter(number=1)

    return prepared_list(replies), prepared(opening)


def _cut(shape: Any, thread: Any, user: Any, page: int | str) -> tuple[list[tuple], Page | None]:
    if thread.last_number <= PAGE_SIZE + 1:
        return _whole(*shape)(thread=thread.pk, reader=Reader.of(user)), None
    # The opening post stands above the first page and is not one of its fifty.
    replies, opening = _parts(*shape)
    whose = {"thread": thread.pk, "reader": Reader.of(user)}
    whole: Any = replies(**whose)
    shown = Paginator(whole, PAGE_SIZE).get_page(page)
    return [*(opening(**whose) if shown.number == 1 else []), *shown], shown


def page_of(post: Post, thread: Any, user: Any) -> int:
    """The page of a thread, in its usual order, on which a post stands."""
    if thread.last_number <= PAGE_SIZE + 1:
        return 1
    top = post.parent.number if post.parent else post.number
    before = shown_posts(thread, seat_in(thread, user)).filter(number__gt=1)
    before = before.filter(Q(top_number__lt=top) | Q(top_number=top, number__lt=post.number))
    return before.count() // PAGE_SIZE + 1


def first_unread(thread: Any, user: Any) -> Post | None:
    """The first post that others wrote since the reader was here; None on a first visit and behind a closed gate."""
    if not thread.read_to or rules.is_gate_closed(thread, seat_in(thread, user)):
        return None
    past = Post.objects.published().filter(thread=thread, number__gt=thread.read_to).exclude(author=user.pk)
    return past.select_related("parent").order_by("number").first()


def has_news_elsewhere(talk: Conversation) -> bool:
    """What is new to the reader stands on another page of the thread than the one shown."""
    several = talk.page is not None and talk.page.paginator.num_pages > 1
    return several and not talk.number_of_new and first_unread(talk.thread, talk.user) is not None


class Participants(NamedTuple):
    """Who takes part in a thread, and how it goes there."""

    people: tuple[PersonCard, ...]
    number: int
    first_reply_after: timedelta | None
    useful: int

    @property
    def more(self) -> int:
        return max(self.number - len(self.people), 0)


def participants_of(thread: Any, talk: Conversation, limit: int = 4) -> Participants:
    """`talk` is the page shown with it: whoever speaks on it is known already."""
    by_author = sorted(_parts_taken(thread=thread.pk), key=lambda row: -row[1])
    known = [author for author, *_rest in by_author if author is not None]
    seen = {post.author.pk: post.author for post in talk.posts if post.author}
    seen |= person_cards(author for author in known[:limit] if author not in seen)
    firsts = [first for author, _n, first, _u in by_author if first and author != thread.author_id]
    return Participants(
        people=tuple(seen[author] for author in known[:limit]),
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


class ChoiceRow(NamedTuple):
    """One way out, with how many took it and their share in percent."""

    pk: int
    text: str
    number: int
    share: int
    is_mine: bool


class Choices(NamedTuple):
    """The ways out of a case or poll; their shares are shown to who has chosen, to facilitators, or at the end."""

    options: tuple[ChoiceRow, ...]
    total: int
    are_shown: bool
    is_open: bool

    @property
    def mine(self) -> ChoiceRow | None:
        return next((option for option in self.options if option.is_mine), None)


def choices_of(thread: Any, seat: Seat) -> Choices | None:
    if thread.kind not in (Thread.Kind.CASE, Thread.Kind.POLL):
        return None
    counted = thread.choices.annotate(
        number=Count("votes"), own=Count("votes", filter=Q(votes__user=seat.user))
    ).order_by("position")  # counting leaves the order of the model aside
    rows = list(counted.values_list("pk", "text", "number", "own"))
    if not rows:
        return None
    total = sum(number for _pk, _text, number, _own in rows)
    options = tuple(
        ChoiceRow(pk, text, number, round(100 * number / total) if total else 0, own > 0)
        for pk, text, number, own in rows
    )
    ended = thread.is_locked or thread.has_ended
    shown = any(option.is_mine for option in options) or ended or seat.is_facilitator
    return Choices(options, total, shown, is_open=rules.can_write(seat) and not ended)
