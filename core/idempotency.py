"""Idempotency keys: what is sent twice is written once, and new words under an old key are refused, never lost.

A key belongs to who sent it and to what they did with it: nobody finds or blocks what somebody else made.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any, ClassVar, NamedTuple, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from core.errors import Refused

NAMESPACE = uuid.UUID("6f0c2b0e-7d0a-4c61-9f5e-0d9a3c1f7b42")


class Keyed(models.Model):
    """A row that a person creates by a form or a program: under one key it is created once."""

    key = models.UUIDField(null=True, unique=True)
    key_digest = models.CharField(max_length=32, default="", db_default="")

    # For the checker of types, whose plugin looks for one of this class for ever; Django gives each model its own.
    _default_manager: ClassVar[models.Manager]

    class Meta:
        abstract = True


def refuse(form: Any, error: Refused, field: str | None = None) -> None:
    """Say in a form why it was refused, its words kept; it carries another key where the old one was spent."""
    form.add_error(field if field in form.fields else None, str(error))
    if error.code == "key":
        form.data = form.data.copy()
        form.data[form.add_prefix("key")] = str(uuid.uuid4())


Row = TypeVar("Row", bound=models.Model)


class Sending(NamedTuple):
    """One press of a button, or one call of a program: its key, and a digest of what it carried."""

    key: uuid.UUID | None
    digest: str

    def first_of(self, model: type[Row]) -> Row | None:
        """What this sending made before, if it came already. Refused when that one carried something else."""
        if self.key is None:
            return None
        made: Any = model._default_manager.filter(key=self.key).first()
        if made is not None and made.key_digest != self.digest:
            sentence = _(
                "You have already sent this form with other words. Check them, then send them once more."
            )
            raise Refused(sentence, "key")
        return made

    @property
    def fields(self) -> dict[str, Any]:
        """For the row that it makes."""
        return {"key": self.key, "key_digest": self.digest}


def sending(key: uuid.UUID | None, *, by: Any, action: str, **content: Any) -> Sending:
    """`by` does `action` with this `content`: numbers, texts, dates, lists of them."""
    if key is None:
        return Sending(None, "")
    said = json.dumps(content, sort_keys=True, default=str)
    return Sending(
        uuid.uuid5(NAMESPACE, f"{by.pk} {action} {key}"),
        hashlib.blake2b(said.encode(), digest_size=16).hexdigest(),
    )
