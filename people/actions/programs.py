from django.db import transaction
from rest_framework.authtoken.models import Token

from events.recording import record
from people.models import User


@transaction.atomic
def make_key(user: User) -> str:
    """A new key for programs that act as this person by the API; the one before it opens nothing any more."""
    Token.objects.filter(user=user).delete()
    key = Token.objects.create(user=user).key
    record("people.key_made", actor=user, subject=user)
    return key


@transaction.atomic
def remove_key(user: User) -> None:
    deleted, _rows = Token.objects.filter(user=user).delete()
    if deleted:
        record("people.key_removed", actor=user, subject=user)
