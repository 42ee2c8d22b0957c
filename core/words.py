"""What people write in plain text: whether it says anything, and whether there is room for it."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.errors import Refused

# Fillers of scripts and of Braille pass for letters and show nothing; boxes to tick are nobody's words.
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800☐☑")


def is_visible(text: str) -> bool:
    """Whether a reader sees a letter, a figure or a sign: neither white space nor marks that show nothing."""
    return any(unicodedata.category(sign)[0] in "LNPS" and sign not in _UNSEEN for sign in text)


def checked_words(text: str, field: str, *, most: int, needed: str = "") -> str:
    """What somebody wrote, without what stands around it; empty when it shows nothing.

    Raises Refused, with `field` as its code, where more than `most` characters stand, or nothing where the
    sentence `needed` asks for something.
    """
    words = text.strip() if is_visible(text) else ""
    if needed and not words:
        raise Refused(needed, field)
    if len(words) > most:
        raise Refused(_("This text is too long: %(limit)d characters at most.") % {"limit": most}, field)
    return words


def must_be_visible(text: str) -> None:
    """A validator of fields and forms: what may not be empty may not be made of unseen signs either."""
    if text and not is_visible(text):
        raise ValidationError(_("Write something that can be seen."), "unseen")
