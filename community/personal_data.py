"""How each model of this app is exported and erased: the author goes, what they taught stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import F, Q

from community.actions.writing import rendered_for
from community.models import (
    Attachment,
    Decision,
    Departure,
    Draft,
    Flag,
    JoinRequest,
    Membership,
    Mute,
    Post,
    PostRevision,
    Reaction,
    ReadState,
    Resolution,
    Space,
    Thread,
    ThreadPass,
    Vote,
    Watch,
)
from people.privacy import Rows, register

# What the log keeps of whom an act was turned to; the act itself stays, with nobody's number on it.
FORGET_IN_LOG = """
UPDATE events_event SET data = data - %(key)s
WHERE verb LIKE 'community.%%' AND data->>%(key)s = %(person)s
"""
FORGET_MENTIONS = """
UPDATE events_event SET subject_id = NULL
WHERE verb IN ('community.person_mentioned', 'community.facilitator_added', 'community.facilitator_removed',
               'community.member_muted', 'community.member_unmuted')
AND subject_id = %(person)s
"""


def erase_posts(user: Any) -> int:
    """Posts lose their author; other people's posts lose the mention, which was a link to a person."""
    PostRevision.objects.filter(post__author=user).delete()
    named = Post.objects.filter(body__icontains=f"@{user.handle}").select_related("thread__space")
    calls = re.compile(rf"@{re.escape(user.handle)}(?![a-z0-9_.-]*[a-z0-9])", re.IGNORECASE)
    for post in named:
        post.body = calls.sub("@…", post.body)
        post.html = rendered_for(post.thread.space, post.body)[0].html
        post.save(update_fields=["body", "html"])
    with connection.cursor() as cursor:
        for key in ("to", "author", "asker", "owner"):
            cursor.execute(FORGET_IN_LOG, {"key": key, "person": str(user.pk)})
        cursor.execute(FORGET_MENTIONS, {"person": user.pk})
    Post.objects.filter(deleted_by=user).update(deleted_by=None)
    return Post.objects.filter(author=user).update(author=None)


def erase_reactions(user: Any) -> int:
    """What helped others goes on counting, with nobody's name on it."""
    useful = Reaction.objects.filter(user=user, kind=Reaction.Kind.USEFUL).values("post")
    Post.objects.filter(pk__in=useful).update(imported_useful=F("imported_useful") + 1)
    return Reaction.objects.filter(user=user).delete()[0]


def erase_threads(user: Any) -> int:
    looked_after = Thread.objects.filter(owner=user).update(owner=None)
    return looked_after + Thread.objects.filter(author=user).update(author=None)


def erase_join_requests(user: Any) -> int:
    answered = JoinRequest.objects.filter(answered_by=user).update(answered_by=None)
    return answered + JoinRequest.objects.filter(user=user).delete()[0]


def erase_departures(user: Any) -> int:
    decided = Departure.objects.filter(by=user).exclude(user=user).update(by=None)
    return decided + Departure.objects.filter(user=user).delete()[0]


def erase_mutes(user: Any) -> int:
    return Mute.objects.filter(by=user).update(by=None) + Mute.objects.filter(user=user).delete()[0]


def rows_in_threads(model: Any, field: str, *columns: str) -> Callable[[Any], Rows]:
    """An export of rows about threads. The title of one that the person may read no more is not theirs to take away,
    unless they gave it."""

    def export(user: Any) -> Rows:
        rows = list(model.objects.filter(**{field: user.pk}).order_by("pk").values("thread_id", *columns))
        mine = Thread.objects.filter(Q(author=user.pk) | Thread.is_visible_to(user))
        readable = set(mine.filter(pk__in={row["thread_id"] for row in rows}).values_list("pk", flat=True))
        for row in rows:
            if row.pop("thread_id") not in readable:
                row["thread__title"] = ""
        return rows

    return export


def rows_in_spaces(model: Any, field: str, *columns: str) -> Callable[[Any], Rows]:
    """The same with the names of spaces."""

    def export(user: Any) -> Rows:
        rows = list(model.objects.filter(**{field: user.pk}).order_by("pk").values("space_id", *columns))
        known = Space.objects.visible_to(user).filter(pk__in={row["space_id"] for row in rows})
        names = set(known.values_list("pk", flat=True))
        for row in rows:
            if row.pop("space_id") not in names:
                row["space__name"] = ""
        return rows

    return export


def erase_attachments(user: Any) -> int:
    """A file that was never posted was seen by nobody else: it goes. The others stay with their post."""
    unposted = Attachment.objects.filter(user=user, post=None)
    for attachment in unposted:
        attachment.file.delete(save=False)
    return unposted.delete()[0] + Attachment.objects.filter(user=user).update(user=None)


def declare(model: Any, field: str, *columns: str, **how: Any) -> None:
    """As `register`, without the titles of threads and the names of spaces that the person may read no more."""
    export = None
    if "thread__title" in columns:
        export = rows_in_threads(model, field, *columns)
    elif "space__name" in columns:
        export = rows_in_spaces(model, field, *columns)
    register(model, field, *columns, export=export, **how)


declare(Space, "created_by", "name", "created_at", kept=True)
declare(PostRevision, "edited_by", "post", "body", "edited_at", kept=True)
declare(Resolution, "by", "thread__title", "at", kept=True)
declare(Flag, "by", "post", "reason", "comment", "at", kept=True)
declare(Decision, "by", "post", "kind", "note", "at", kept=True)
declare(Membership, "user", "space__name", "role", "notify", "charter_accepted_at", "joined_at")
declare(Vote, "user", "thread__title", "choice__text", "at")
declare(ThreadPass, "user", "thread__title", "given_at")
declare(ReadState, "user", "thread__title", "last_number", "updated_at")
declare(Watch, "user", "thread__title", "reason", "muted", "created_at")
declare(Draft, "user", "place", "title", "body", "fields", "updated_at")
declare(Thread, "author", "pk", "kind", "title", "created_at", erase=erase_threads)
WRITTEN = ("thread__title", "number", "body", "created_at", "edited_at", "deleted_at")
declare(Post, "author", *WRITTEN, erase=erase_posts)
declare(Reaction, "user", "post", "kind", "at", erase=erase_reactions)
declare(Attachment, "user", "name", "size", "created_at", erase=erase_attachments)
declare(JoinRequest, "user", "space__name", "message", "asked_at", "admitted", erase=erase_join_requests)
declare(Departure, "user", "space__name", "reason", "joined_at", "at", "ended_at", erase=erase_departures)
declare(Mute, "user", "space__name", "reason", "at", "until", "lifted_at", erase=erase_mutes)
