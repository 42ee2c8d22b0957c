"""Who reads, where a query is prepared for every reader at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from people.models import User


@dataclass(frozen=True, slots=True)
class Reader:
    """All that a rule of a prepared query may know of who reads.

    Whatever else it read would be composed into the statement as it was for whoever asked first: it raises.
    """

    pk: int
    organisation_id: int

    @classmethod
    def of(cls, user: User | Reader) -> Reader:
        """No organisation has the number 0: whoever is in none sees what belongs to none, which is nothing."""
        return cls(user.pk, user.organisation_id or 0)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):  # what Python itself asks: copying, for one
                raise AttributeError(name)
            # No AttributeError: getattr() with a default and hasattr() would swallow it.
            raise TypeError(f"A reader has a pk and an organisation_id; '{name}' is not known of them.")
