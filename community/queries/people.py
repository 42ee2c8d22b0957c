from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from community.models import Membership, Space
from people.models import User


def readers_of(space: Space):
    """Everybody who may read the talk of a space: the mirror of `Space.objects.readable_by`."""
    member = Exists(Membership.objects.filter(space=space, user=OuterRef("pk")))
    if space.visibility == Space.Visibility.OPEN:
        return User.objects.active().filter(Q(organisation_id=space.organisation_id) | member)
    return User.objects.active().filter(member)


def people_to_mention(space: Space, *, asked: str, limit: int = 8):
    """Completion of a mention: who may read the talk and whose name or handle begins with what was typed."""
    words = asked.strip().lstrip("@")
    found = readers_of(space).select_related("profile", "standing")
    if words:
        found = found.filter(
            Q(handle__istartswith=words) | Q(name__istartswith=words) | Q(name__icontains=f" {words}")
        )
    return found.order_by("name")[:limit]
