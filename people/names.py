"""Names of people: what may stand in one (PRECIS, RFC 8266), and which identifiers are nobody's.

A name is how colleagues recognise somebody: signs that are not seen, that turn the text around or that pass for
others would let one person look like another.
"""

from pathlib import Path
from unicodedata import category

from confusable_homoglyphs import confusables
from django import forms
from django.utils.translation import gettext as _
from precis_i18n import get_profile

from core.errors import Refused

NICKNAME = get_profile("NicknameCasePreserved")
# Accents that a letter of a living script may carry at once; more of them reach into the lines above and below.
MOST_ACCENTS = 3
# Identifiers that would be read as a page, an address or an office of the house.
RESERVED_HANDLES = frozenset((Path(__file__).parent / "reserved_handles.txt").read_text().split())


def checked_name(written: str) -> str:
    """The name in its one spelling (spaces and wide letters as usual). Raises Refused with a sentence."""
    try:
        name = NICKNAME.enforce(written)
    except UnicodeEncodeError as error:
        raise Refused(_("A name cannot hold signs that nobody sees or that turn the text around.")) from error
    if not any(character.isalpha() for character in name) or _stacks_accents(name):
        raise Refused(_("A name needs letters that your colleagues can read."))
    if any(confusables.is_dangerous(word, preferred_aliases=["latin"]) for word in name.split()):
        raise Refused(_("This name mixes letters of several alphabets that look alike."))
    return name


def _stacks_accents(name: str) -> bool:
    run = 0
    for character in name:
        run = run + 1 if category(character) in ("Mn", "Me") else 0
        if run > MOST_ACCENTS:
            return True
    return False


class NameField(forms.CharField):
    """The name of a person in a form."""

    def clean(self, value: str) -> str:
        written = super().clean(value)
        try:
            return checked_name(written) if written else written
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
