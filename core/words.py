"""What people write in plain text: whether it says anything, and whether there is room for it."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.errors import Refused

# Fillers of scripts and of Braille pass for letters and show nothing; boxes to tick are nobody's words.
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800\ufffc\U0001d159☐☑")


def is_visible(text: str) -> bool:
    """Whether a reader sees a letter, a figure or a sign: neither white space nor marks that show nothing."""
    return any(unicodedata.category(sign)[0] in "LNPS" and sign not in _UNSEEN for sign in text)


def as_read(text: str) -> str:
    """What a reader tells apart from another text: neither unseen signs nor the white space between words."""
    return " ".join(
        "".join(
            sign for sign in text if sign.isspace() or is_visible(sign) or unicodedata.combining(sign)
        ).split()
    )


class TextArea(forms.Textarea):
    """Several lines, whose ends a browser sends as two signs: one is kept, and one is counted."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


def checked_words(text: str, field: str, *, most: int, needed: str = "") -> str:
    """What somebody wrote, without what stands around it; empty when it shows nothing.

    Raises Refused, with `field` as its code, where more than `most` characters stand, or nothing where the
    sentence `needed` asks for something.
    """
    words = text.replace("\r\n", "\n").strip() if is_visible(text) else ""
    if needed and not words:
        raise Refused(needed, field)
    if len(words) > most:
        raise Refused(_("This text is too long: %(limit)d characters at most.") % {"limit": most}, field)
    return words


def must_be_visible(text: str) -> None:
    """A validator of fields and forms: what may not be empty may not be made of unseen signs either."""
    if text and not is_visible(text):
        raise ValidationError(_("Write something that can be seen."), "unseen")
