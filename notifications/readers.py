"""Who is told when events go by. Everybody told may read the thread now, and wants to hear of it.

What is told follows what is: an answer that was let go meanwhile is told to nobody, whatever the order of its events.
"""

from collections.abc import Callable, Iterable

from community.models import Decision, Flag, Membership, Post, Reaction, Resolution, Thread
from events.models import Event
from events.reading import reader
from notifications import actions
from notifications.audience import allowed, called_in, opening_posts, posts_told_of, watches_of, wishes_of
from notifications.models import Notification
from notifications.places import PLACES

Kind = Notification.Kind
Notify = Membership.Notify
VISITED = {"community.thread_opened", "community.thread_read"}


def thread_started(event: Event, thread: Thread, post: Post) -> None:
    wishes = wishes_of(thread)
    people = {person for person, wish in wishes.items() if wish == Notify.EVERYTHING}
    _tell(Kind.THREAD, event, post, people - set(called_in(post=post.pk)), wishes)


def post_written(event: Event, thread: Thread, post: Post) -> None:
    wishes = wishes_of(thread)
    people = {person for person, wish in wishes.items() if wish == Notify.EVERYTHING} | {thread.author_id}
    if post.parent is not None:
        people.add(post.parent.author_id)
    muted: set[int | None] = set()
    for person, is_muted in watches_of(thread=thread.pk):
        (muted if is_muted else people).add(person)
    _tell(Kind.REPLY, event, post, people - muted - set(called_in(post=post.pk)), wishes)


def person_mentioned(event: Event, thread: Thread, post: Post) -> None:
    _tell(Kind.MENTION, event, post, {event.subject_id}, wishes_of(thread))


def answer_accepted(event: Event, thread: Thread, post: Post) -> None:
    if _is_kept(post):
        _tell(Kind.ACCEPTED, event, post, {post.author_id}, wishes_of(thread))


def answer_unaccepted(event: Event, thread: Thread, post: Post) -> None:
    if not _is_kept(post):
        actions.take_back(kind=Kind.ACCEPTED, post_id=post.pk)


def post_flagged(event: Event, thread: Thread, post: Post) -> None:
    if not _awaits_decision(post):
        return
    facilitators = Membership.objects.filter(space=thread.space, role=Membership.Role.FACILITATOR)
    people = set(facilitators.values_list("user", flat=True)) - {post.author_id}
    # Deciding is a duty of the role: it does not depend on how much of the talk one wants to hear.
    actions.tell(allowed(people, post), kind=Kind.FLAG, event=event, post=post)


def post_decided(event: Event, thread: Thread, post: Post) -> None:
    if not _awaits_decision(post):
        actions.clear_flags(thread_id=thread.pk, post_id=post.pk)
    if post.author_id and _is_decided(post):
        actions.tell(allowed({post.author_id}, post), kind=Kind.DECISION, event=event, post=post)


def decision_undone(event: Event, thread: Thread, post: Post) -> None:
    if not _is_decided(post):
        actions.take_back(kind=Kind.DECISION, post_id=post.pk)


def post_reacted(event: Event, thread: Thread, post: Post) -> None:
    """Gathered until it is read: who found it useful, not how often."""
    marks = Reaction.objects.filter(post=post, user=event.actor_id, kind=Reaction.Kind.USEFUL)
    if event.data.get("kind") == Reaction.Kind.USEFUL and marks.exists():
        _tell(Kind.USEFUL, event, post, {post.author_id}, wishes_of(thread))


def post_unreacted(event: Event, thread: Thread, post: Post) -> None:
    if event.data.get("kind") == Reaction.Kind.USEFUL and post.author_id:
        actions.take_back_mark(author_id=post.author_id, thread_id=thread.pk, by=event.actor_id)


def recognition_granted(event: Event, thread: Thread, post: Post) -> None:
    if event.subject_id == post.author_id and _is_kept(post):
        _tell(Kind.RECOGNISED, event, post, {post.author_id}, wishes_of(thread))


def recognition_revoked(event: Event, thread: Thread, post: Post) -> None:
    actions.take_back(kind=Kind.RECOGNISED, post_id=post.pk)


def thread_owned(event: Event, thread: Thread, post: Post) -> None:
    actions.take_back(kind=Kind.QUESTION, post_id=post.pk, but=thread.owner_id)
    if thread.owner_id and thread.owner_id == event.data.get("owner"):
        _tell(Kind.QUESTION, event, post, {thread.owner_id}, wishes_of(thread))


TOLD: dict[str, Callable[[Event, Thread, Post], None]] = {
    "community.thread_started": thread_started,
    "community.thread_owned": thread_owned,
    "community.post_written": post_written,
    "community.person_mentioned": person_mentioned,
    "community.answer_accepted": answer_accepted,
    "community.answer_unaccepted": answer_unaccepted,
    "community.post_reacted": post_reacted,
    "community.post_unreacted": post_unreacted,
    "gamification.recognition_granted": recognition_granted,
    "gamification.recognition_revoked": recognition_revoked,
    "community.post_flagged": post_flagged,
    "community.post_decided": post_decided,
    "community.decision_undone": decision_undone,
}


@reader("notifications.bell", verbs=TOLD.keys() | PLACES.keys() | VISITED)
def notify(events: list[Event]) -> None:
    told = [event for event in events if event.verb in TOLD]
    posts = _posts(told)
    for event in told:
        post = posts.get(event.post_id or -(event.thread_id or 0))
        if post is not None:
            TOLD[event.verb](event, post.thread, post)
    for event in events:
        if event.verb in PLACES:
            PLACES[event.verb](event)
    # Most is cleared when the page is shown; this finds what was told in the very moment of reading.
    actions.clear_what_was_read(event for event in events if event.verb in VISITED)


def _posts(events: list[Event]) -> dict[int, Post]:
    """The posts that events speak of; the opening post of a thread, for an event that names none, under its `-thread`."""
    named = {event.post_id for event in events if event.post_id}
    whole = {event.thread_id for event in events if event.thread_id and not event.post_id}
    posts = {post.pk: post for post in posts_told_of(posts=sorted(named))} if named else {}
    if whole:
        posts |= {-post.thread_id: post for post in opening_posts(threads=sorted(whole))}
    return posts


def _is_kept(post: Post) -> bool:
    return Resolution.objects.filter(thread=post.thread_id, post=post).exists()


def _awaits_decision(post: Post) -> bool:
    return Flag.objects.open().filter(post=post).exists()


def _is_decided(post: Post) -> bool:
    return Decision.objects.filter(post=post, undone_at=None).exists()


def _tell(kind: Kind, event: Event, post: Post, people: Iterable[int | None], wishes: dict[int, str]) -> None:
    wanting: set[int] = {person for person in people if person and wishes.get(person) != Notify.NOTHING}
    actions.tell(allowed(wanting, post), kind=kind, event=event, post=post)
