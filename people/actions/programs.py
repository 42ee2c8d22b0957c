from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework.authtoken.models import Token

from core import mail
from events.recording import record
from people.models import User


@transaction.atomic
def make_key(user: User) -> str:
    """A new key for programs that act as this person by the API; the one before it opens nothing any more."""
    Token.objects.filter(user=user).delete()
    key = Token.objects.create(user=user).key
    record("people.key_made", actor=user, subject=user)
    _write_about_key(user, made=True)
    return key


@transaction.atomic
def remove_key(user: User) -> None:
    deleted, _rows = Token.objects.filter(user=user).delete()
    if deleted:
        record("people.key_removed", actor=user, subject=user)
        _write_about_key(user, made=False)


def _write_about_key(user: User, *, made: bool) -> None:
    """Somebody else at an open session would leave no other trace."""
    if not user.email:
        return
    with translation.override(user.language), timezone.override(user.zone):
        subject = _("A key for programs was made") if made else _("The key for programs was removed")
        context = {"made": made, "timestamp": timezone.now()}
        mail.letter_from_text("account/email/key", subject=subject, to=user.email, context=context).send()
