from __future__ import annotations

import json
import re
from collections.abc import Mapping

from django.db import connection
from django.utils.translation import gettext as _

from community.models import Draft, Thread, Watch
from community.queries.drafts import can_write_at
from community.signals import thread_visited
from core.errors import Refused
from events.recording import sentence_from

PLACE = re.compile(r"(thread|space|post):\d{1,19}(:(reply|edit):\d{1,19})?")
DRAFT_LENGTH = 60_000
# What a form for a new discussion holds beside its title and text.
DRAFT_FIELDS = ("kind", "tags", "choices", "after_reply", "ends_at")

# One visit is one presence: the log hears of it again only after a pause or when there was something new to read.
# One statement, state and sentence: what people do most often is to come by.
READ_FURTHER = f"""
WITH visit AS (
    INSERT INTO community_readstate AS state (user_id, thread_id, last_number, updated_at)
    -- As long as the thread is now: a post may have come since the view read the thread, and was shown.
    SELECT %(user)s, id, LEAST(%(number)s, last_number), now() FROM community_thread WHERE id = %(thread)s
    ON CONFLICT (user_id, thread_id) DO UPDATE
    SET last_number = GREATEST(state.last_number, excluded.last_number), updated_at = now()
    WHERE state.last_number < excluded.last_number OR state.updated_at < now() - interval '30 minutes'
    RETURNING xmax = 0 AS first, last_number
)
{
    sentence_from(
        "visit",
        verb="CASE WHEN first THEN 'community.thread_opened' ELSE 'community.thread_read' END",
        at="now()",
        actor_id="%(user)s",
        role="%(role)s",
        organisation_id="%(organisation)s",
        subject_type="'community.thread'",
        subject_id="%(thread)s",
        space_id="%(space)s",
        thread_id="%(thread)s",
        data="jsonb_build_object('number', last_number)",
    )
}
"""  # noqa: S608 - written here


def mark_read(thread: Thread, *, user, number: int, role: str | None = None) -> bool:
    """A person has read up to `number`; never moves back. Says whether this was news to the log."""
    thread_visited.send(sender=Thread, thread=thread, user=user, number=number)
    visit = {
        "user": user.pk,
        "number": number,
        "thread": thread.pk,
        "space": thread.space_id,
        "organisation": thread.space.organisation_id,
        "role": role or user.event_role,
    }
    with connection.cursor() as cursor:
        cursor.execute(READ_FURTHER, visit)
        return cursor.rowcount == 1


def watch(thread: Thread, *, user, reason: str = Watch.Reason.CHOSEN) -> None:
    """Hear of a thread. Only choosing it oneself ends a mute; the first reason stays."""
    Watch.objects.bulk_create([Watch(thread=thread, user=user, reason=reason)], ignore_conflicts=True)
    if reason == Watch.Reason.CHOSEN:
        Watch.objects.filter(thread=thread, user=user, muted=True).update(muted=False)


def unwatch(thread: Thread, *, user) -> None:
    """Hear no more of it until one takes part again."""
    Watch.objects.filter(thread=thread, user=user).delete()


def mute(thread: Thread, *, user) -> None:
    """Hear no more of it, whatever happens there: the person's own last word."""
    Watch.objects.bulk_create(
        [Watch(thread=thread, user=user, reason=Watch.Reason.CHOSEN, muted=True)],
        update_conflicts=True,
        unique_fields=["thread", "user"],
        update_fields=["muted"],
    )


SAVE_DRAFT = """
INSERT INTO community_draft AS draft (user_id, place, title, body, fields, sequence, updated_at)
VALUES (%s, %s, %s, %s, %s, %s, now())
ON CONFLICT (user_id, place) DO UPDATE
SET title = excluded.title, body = excluded.body, fields = excluded.fields, sequence = excluded.sequence,
    updated_at = now()
WHERE draft.sequence < excluded.sequence
"""


def save_draft(
    user, *, place: str, body: str, title: str = "", sequence: int, fields: Mapping[str, str] | None = None
) -> bool:
    """Keep what is being written. A sequence older than the kept one changes nothing, and that is said.

    `fields` are the others of its form; those that `DRAFT_FIELDS` does not name are left out.
    """
    if not PLACE.fullmatch(place) or not can_write_at(place, user):
        raise Refused(_("There is no such place to write."))
    others = {name: (fields or {}).get(name, "") for name in DRAFT_FIELDS}
    if len(body) + sum(map(len, others.values())) > DRAFT_LENGTH or not 0 <= sequence < 2**63:
        raise Refused(_("This draft is too long to be kept."))
    kept = {name: value for name, value in others.items() if value}
    return _keep(user, place, body=body, title=title, sequence=sequence, fields=kept)


def _keep(user, place: str, *, body: str, title: str, sequence: int, fields: dict[str, str]) -> bool:
    text, heading = body.replace("\x00", ""), title.replace("\x00", "")[:200]
    with connection.cursor() as cursor:
        cursor.execute(SAVE_DRAFT, [user.pk, place, heading, text, json.dumps(fields), sequence])
        return cursor.rowcount == 1


def finish_draft(user, *, place: str, sequence: int | None) -> None:
    """What was written is published. The row stays, empty, past the sequence that was sent.

    A save that was still on its way is then too old, and a page knows that its own copy was acknowledged.
    """
    if sequence is None:
        discard_draft(user, place=place)
    else:
        _keep(user, place, body="", title="", sequence=sequence + 1, fields={})


def discard_draft(user, *, place: str) -> None:
    Draft.objects.filter(user=user, place=place).delete()
