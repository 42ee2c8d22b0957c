from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from core.kept_queries import kept
from people.models import User


class PersonBackend(AuthenticationBackend):
    """allauth's, for which every request of a signed-in person asks who that is."""

    def get_user(self, user_id: Any) -> User | None:
        found = _user(pk=int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None


@kept
def _user(pk: int):
    return User.objects.filter(pk=pk)
