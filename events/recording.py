"""How a sentence enters the log: in the transaction of the change it speaks of, or not at all."""

from datetime import datetime
from typing import Any

from django.db import models, transaction

from events.models import Event
from events.verbs import VERBS


def record(
    verb: str,
    *,
    actor: Any | None,
    subject: models.Model,
    at: datetime | None = None,
    role: str | None = None,
    organisation_id: int | None = None,
    space_id: int | None = None,
    thread_id: int | None = None,
    post_id: int | None = None,
    session_id: int | None = None,
    module_id: int | None = None,
    data: dict[str, Any] | None = None,
    key: str | None = None,
) -> Event:
    """Write that `actor` did `verb` to `subject`. `data` holds ids and numbers, never what people wrote.

    `role` defaults to the actor's role now; `at` to the time of the transaction, imports give the past one.
    Raises RuntimeError outside a transaction and ValueError for a verb that events/verbs.py does not list.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{verb} must be recorded in the transaction of its change")
    if verb not in VERBS:
        raise ValueError(f"{verb} is not listed in events/verbs.py")
    event = Event(
        verb=verb,
        actor_id=actor.pk if actor else None,
        role=role or (actor.event_role if actor else Event.Role.SYSTEM),
        organisation_id=organisation_id or (actor.organisation_id if actor else None),
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk if isinstance(subject.pk, int) else None,
        space_id=space_id,
        thread_id=thread_id,
        post_id=post_id,
        session_id=session_id,
        module_id=module_id,
        data=data or {},
        key=key,
    )
    if at is not None:
        event.at = at
    event.save(force_insert=True)
    return event
