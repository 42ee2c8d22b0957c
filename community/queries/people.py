from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from community.models import Membership, Post, Space
from core.markdown import render
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


def named_but_not_told(post: Post) -> list[str]:
    """The names of colleagues whom a post calls and who cannot read it there: nobody tells them."""
    space = post.thread.space
    if space.visibility == Space.Visibility.OPEN or "@" not in post.body:
        return []
    called = render(post.body, resolve_mentions=lambda handles: dict.fromkeys(handles, "#")).mentions
    colleagues = User.objects.active().filter(organisation=space.organisation_id, handle__in=called)
    return list(colleagues.exclude(pk__in=readers_of(space).values("pk")).values_list("name", flat=True))
