"""What a page was written from: whoever saves it later than somebody else is shown both texts, and nothing is lost.

For what keeps no history; a module has one, and a number for each saving (`courses.actions.revisions`).
"""

import difflib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

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


class DiffLine(NamedTuple):
    kind: str  # "same", "removed" or "added"
    text: str


class FieldDiff(NamedTuple):
    label: str
    lines: tuple[DiffLine, ...]


def lines_of(_name: str, value: Any) -> list[str]:
    """A value as lines of text."""
    if value is None:
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, bool):
        return [_("yes") if value else _("no")]
    return str(value).splitlines() or [""]


def difference_in(
    old: State, new: State, labels: Mapping[str, Any], words: Callable[[str, Any], list[str]] = lines_of
) -> list[FieldDiff]:
    """What differs, field by field (those that `labels` name) and line by line; `words` says a value in lines."""
    return [
        FieldDiff(str(labels[name]), tuple(_compared(words(name, old.get(name)), words(name, new[name]))))
        for name in differing(old, new, labels)
    ]


def differing(old: State, new: State, labels: Mapping[str, Any]) -> list[str]:
    return [
        name for name in labels if name in new and _with_one_end(old.get(name)) != _with_one_end(new[name])
    ]


def _with_one_end(value: Any) -> Any:
    """Browsers end lines otherwise than programs: that alone is no difference."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _compared(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    kinds = {"  ": "same", "- ": "removed", "+ ": "added"}
    for line in difflib.ndiff(old, new):
        if line[:2] in kinds:
            yield DiffLine(kinds[line[:2]], line[2:])
