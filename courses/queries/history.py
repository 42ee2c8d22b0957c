"""The history of a module as its authors read it: who saved it, when, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.editions import FieldDiff, difference_in, differing, lines_of
from courses.actions.revisions import state_of
from courses.models import CompletionRule, Module, ModuleRevision
from people.queries.person_card import PersonCard, card_columns, card_from

LABELS = {
    "title": gettext_lazy("title"),
    "objective": gettext_lazy("objective"),
    "prompt": gettext_lazy("question that opens the conversation"),
    "body": gettext_lazy("text"),
    "minutes": gettext_lazy("average duration in minutes"),
    "language": gettext_lazy("language"),
    "mandatory": gettext_lazy("counts for completion"),
    "rules": gettext_lazy("conditions"),
    "quiz": gettext_lazy("quiz settings"),
}


class RevisionRow(NamedTuple):
    """One saving; what it `changed`, in words. Nobody saved the first."""

    number: int
    at: datetime
    person: PersonCard | None
    changed: tuple[str, ...]


def revision_rows(module: Module) -> list[RevisionRow]:
    """The newest first."""
    columns = ("number", "at", "state", *card_columns("by"))
    rows = list(module.revisions.order_by("number").values_list(*columns))
    found: list[RevisionRow] = []
    before: dict[str, Any] | None = None
    for number, at, state, *person in rows:
        changed = tuple(str(LABELS[name]) for name in differing(before, state, LABELS)) if before else ()
        found.append(RevisionRow(number, at, card_from(person), changed))
        before = state
    return found[::-1]


def difference(
    old: dict[str, Any], new: dict[str, Any], labels: Mapping[str, Any] = LABELS
) -> list[FieldDiff]:
    """What differs, field by field and line by line, the parts of a module in words."""
    return difference_in(old, new, labels, _words)


def difference_to_now(revision: ModuleRevision) -> list[FieldDiff]:
    return difference(revision.state, state_of(revision.module))


def _words(name: str, value: Any) -> list[str]:
    if value is not None and name == "rules":
        return [f"{CompletionRule.Kind(kind).label} : {number}" for kind, number in sorted(value.items())]
    if value is not None and name == "quiz":
        return [
            f"{_('pass mark in percent')} : {value['pass_mark']}",
            f"{_('tries allowed')} : {value['max_attempts'] or '∞'}",
        ]
    return lines_of(name, value)


def last_revision(module: Module) -> RevisionRow | None:
    return next(iter(revision_rows(module)), None)


class OtherDraft(NamedTuple):
    """Somebody else who is writing in the same module."""

    person: PersonCard | None
    saved_at: datetime


def other_drafts(module: Module, user: Any) -> list[OtherDraft]:
    rows = module.drafts.exclude(user=user).order_by("-saved_at")
    return [
        OtherDraft(card_from(person), at)
        for at, *person in rows.values_list("saved_at", *card_columns("user"))
    ]
