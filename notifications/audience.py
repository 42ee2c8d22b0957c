"""Whom what happened in a thread concerns, and who of them may read it: asked for each post, so prepared."""

from django.db.models import QuerySet, Value

from community.models import Membership, Post, ReadState, Space, Thread, ThreadPass, Watch
from community.queries.people import readers_of
from core.prepared import AnyOf, prepared
from events.models import Event

Notify = Membership.Notify


@prepared
def posts_told_of(posts: list[int]) -> QuerySet:
    """With their thread, its space and whom they answer; none of a thread that stands in no list."""
    found = Post.objects.filter(AnyOf("pk", posts), thread__in=Thread.objects.listed())
    return found.select_related("thread__space", "parent").only(
        "author", "number", "parent__author", "thread__author", "thread__owner", "thread__gate",
        "thread__space__visibility", "thread__space__organisation",
    )  # fmt: skip


@prepared
def opening_posts(threads: list[int]) -> QuerySet:
    found = Post.objects.filter(AnyOf("thread", threads), number=1, thread__in=Thread.objects.listed())
    return found.select_related("thread__space", "parent")


def wishes_of(thread: Thread) -> dict[int, str]:
    """How much of the talk of its space those want to hear who want all of it, or nothing."""
    return dict(_wishes(space=thread.space_id))


@prepared
def _wishes(space: int) -> QuerySet:
    members = Membership.objects.filter(space=space).exclude(notify=Notify.MENTIONS)
    return members.values_list("user", "notify")


@prepared
def watches_of(thread: int) -> QuerySet:
    """Everybody who watches it, and whether they have muted it."""
    return Watch.objects.filter(thread=thread).values_list("user", "muted")


@prepared
def called_in(post: int) -> QuerySet:
    """Whoever is named in the post hears of that, once."""
    called = Event.objects.filter(verb="community.person_mentioned", post_id=post, subject_id__isnull=False)
    return called.values_list("subject_id", flat=True)


def allowed(people: set[int], post: Post) -> set[int]:
    """Those who may read this post now: the mirror of `Post.objects.visible_to`, for many people at once."""
    if not people:
        return people
    thread = post.thread
    space, asked = thread.space, sorted(people)
    if space.visibility == Space.Visibility.OPEN:
        found = set(_readers_of_open(space=space.pk, organisation=space.organisation_id, people=asked))
    else:
        found = set(_readers_of_closed(space=space.pk, people=asked))
    if post.number == 1 or thread.gate == Thread.Gate.OPEN:
        return found
    passed = ThreadPass.objects.filter(thread=thread, user__in=found).values_list("user", flat=True)
    return set(passed) | (found & {post.author_id})


@prepared
def _readers_of_open(space: int, organisation: int, people: list[int]) -> QuerySet:
    shape = Space(pk=space, organisation_id=organisation, visibility=Space.Visibility.OPEN)
    return readers_of(shape).filter(AnyOf("pk", people)).order_by().values_list("pk", flat=True)


@prepared
def _readers_of_closed(space: int, people: list[int]) -> QuerySet:
    shape = Space(pk=space, visibility=Space.Visibility.CLOSED)
    return readers_of(shape).filter(AnyOf("pk", people)).order_by().values_list("pk", flat=True)


@prepared
def readers_as_far_as(thread: int, number: int, people: list[int]) -> QuerySet:
    """Those of these people who have read the thread up to that number."""
    # A value: the number that stands for it while the statement is composed is larger than the column takes.
    states = ReadState.objects.filter(AnyOf("user", people), thread=thread, last_number__gte=Value(number))
    return states.values_list("user", flat=True)
