"""What a facilitator's dashboard shows: their own spaces only, and names, for pedagogical work."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Subquery
from django.utils import timezone

from analytics import days
from analytics.metrics.answers import MATURITIES
from analytics.models import LearnerDay, ThreadFact
from community.models import Flag, Membership, Post, Resolution, Space, Thread
from people.models import Organisation, RoleGrant, User, UserSkill

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
    def reasons(self) -> list[str]:
        return list(dict.fromkeys(flag.get_reason_display() for flag in self.flags))

    @property
    def comments(self) -> list[str]:
        return list(dict.fromkeys(flag.comment for flag in self.flags if flag.comment))


@dataclass
class Question:
    thread: Thread
    expert: User | None = None
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


@dataclass
class Dashboard:
    spaces: list[Space]
    # Each person once, however many of the spaces they are in.
    members: int
    cases: list[Case]
    questions: list[Question]
    number_of_questions: int
    oldest_question: datetime | None
    silent: list[User]
    number_of_silent: int
    number_of_silent_newcomers: int
    highlights: list[Post]
    health: list[Health] = field(default_factory=list)


def spaces_of(user) -> list[Any]:
    """The spaces a person facilitates, with how many people they look after there."""
    looked_after = Count("memberships", filter=Q(memberships__role=Membership.Role.MEMBER))
    return list(
        Space.objects.facilitated_by(user)
        .filter(archived_at=None)
        .select_related("organisation")
        .annotate(learners=looked_after)
        .order_by("name", "pk")
    )


def dashboard_of(user, spaces: list[Any]) -> Dashboard:
    ids = [space.pk for space in spaces]
    unanswered = (
        Thread.objects.visible_to(user).filter(space__in=ids, locked_at=None).unanswered().unresolved()
    )
    waiting = unanswered.aggregate(number=Count("pk"), oldest=Min("created_at"))
    silent = silent_members(user, spaces[0].organisation, ids)
    number = silent.aggregate(
        all=Count("pk"), new=Count("pk", filter=Q(joined_at__gte=timezone.now() - NEWCOMER))
    )
    return Dashboard(
        spaces=spaces,
        members=Membership.objects.filter(space__in=ids, role=Membership.Role.MEMBER)
        .values("user")
        .distinct()
        .count(),
        cases=cases_for(user),
        questions=with_experts(
            list(
                unanswered.select_related("space", "owner")
                .prefetch_related("tags")
                .defer("search")
                .order_by("created_at", "pk")[:SHOWN]
            )
        ),
        number_of_questions=waiting["number"],
        oldest_question=waiting["oldest"],
        silent=list(silent.order_by("last_seen", "name")[:SHOWN]),
        number_of_silent=number["all"],
        number_of_silent_newcomers=number["new"],
        highlights=highlights(user, ids),
        health=health_of(spaces),
    )


def cases_for(user) -> list[Case]:
    """Flagged posts, the longest waiting first; flags of one post make one case."""
    flags = (
        Flag.objects.to_decide_by(user)
        .select_related("post__author__profile", "post__thread__space")
        .defer("post__search", "post__thread__search")
        .order_by("at", "pk")
    )
    posts: dict[int, Case] = {}
    for flag in flags:
        posts.setdefault(flag.post_id, Case(flag.post, [])).flags.append(flag)
    return list(posts.values())


def with_experts(threads: list[Thread]) -> list[Question]:
    """Each question with the member of its space who is best placed to answer it.

    Somebody with a validated skill that the title or a tag names; otherwise whoever has most accepted answers
    in that space.
    """
    questions = [Question(thread) for thread in threads]
    spaces = {thread.space_id for thread in threads}
    skilled: dict[int, list[UserSkill]] = defaultdict(list)
    skills = UserSkill.objects.filter(validated_at__isnull=False, user__is_active=True).select_related(
        "user", "skill"
    )
    members = Membership.objects.filter(space__in=spaces)
    by_user: dict[int, set[int]] = defaultdict(set)
    for user_id, space_id in members.filter(
        Q(user__in=skills.values("user")) | Q(user__in=_accepted(spaces).values("post__author"))
    ).values_list("user_id", "space_id"):
        by_user[user_id].add(space_id)
    for held in skills.filter(user__in=list(by_user)).order_by("validated_at", "pk"):
        for space in by_user[held.user_id]:
            skilled[space].append(held)
    accepted: dict[int, list[int]] = defaultdict(list)
    rows = _accepted(spaces).values_list("thread__space_id", "post__author_id")
    for space, author, _number in rows.annotate(number=Count("pk")).order_by("-number", "post__author_id"):
        if space in by_user.get(author, ()):
            accepted[space].append(author)
    answerers = User.objects.active().in_bulk({pk for pks in accepted.values() for pk in pks})
    for question in questions:
        _suggest(question, skilled[question.thread.space_id], accepted, answerers)
    return questions


def _accepted(spaces: set[int]) -> Any:
    return Resolution.objects.filter(thread__space__in=spaces, post__author__isnull=False)


def _suggest(
    question: Question,
    skilled: list[UserSkill],
    accepted: dict[int, list[int]],
    answerers: dict[int, User],
) -> None:
    thread = question.thread
    words = " ".join([thread.title, *(tag.name for tag in thread.tags.all())]).lower()
    for held in skilled:
        if held.skill.name.lower() in words and held.user_id != thread.author_id:
            question.expert, question.skill = held.user, held.skill.name
            return
    for author in accepted[thread.space_id]:
        if author != thread.author_id and author in answerers:
            question.expert = answerers[author]
            return


def silent_members(user, organisation: Organisation, spaces: list[int]) -> Any:
    """Members whom nothing was seen of for 14 days, anywhere; who joined since is given time."""
    since = days.today(organisation) - SILENT_AFTER
    seen = LearnerDay.objects.filter(user=OuterRef("pk"), presences__gt=0)
    joined = Membership.objects.filter(
        user=OuterRef("pk"),
        space__in=spaces,
        role=Membership.Role.MEMBER,
        joined_at__lt=timezone.now() - SILENT_AFTER,
    )
    last = seen.order_by().values("user").annotate(last=Max("day")).values("last")
    return (
        User.objects.visible_to(user)
        .active()
        .filter(Exists(joined), ~Exists(seen.filter(day__gt=since)))
        .exclude(pk=user.pk)
        .exclude(role_grants__in=RoleGrant.objects.filter(role__in=TEACHING, revoked_at=None))
        .select_related("profile")
        .annotate(last_seen=Subquery(last))
    )


def highlights(user, spaces: list[int]) -> list[Post]:
    """Answers of the last 30 days that colleagues found very useful, in discussions not pinned yet."""
    return list(
        Post.objects.visible_to(user)
        .filter(
            thread__space__in=spaces,
            thread__pinned_at=None,
            number__gt=1,
            useful_count__gte=VERY_USEFUL,
            created_at__gte=timezone.now() - LATELY,
        )
        .select_related("author__profile", "thread__space")
        .defer("search", "thread__search")
        .order_by("-useful_count", "-created_at")[:4]
    )


def health_of(spaces: list[Any]) -> list[Health]:
    """Over the last 30 days: questions answered within a day, useful replies, members who write."""
    found = {space.pk: Health(space, space.learners) for space in spaces}
    since = timezone.now() - LATELY
    first: date = since.date()
    old_enough = timezone.now() - MATURITIES["24h"]
    answered = Q(first_reply_at__lte=F("asked_at") + MATURITIES["24h"])
    facts = ThreadFact.objects.filter(space_id__in=found, day__gte=first, asked_at__lte=old_enough)
    for space, asked, in_time in facts.values_list("space_id").annotate(
        asked=Count("pk"), in_time=Count("pk", filter=answered)
    ):
        found[space].asked, found[space].answered = asked, in_time
    wrote = LearnerDay.objects.filter(space_id__in=found, day__gte=first, contributions__gt=0)
    for space, writers in wrote.values_list("space_id").annotate(writers=Count("user", distinct=True)):
        found[space].writers = writers
    replies = Post.objects.published().filter(
        thread__space__in=found, thread__deleted_at=None, number__gt=1, created_at__gte=since
    )
    for space, number, useful in replies.values_list("thread__space_id").annotate(
        number=Count("pk"), useful=Count("pk", filter=Q(useful_count__gt=0))
    ):
        found[space].replies, found[space].useful = number, useful
    # Where most people are waiting for an answer first.
    return sorted(found.values(), key=lambda one: (one.answered_share is None, one.answered_share or 0))
