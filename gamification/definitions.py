"""The words of each recognition, by code. The rows (points, active) are seeded by migrations."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

RELEVANT_ANSWER = "relevant_answer"


@dataclass(frozen=True)
class Words:
    name: Any
    meaning: Any
    icon: str


WORDS = {
    RELEVANT_ANSWER: Words(
        name=_("Relevant answer"),
        meaning=_("An answer that the person who asked, or a trainer, kept as the right one."),
        icon="badge-check",
    ),
}
