"""Rendering what was written, and calling the people it names: shared by opening, replying and editing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from community.actions.reading import watch
from community.models import Post, Space, Watch
from community.queries.people import readers_of
from core.errors import Refused
from core.markdown import Rendered, render
from events.models import Event
from events.recording import record


def rendered_for(space: Space, body: str) -> tuple[Rendered, list[Any]]:
    """The HTML of a text, and the people it calls: only those who can read this space are linked and told."""
    found: dict[str, Any] = {}

    def resolve(handles: set[str]) -> dict[str, str]:
        found.update({person.handle: person for person in readers_of(space).filter(handle__in=handles)})
        return {handle: person.get_absolute_url() for handle, person in found.items()}

    rendered = render(body, resolve_mentions=resolve)
    return rendered, [found[handle] for handle in rendered.mentions]


# People whom one person may call within that time: more is a mail to everybody.
REACH_AT_MOST = 100
REACH_WINDOW = timedelta(minutes=10)


def announce_mentions(post: Post, people: Iterable[Any], *, by) -> None:
    """Write that `by` called these people in a post. The subject of the event is the person called."""
    thread = post.thread
    called = [person for person in people if person.pk != by.pk]
    _refuse_to_reach_too_many(called, by=by)
    for person in called:
        watch(thread, user=person, reason=Watch.Reason.MENTIONED)
        record(
            "community.person_mentioned",
            actor=by,
            subject=person,
            organisation_id=thread.space.organisation_id,
            space_id=thread.space_id,
            thread_id=thread.pk,
            post_id=post.pk,
            at=post.created_at if post.edited_at is None else None,
        )


def _refuse_to_reach_too_many(people: list[Any], *, by) -> None:
    if not people:
        return
    calls = Event.objects.filter(
        actor_id=by.pk, verb="community.person_mentioned", at__gte=timezone.now() - REACH_WINDOW
    )
    reached = {*calls.values_list("subject_id", flat=True), *(person.pk for person in people)}
    if len(reached) > REACH_AT_MOST:
        raise Refused(
            _(
                "You have named more than %(n)d people within ten minutes. "
                "Take some names out, or send this a little later: your text is kept."
            )
            % {"n": REACH_AT_MOST},
            "body",
        )
