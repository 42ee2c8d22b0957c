"""The card of a post: all that a page and the API show of it to one reader, made here and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import BoolOr
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, JSONObject

from community import rules
from community.models import Decision, Flag, Post, Reaction
from community.rules import Seat
from core.addresses import address_of
from core.prepared import AnyOf, prepared
from people.queries.person_card import PersonCard, person_cards
from people.reader import Reader


class DecisionCard(NamedTuple):
    """What facilitators decided about a post, for its author: why, in their words, and whether it can be contested."""

    kind: str
    note: str
    at: datetime
    reasons: tuple[str, ...]
    # The author asked for another look: waited for, or answered by this very decision.
    is_contested: bool = False
    can_contest: bool = False

    @property
    def reason_labels(self) -> list[str]:
        return [str(Flag.Reason(reason).label) for reason in self.reasons if reason != Flag.Reason.CONTEST]


class PostRow(NamedTuple):
    """The columns of a post, `top_number`, the number of the post it stands below, and what was decided about it."""

    pk: int
    thread_id: int
    number: int
    parent_id: int | None
    author_id: int | None
    body: str
    html: str
    language: str
    moment: int | None
    useful_count: int
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    hidden_at: datetime | None
    top_number: int
    decided: dict[str, Any] | None


class PostCard(NamedTuple):
    """A post as one reader sees it. Of one that is gone for them nothing it said is here."""

    pk: int
    thread_id: int
    number: int
    parent_id: int | None
    # The number of the post it stands below; its own when it stands by itself.
    top_number: int
    author: PersonCard | None
    body: str
    html: str
    language: str
    moment: int | None
    created_at: datetime
    edited_at: datetime | None
    # The address of the film at the `moment` the post speaks of.
    film: str = ""
    # "" | "hidden" | "removed": only its place is shown.
    gone: str = ""
    # A facilitator hid it; its author and facilitators still read it.
    is_hidden: bool = False
    is_own: bool = False
    is_new: bool = False
    is_accepted: bool = False
    # The first name of who accepted it.
    accepted_by: str = ""
    useful_count: int = 0
    # How often each of the other reactions was given, and which of all are the reader's.
    counts: tuple[tuple[str, int], ...] = ()
    mine: frozenset[str] = frozenset()
    can_reply: bool = False
    can_edit: bool = False
    can_delete: bool = False
    can_flag: bool = False
    can_accept: bool = False
    can_decide: bool = False
    # For its author, as long as it concerns what the post says now.
    decision: DecisionCard | None = None

    @property
    def url(self) -> str:
        return address_of("community:post", self.pk)

    @property
    def is_reply(self) -> bool:
        return self.parent_id is not None


def shown_posts(thread: Any, seat: Seat, *, removed_too: bool = False, published_only: bool = False):
    """Published posts, places of removed ones that have replies, and what was hidden for those who may see it:
    rows of what `PostRow` names."""
    gate_closed = rules.is_gate_closed(thread, seat)
    rows = post_rows(thread.pk, Reader.of(seat.user), seat.is_facilitator, gate_closed, removed_too)
    return rows.filter(deleted_at=None, hidden_at=None) if published_only else rows


def post_rows(thread: int, reader: Reader, facilitates: bool, gate_closed: bool, removed_too: bool = False):
    shown: Any = Q(deleted_at=None, hidden_at=None) | Exists(published_replies())
    hidden = Q(deleted_at=None, hidden_at__isnull=False)
    shown |= hidden if facilitates else hidden & Q(author=reader.pk)
    posts = Post.objects.filter(thread=thread)
    if not removed_too:
        posts = posts.filter(shown)
    if gate_closed:
        posts = posts.filter(Q(number=1) | Q(author=reader.pk))
    under = Coalesce(F("parent__number"), F("number"))
    decided = Case(When(author=reader.pk, then=Subquery(_decisions())), default=None)
    return posts.annotate(top_number=under, decided=decided).values_list(*PostRow._fields)


def _decisions():
    """What stands of the decisions on a post: asked only for the author's own."""
    flags = Flag.objects.filter(decision=OuterRef("pk")).order_by().values("reason").distinct()
    waiting = Flag.objects.open().filter(post=OuterRef("post"), reason=Flag.Reason.CONTEST)
    said = JSONObject(
        kind="kind",
        note="note",
        at="at",
        reasons=ArraySubquery(flags.values("reason")),
        waits=Exists(waiting),
    )
    standing = Decision.objects.filter(post=OuterRef("pk"), undone_at=None).exclude(kind=Decision.Kind.KEEP)
    return standing.order_by("-at").values(found=said)[:1]


def published_replies():
    return Post.objects.published().filter(parent=OuterRef("pk"))


def cards_of(rows: Iterable[tuple], thread: Any, seat: Seat) -> list[PostCard]:
    """The cards of rows of `post_rows`, in two queries whatever their number. `thread` comes from `thread_for`."""
    posts = [PostRow(*row) for row in rows]
    people = person_cards(post.author_id for post in posts)
    counts, mine = _reactions([post.pk for post in posts], seat.user.pk)
    may_accept, may_reply = rules.can_accept(seat, thread), rules.can_reply(seat, thread)
    kept = getattr(thread, "resolution", None)
    accepted, by = (kept.post_id, kept.by.first_name if kept.by else "") if kept else (None, "")
    cards = []
    for post in posts:
        gone, own = _gone(post, seat), post.author_id == seat.user.pk
        published = post.deleted_at is None and post.hidden_at is None
        card = PostCard(
            pk=post.pk, thread_id=post.thread_id, number=post.number, parent_id=post.parent_id,
            top_number=post.top_number, author=people.get(post.author_id or 0),
            body="" if gone else post.body, html="" if gone else post.html, language=post.language,
            moment=None if gone else post.moment, created_at=post.created_at, edited_at=post.edited_at,
            film="" if gone else film_at(thread.about_url, post.moment),
            gone=gone, is_hidden=not gone and post.hidden_at is not None, is_own=own,
            is_new=0 < thread.read_to < post.number and not own and published,
            is_accepted=post.pk == accepted, accepted_by=by if post.pk == accepted else "", useful_count=post.useful_count,
            counts=tuple((kind, counts[post.pk][kind]) for kind in OTHERS if kind in counts[post.pk]),
            mine=frozenset(mine[post.pk]), can_reply=may_reply and not gone,
            can_edit=may_reply and rules.can_edit(seat, post), can_delete=rules.can_delete(seat, post),
            can_flag=rules.can_flag(seat, post), can_accept=may_accept and post.number > 1 and published,
            can_decide=not gone and rules.can_decide(seat, post), decision=_decision(post),
        )  # fmt: skip
        cards.append(card)
    return cards


def film_at(about_url: str, moment: int | None) -> str:
    """The module that a thread is attached to, opened at so many seconds of its film."""
    return f"{about_url}?t={moment}" if about_url and moment is not None else ""


def _decision(post: PostRow) -> DecisionCard | None:
    found = post.decided
    if found is None or post.deleted_at is not None:
        return None
    at = datetime.fromisoformat(found["at"])
    if found["kind"] == Decision.Kind.REPHRASE and post.edited_at and post.edited_at > at:
        return None  # the author has found other words
    contested = found["waits"] or Flag.Reason.CONTEST in found["reasons"]
    return DecisionCard(
        found["kind"], found["note"], at, tuple(found["reasons"]), contested, can_contest=not contested
    )


OTHERS = tuple(kind for kind in Reaction.Kind if kind != Reaction.Kind.USEFUL)


def _gone(post: PostRow, seat: Seat) -> str:
    if post.deleted_at is not None:
        return "removed"
    return "hidden" if post.hidden_at is not None and not rules.can_see_hidden(seat, post) else ""


def _reactions(ids: list[int], user: int) -> tuple[dict[int, dict[str, int]], dict[int, set[str]]]:
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    mine: dict[int, set[str]] = defaultdict(set)
    for post, kind, number, own in _counted_reactions(posts=ids, user=user):
        counts[post][kind] = number
        if own:
            mine[post].add(kind)
    return counts, mine


@prepared
def _counted_reactions(posts: list[int], user: int):
    rows = Reaction.objects.filter(AnyOf("post", posts)).values("post", "kind")
    counted = rows.annotate(number=Count("pk"), own=BoolOr(Q(user=user)))
    return counted.values_list("post", "kind", "number", "own")
