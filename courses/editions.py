"""What a page was written from: whoever saves it later than somebody else is shown both texts, and nothing is lost.

For what keeps no history; a module has one, and a number for each saving (`courses.actions.revisions`).
"""

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Refused

State = dict[str, Any]


class Overtaken(Refused):
    """Somebody else saved this after the person had opened it; `state` is what they saved."""

    def __init__(self, state: State) -> None:
        super().__init__(_("Somebody else saved this while you were writing."), "changed")
        self.state = state


def edition_of(state: State) -> str:
    """A short name of what was read, which its form carries."""
    said = json.dumps(state, sort_keys=True, default=str)
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def refuse_if_overtaken(state: State, wanted: State, edition: str) -> None:
    """`state` is what is saved, read under its lock. Without an `edition` the writer says that they saw it."""
    if edition and edition != edition_of(state) and state != wanted:
        raise Overtaken(state)
