from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from core.prepared import prepared
from people.models import RoleGrant, User


class PersonBackend(AuthenticationBackend):
    """allauth's, for which every request of a signed-in person asks who that is."""

    def get_user(self, user_id: Any) -> User | None:
        found = _user(pk=int(user_id))
        if not found or not self.user_can_authenticate(found[0]):
            return None
        user = found[0]
        user.roles = frozenset(user.granted)  # every page asks, if only for what its side bar offers
        return user


@prepared
def _user(pk: int):
    grants = RoleGrant.objects.filter(
        user=OuterRef("pk"), organisation=OuterRef("organisation"), revoked_at=None
    )
    return User.objects.filter(pk=pk).annotate(granted=ArraySubquery(grants.values("role")))
