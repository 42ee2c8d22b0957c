"""Who is told when an event goes by. Everybody told may read the thread now, and wants to hear of it."""

from collections.abc import Iterable

from community.models import Membership, Post, Space, Thread, ThreadPass, Watch
from community.queries.people import readers_of
from events.models import Event
from events.reading import reader
from notifications import actions
from notifications.models import Notification

Kind = Notification.Kind


@reader(
    "notifications.bell",
    verbs={
        "community.thread_started",
        "community.thread_owned",
        "community.thread_opened",
        "community.thread_read",
        "community.post_written",
        "community.person_mentioned",
        "community.answer_accepted",
        "community.answer_unaccepted",
        "community.post_flagged",
        "community.post_decided",
        "community.decision_undone",
    },
)
def notify(event: Event) -> None:
    thread = Thread.objects.listed().filter(pk=event.thread_id or 0).select_related("space").first()
    if thread is not None:
        TOLD[event.verb](event, thread)


def thread_started(event: Event, thread: Thread) -> None:
    _tell(Kind.THREAD, event, thread, _who_hear_everything(thread.space) - _called_in(event))


def post_written(event: Event, thread: Thread) -> None:
    watching = Watch.objects.filter(thread=thread, muted=False).values_list("user", flat=True)
    answered = Post.objects.filter(replies=event.post_id).values_list("author", flat=True)
    people = {*watching, *answered, thread.author_id} | _who_hear_everything(thread.space)
    muted = Watch.objects.filter(thread=thread, muted=True).values_list("user", flat=True)
    _tell(Kind.REPLY, event, thread, people - set(muted) - _called_in(event))


def person_mentioned(event: Event, thread: Thread) -> None:
    _tell(Kind.MENTION, event, thread, {event.subject_id})


def answer_accepted(event: Event, thread: Thread) -> None:
    _tell(Kind.ACCEPTED, event, thread, {event.data.get("author")})


def answer_unaccepted(event: Event, thread: Thread) -> None:
    actions.take_back(kind=Kind.ACCEPTED, post_id=event.post_id)


def post_flagged(event: Event, thread: Thread) -> None:
    facilitators = Membership.objects.filter(space=thread.space, role=Membership.Role.FACILITATOR)
    author = Post.objects.filter(pk=event.post_id or 0).values_list("author", flat=True)
    people = set(facilitators.values_list("user", flat=True)) - set(author)
    # Deciding is a duty of the role: it does not depend on how much of the talk one wants to hear.
    actions.tell(_allowed(people, thread, event), kind=Kind.FLAG, event=event)


def post_decided(event: Event, thread: Thread) -> None:
    actions.clear_flags(thread_id=event.thread_id, post_id=event.post_id)
    author = Post.objects.filter(pk=event.post_id or 0).values_list("author", flat=True)
    actions.tell(_allowed(author, thread, event), kind=Kind.DECISION, event=event)


def decision_undone(event: Event, thread: Thread) -> None:
    actions.take_back(kind=Kind.DECISION, post_id=event.post_id)


def thread_owned(event: Event, thread: Thread) -> None:
    opening = Post.objects.filter(thread=thread, number=1).values_list("pk", flat=True).first()
    event.post_id = event.post_id or opening
    _tell(Kind.QUESTION, event, thread, {event.data.get("owner")})


def thread_read(event: Event, thread: Thread) -> None:
    """Most is cleared when the page is shown; this finds what was told in the very moment of reading."""
    if event.actor_id:
        actions.clear(event.actor_id, thread_id=thread.pk, number=event.data.get("number", 0))


TOLD = {
    "community.thread_started": thread_started,
    "community.thread_owned": thread_owned,
    "community.thread_opened": thread_read,
    "community.thread_read": thread_read,
    "community.post_written": post_written,
    "community.person_mentioned": person_mentioned,
    "community.answer_accepted": answer_accepted,
    "community.answer_unaccepted": answer_unaccepted,
    "community.post_flagged": post_flagged,
    "community.post_decided": post_decided,
    "community.decision_undone": decision_undone,
}


def _tell(kind: Kind, event: Event, thread: Thread, people: Iterable[int | None]) -> None:
    silent = Membership.objects.filter(space=thread.space, notify=Membership.Notify.NOTHING)
    wanting = set(people) - set(silent.values_list("user", flat=True))
    actions.tell(_allowed(wanting, thread, event), kind=kind, event=event)


def _who_hear_everything(space: Space) -> set[int]:
    members = Membership.objects.filter(space=space, notify=Membership.Notify.EVERYTHING)
    return set(members.values_list("user", flat=True))


def _called_in(event: Event) -> set[int]:
    """Whoever is named in the post hears of that, once."""
    called = Event.objects.filter(verb="community.person_mentioned", post_id=event.post_id)
    ids = called.filter(thread_id=event.thread_id).values_list("subject_id", flat=True)
    return {person for person in ids if person}


def _allowed(people: Iterable[int | None], thread: Thread, event: Event) -> set[int]:
    """Those who may read this post now: the mirror of `Post.objects.visible_to`, for many people at once."""
    asked = {person for person in people if person}
    allowed = set(readers_of(thread.space).filter(pk__in=asked).values_list("pk", flat=True))
    post = Post.objects.filter(pk=event.post_id or 0).values("number", "author").first()
    if post is None or post["number"] == 1 or thread.gate == Thread.Gate.OPEN:
        return allowed
    passed = ThreadPass.objects.filter(thread=thread, user__in=allowed).values_list("user", flat=True)
    return set(passed) | (allowed & {post["author"]})
