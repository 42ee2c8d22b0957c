"""Queries of the facilitation dashboard: a facilitator's own spaces only, and names, for pedagogical work."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
    prefetch_related_objects,
)  # fmt: skip
from django.utils import timezone

from analytics import days, formatting
from analytics.metrics.answers import MATURITIES
from analytics.models import LearnerDay, ThreadFact
from community.models import Flag, Membership, Post, Resolution, Space, Thread
from core.prepared import AnyOf, prepared
from people.models import Organisation, RoleGrant, User
from people.queries.person_card import COLUMNS, PersonCard, person_cards
from people.reader import Reader

SILENT_AFTER = timedelta(days=14)
# Somebody who arrived less than this ago is looked after first.
NEWCOMER = timedelta(days=45)
LATELY = timedelta(days=30)
# Marks that make an answer worth showing to everybody.
VERY_USEFUL = 3
SHOWN = 20
TEACHING = (RoleGrant.Role.TRAINER, RoleGrant.Role.ADMINISTRATOR)


@dataclass
class Case:
    """A post that awaits a decision, with what people said of it."""

    post: Post
    flags: list[Flag]

    @property
    def author(self) -> PersonCard | None:
        return PersonCard.of(self.post.author) if self.post.author else None

    @property
    def reasons(self) -> list[str]:
        return list(dict.fromkeys(flag.get_reason_display() for flag in self.flags))

    @property
    def comments(self) -> list[str]:
        return list(dict.fromkeys(flag.comment for flag in self.flags if flag.comment))


@dataclass
class Question:
    thread: Thread
    expert: PersonCard | None = None
    # The skill they are asked for; empty when it is for their accepted answers.
    skill: str = ""


@dataclass
class Health:
    space: Space
    members: int
    writers: int = 0
    answered: int = 0
    asked: int = 0
    useful: int = 0
    replies: int = 0

    @property
    def answered_share(self) -> float | None:
        return self.answered / self.asked if self.asked else None

    @property
    def useful_share(self) -> float | None:
        return self.useful / self.replies if self.replies else None

    @property
    def answered_words(self) -> str:
        return formatting.share_or_dash(self.answered_share)

    @property
    def useful_words(self) -> str:
        return formatting.share_or_dash(self.useful_share)


class SilentMember(NamedTuple):
    person: PersonCard
    last_seen: date | None


@dataclass
class Dashboard:
    spaces: list[Space]
    # Each person once, however many of the spaces they are in.
    members: int
    cases: list[Case]
    questions: list[Question]
    number_of_questions: int
    oldest_question: datetime | None
    silent: list[SilentMember]
    number_of_silent: int
    number_of_silent_newcomers: int
    highlights: list[Post]
    health: list[Health] = field(default_factory=list)


def spaces_of(user) -> list[Any]:
    """The spaces a person facilitates, with how many people they look after there."""
    return _spaces_of(reader=Reader.of(user))


@prepared
def _spaces_of(reader: Reader) -> QuerySet:
    looked_after = Count("memberships", filter=Q(memberships__role=Membership.Role.MEMBER))
    spaces = Space.objects.facilitated_by(reader).filter(archived_at=None)
    return spaces.select_related("organisation").annotate(learners=looked_after).order_by("name", "pk")


def dashboard_of(user, spaces: list[Any]) -> Dashboard:
    ids = [space.pk for space in spaces]
    waiting = _waiting(reader=Reader.of(user), spaces=ids)
    silent, of_all, newcomers = silent_members(user, spaces[0].organisation, ids)
    return Dashboard(
        spaces=spaces,
        members=_number_of_members(spaces=ids)[0][0] if any(space.learners for space in spaces) else 0,
        cases=cases_for(user),
        questions=with_experts(waiting),
        number_of_questions=waiting[0].of_all if waiting else 0,
        oldest_question=waiting[0].created_at if waiting else None,
        silent=silent,
        number_of_silent=of_all,
        number_of_silent_newcomers=newcomers,
        highlights=highlights(user, ids),
        health=health_of(spaces),
    )


@prepared
def _number_of_members(spaces: list[int]) -> QuerySet:
    members = Membership.objects.filter(AnyOf("space", spaces), role=Membership.Role.MEMBER)
    return members.values("role").annotate(number=Count("user", distinct=True)).values_list("number")


@prepared
def _waiting(reader: Reader, spaces: list[int]) -> QuerySet:
    """The questions that have waited longest, each with the number `of_all`."""
    threads = Thread.objects.visible_to(reader)
    threads = threads.filter(AnyOf("space", spaces), locked_at=None).unanswered().unresolved()
    return (
        threads.select_related("space", "owner")
        .annotate(of_all=Window(Count("pk")))
        .defer("search")
        .order_by("created_at", "pk")[:SHOWN]
    )


def cases_for(user) -> list[Case]:
    """Flagged posts, the longest waiting first; flags of one post make one case."""
    posts: dict[int, Case] = {}
    for flag in _to_decide(reader=Reader.of(user)):
        posts.setdefault(flag.post_id, Case(flag.post, [])).flags.append(flag)
    return list(posts.values())


@prepared
def _to_decide(reader: Reader) -> QuerySet:
    return (
        Flag.objects.to_decide_by(reader)
        .select_related("post__author__profile", "post__thread__space")
        .defer("post__search", "post__thread__search", "post__author__profile__bio")
        .order_by("at", "pk")
    )


def with_experts(threads: list[Thread]) -> list[Question]:
    """Each question with the member of its space who is best placed to answer it.

    Somebody with a validated skill that the title or a tag names; otherwise whoever has most accepted answers
    in that space.
    """
    if not threads:
        return []
    prefetch_related_objects(threads, "tags")
    spaces = list({thread.space_id for thread in threads})
    skilled: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for space, person, skill in _skills(spaces=spaces):
        skilled[space].append((person, skill))
    accepted: dict[int, list[int]] = defaultdict(list)
    for space, author, _number in _accepted(spaces=spaces):
        accepted[space].append(author)
    found = [_suggested(thread, skilled[thread.space_id], accepted[thread.space_id]) for thread in threads]
    people = person_cards(person for person, _skill in found)
    return [
        Question(thread, people.get(person or 0), skill)
        for thread, (person, skill) in zip(threads, found, strict=True)
    ]


@prepared
def _skills(spaces: list[int]) -> QuerySet:
    """The validated skills of the members of each space."""
    held = Membership.objects.filter(
        AnyOf("space", spaces), user__is_active=True, user__skills__validated_at__isnull=False
    )
    in_order = held.order_by("user__skills__validated_at", "user__skills__pk")
    return in_order.values_list("space", "user", "user__skills__skill__name")


@prepared
def _accepted(spaces: list[int]) -> QuerySet:
    """Who of the members of each space has had answers accepted there, those with most of them first."""
    seats = Membership.objects.filter(space=OuterRef("thread__space"), user=OuterRef("post__author"))
    accepted = Resolution.objects.filter(
        AnyOf("thread__space", spaces),
        Exists(seats),
        post__author__is_active=True,
        post__author__anonymised_at=None,
    )
    counted = accepted.values("thread__space", "post__author").annotate(number=Count("pk"))
    return counted.order_by("-number", "post__author").values_list("thread__space", "post__author", "number")


def _suggested(thread: Thread, skilled: list[tuple[int, str]], accepted: list[int]) -> tuple[int | None, str]:
    words = " ".join([thread.title, *(tag.name for tag in thread.tags.all())]).lower()
    for person, skill in skilled:
        if skill.lower() in words and person != thread.author_id:
            return person, skill
    return next((author for author in accepted if author != thread.author_id), None), ""


def silent_members(
    user, organisation: Organisation, spaces: list[int]
) -> tuple[list[SilentMember], int, int]:
    """Members whom nothing was seen of for 14 days, anywhere; who joined since is given time.

    Those seen longest ago, the number of all of them and of the newcomers among them.
    """
    now = timezone.now()
    rows = _silent(
        reader=Reader.of(user),
        spaces=spaces,
        day=days.today(organisation) - SILENT_AFTER,
        joined_before=now - SILENT_AFTER,
        new_since=now - NEWCOMER,
    )
    members = [SilentMember(PersonCard(*card), last_seen) for *card, last_seen, _of_all, _new in rows]
    of_all, newcomers = rows[0][-2:] if rows else (0, 0)
    return members, of_all, newcomers


@prepared
def _silent(
    reader: Reader, spaces: list[int], day: date, joined_before: datetime, new_since: datetime
) -> QuerySet:
    seen = LearnerDay.objects.filter(user=OuterRef("pk"), presences__gt=0)
    joined = Membership.objects.filter(
        AnyOf("space", spaces),
        user=OuterRef("pk"),
        role=Membership.Role.MEMBER,
        joined_at__lt=joined_before,
    )
    new = Q(joined_at__gte=new_since)
    last = seen.order_by().values("user").annotate(last=Max("day")).values("last")
    return (
        User.objects.visible_to(reader)
        .active()
        .filter(Exists(joined), ~Exists(seen.filter(day__gt=day)))
        .exclude(pk=reader.pk)
        .exclude(role_grants__in=RoleGrant.objects.filter(role__in=TEACHING, revoked_at=None))
        .annotate(
            last_seen=Subquery(last),
            of_all=Window(Count("pk")),
            new_ones=Window(Count("pk", filter=new)),
        )
        .order_by("last_seen", "name")
        .values_list(*COLUMNS, "last_seen", "of_all", "new_ones")[:SHOWN]
    )


def highlights(user, spaces: list[int]) -> list[Post]:
    """Answers of the last 30 days that colleagues found very useful, in discussions not pinned yet."""
    return _highlights(reader=Reader.of(user), spaces=spaces, since=timezone.now() - LATELY)


@prepared
def _highlights(reader: Reader, spaces: list[int], since: datetime) -> QuerySet:
    return (
        Post.objects.visible_to(reader)
        .filter(
            AnyOf("thread__space", spaces),
            thread__pinned_at=None,
            number__gt=1,
            useful_count__gte=VERY_USEFUL,
            created_at__gte=since,
        )
        .select_related("author", "thread")
        .defer("body", "html", "search", "thread__search")
        .order_by("-useful_count", "-created_at")[:4]
    )


def health_of(spaces: list[Any]) -> list[Health]:
    """Over the last 30 days: questions answered within a day, useful replies, members who write."""
    found = {space.pk: Health(space, space.learners) for space in spaces}
    now = timezone.now()
    ids, first = list(found), (now - LATELY).date()
    for space, asked, answered in _answered(spaces=ids, first=first, asked_before=now - MATURITIES["24h"]):
        found[space].asked, found[space].answered = asked, answered
    for space, writers in _writers(spaces=ids, first=first):
        found[space].writers = writers
    for space, replies, useful in _replies(spaces=ids, since=now - LATELY):
        found[space].replies, found[space].useful = replies, useful
    # Where most people are waiting for an answer first.
    return sorted(found.values(), key=lambda one: (one.answered_share is None, one.answered_share or 0))


@prepared
def _answered(spaces: list[int], first: date, asked_before: datetime) -> QuerySet:
    asked = ThreadFact.objects.filter(
        AnyOf("space_id", spaces),
        day__gte=first,
        asked_at__lte=asked_before,
    )
    in_time = Q(first_reply_at__lte=F("asked_at") + MATURITIES["24h"])
    return asked.values_list("space_id").annotate(asked=Count("pk"), in_time=Count("pk", filter=in_time))


@prepared
def _writers(spaces: list[int], first: date) -> QuerySet:
    wrote = LearnerDay.objects.filter(AnyOf("space_id", spaces), day__gte=first, contributions__gt=0)
    return wrote.values_list("space_id").annotate(writers=Count("user", distinct=True))


@prepared
def _replies(spaces: list[int], since: datetime) -> QuerySet:
    replies = Post.objects.published().filter(
        AnyOf("thread__space", spaces),
        thread__deleted_at=None,
        number__gt=1,
        created_at__gte=since,
    )
    return replies.values_list("thread__space_id").annotate(
        number=Count("pk"), useful=Count("pk", filter=Q(useful_count__gt=0))
    )
