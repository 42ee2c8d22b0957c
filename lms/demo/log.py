"""What people did, gathered while the academy is made, and written to the log in the order it happened."""

from datetime import datetime
from typing import Any

from django.db import models

from events.models import Event
from events.recording import record_many


class Log:
    def __init__(self) -> None:
        self.events: list[Event] = []
        # What each person is in the house, by id, for what they do outside any space.
        self.roles: dict[int, str] = {}

    def add(
        self, verb: str, actor: Any, subject: models.Model, at: datetime, *, role: str = "", **fields: Any
    ) -> None:
        """As `events.recording.record`, for the past. `role`: what the actor was there and then."""
        self.events.append(
            Event(
                verb=verb,
                actor_id=actor.pk,
                role=role or self.roles[actor.pk],
                organisation_id=fields.pop("organisation_id", None) or actor.organisation_id,
                subject_type=subject._meta.label_lower,
                subject_id=subject.pk,
                at=at,
                data=fields.pop("data", {}),
                **fields,
            )
        )

    def write(self) -> int:
        self.events.sort(key=lambda event: event.at)
        for number, event in enumerate(self.events, 1):
            event.key = f"demo:{number}"
        return record_many(self.events)
