"""People who act at a given moment, with the events that the log would hold."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from analytics.models import (
    ActivityBlock,
    BuiltDay,
    CompletionDay,
    DirtyDay,
    LearnerDay,
    SpaceDay,
    ThreadFact,
)
from community.models import Post, Reaction, Space, Thread
from events.models import Event
from events.recording import record
from people.models import Organisation, Unit, User
from tests import making

PARIS = ZoneInfo("Europe/Paris")
LONG_AGO = datetime(2020, 1, 1, tzinfo=PARIS)
HOUR = timedelta(hours=1)


def at(day: str | date, clock: str = "10:00") -> datetime:
    moment = datetime.combine(date.fromisoformat(str(day)), time.fromisoformat(clock))
    return moment.replace(tzinfo=PARIS)


def make_people(
    organisation: Organisation, number: int, unit: Unit | None = None, name: str = "Camille"
) -> list[User]:
    return [
        making.make_user(f"{name} {index}", organisation=organisation, unit=unit, joined_at=LONG_AGO)
        for index in range(number)
    ]


def old_space(organisation: Organisation, name: str = "Managers de proximité", *members: User) -> Space:
    space = making.make_space(organisation, name)
    making.join(space, *members)
    space.memberships.update(joined_at=LONG_AGO)
    Space.objects.filter(pk=space.pk).update(created_at=LONG_AGO)
    return space


def ask(
    user: User, space: Space, when: datetime, *, kind: str = "question", role: str | None = None
) -> Thread:
    body = f"Comment faire le {when.isoformat()} ?"
    thread = making.make_thread(space, user, body, body, kind=kind, created_at=when)
    Post.objects.filter(thread=thread).update(created_at=when)
    with transaction.atomic():
        record(
            "community.thread_started", actor=user, role=role, subject=thread, at=when,
            organisation_id=space.organisation_id, space_id=space.pk, thread_id=thread.pk,
            post_id=Post.objects.get(thread=thread).pk,
        )  # fmt: skip
    return thread


def say(
    user: User, thread: Thread, when: datetime, body: str | None = None, *, role: str | None = None
) -> Post:
    post = making.make_post(thread, user, body or f"Je dis {when.isoformat()} {user.pk}", created_at=when)
    with transaction.atomic():
        record(
            "community.post_written", actor=user, role=role, subject=post, at=when,
            organisation_id=thread.space.organisation_id, space_id=thread.space_id, thread_id=thread.pk,
            post_id=post.pk,
        )  # fmt: skip
    return post


def like(user: User, post: Post, when: datetime) -> Reaction:
    reaction = Reaction.objects.create(post=post, user=user, at=when)
    act("community.post_reacted", user, post, when, post.thread)
    return reaction


def act(verb: str, user: User, subject, when: datetime, thread: Thread | None = None, **fields) -> Event:
    if thread is not None:
        fields |= {"thread_id": thread.pk, "space_id": thread.space_id}
        fields["organisation_id"] = thread.space.organisation_id
    if isinstance(subject, Post):
        fields["post_id"] = subject.pk
    with transaction.atomic():
        return record(verb, actor=user, subject=subject, at=when, **fields)


def read(user: User, thread: Thread, when: datetime) -> Event:
    return act("community.thread_opened", user, thread, when, thread)


TABLES = (LearnerDay, SpaceDay, ThreadFact, CompletionDay, ActivityBlock)


def figures() -> dict[str, list[tuple]]:
    """Every row of every rollup, without the numbers and moments that a rebuild is free to choose."""
    found = {}
    for model in TABLES:
        names = [field.attname for field in model._meta.fields if field.attname != "id"]
        rows = model.objects.values_list(*names)
        found[model.__name__] = sorted(
            tuple(bytes(value) if isinstance(value, memoryview) else str(value) for value in row)
            for row in rows
        )
    return found


def marked_days() -> set[str]:
    return {str(day) for day in DirtyDay.objects.values_list("day", flat=True)}


def forget_figures() -> None:
    for model in (*TABLES, BuiltDay, DirtyDay):
        model.objects.all().delete()
