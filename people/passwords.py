"""Words that whoever wants to guess a password of this house would try first."""

import re
import unicodedata

from allauth.core import context
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from people.models import Organisation, User

EVERYBODY_KNOWS = (
    "palabre", "academie", "academy", "formation", "training", "motdepasse", "password", "bienvenue", "welcome",
)  # fmt: skip
OF_ONES_OWN = 6  # letters that must be left once these words and all digits are taken away


class HouseWordsValidator:
    """Refuses Palabre2026! and the like: a word of the house with little of one's own around it."""

    def validate(self, password: str, user: User | None = None) -> None:
        written = plain(password)
        left = written
        for word in sorted(words_of_the_house(user), key=len, reverse=True):
            left = left.replace(word, "")
        if left != written and len(left) < OF_ONES_OWN:
            raise ValidationError(
                _(
                    "This password is little more than a word that everybody here knows, such as Palabre or the name "
                    "of your organisation. Add words of your own."
                ),
                code="password_of_the_house",
            )

    def get_help_text(self) -> str:
        return _(
            "Not just a word that everybody here knows, such as Palabre or the name of your organisation."
        )


def words_of_the_house(user: User | None) -> set[str]:
    house = organisation_of(user)
    names = house.name.split() if house else []
    named = {plain(name) for name in [*names, "".join(names)]}
    return {*EVERYBODY_KNOWS, *(word for word in named if len(word) >= 4)}


def organisation_of(user: User | None) -> Organisation | None:
    """Theirs, or the one whose invitation they hold while they sign up."""
    from people.adapter import invitation_of  # allauth loads the adapter, which loads the forms

    if user is not None and user.organisation_id:
        return user.organisation
    invitation = invitation_of(context.request) if context.request else None
    return invitation.organisation if invitation else None


def plain(text: str) -> str:
    """Small letters without accents, and nothing else."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\W\d_]", "", "".join(one for one in letters if not unicodedata.combining(one)))
