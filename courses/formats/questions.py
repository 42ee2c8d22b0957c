"""What a question bank holds, whatever file it came in."""

from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _


class Kind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"


@dataclass(frozen=True)
class ReadOption:
    """`weight` is a percentage of the points, when the file gives one."""

    text: str
    is_right: bool
    feedback: str = ""
    weight: float | None = None
    format: str = "moodle"


@dataclass(frozen=True)
class ReadQuestion:
    """A question Palabre can ask. A true/false question has no options, only `is_true` and two feedbacks."""

    where: str
    title: str
    text: str
    kind: Kind
    options: tuple[ReadOption, ...] = ()
    feedback: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    format: str = "moodle"
    is_true: bool = False
    true_feedback: str = ""
    false_feedback: str = ""
    notes: tuple[str, ...] = ()


class CannotAsk(Exception):
    """Raised by a reader: this question is of a kind Palabre does not ask, or is broken."""


def refuse_kind(kind: str) -> CannotAsk:
    return CannotAsk(_("Questions of the kind “%(kind)s” are not asked here yet.") % {"kind": kind})


def with_options(question: ReadQuestion, options: list[ReadOption], *, single: bool) -> ReadQuestion:
    """The question with its options, checked; raises CannotAsk."""
    right = [option for option in options if option.is_right]
    if len(options) < 2:
        raise CannotAsk(_("A question needs at least two options."))
    if not right:
        raise CannotAsk(_("No option is right."))
    if any(not option.text.strip() for option in options):
        raise CannotAsk(_("An option is empty."))
    if single and len(right) > 1:
        raise CannotAsk(_("Several options are right, but only one may be chosen."))
    uneven = len({option.weight for option in right}) > 1
    partial = single and any(option.weight not in (None, 0, 100) for option in options if not option.is_right)
    notes = (
        (_("options that give a part of the points count as right or wrong here"),)
        if uneven or partial
        else ()
    )
    kind = Kind.SINGLE if single else Kind.MULTIPLE
    return replace(question, kind=kind, options=tuple(options), notes=question.notes + notes)
