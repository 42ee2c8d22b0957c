"""What is new for a person in the places of the frame, in two queries."""

from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.models import Membership, ReadState, Thread
from people.models import Profile, UnitMembership

SHOWN_SPACES = 6


def news_of(person: Any) -> dict[str, Any]:
    """The counts beside the entries; plain values only, so that they can be cached."""
    memberships = list(_memberships_with_news(person))
    listed = [one for one in memberships if not one.space.about_url]
    return {
        **_shown_of(person),
        "facilitates": any(one.role == Membership.Role.FACILITATOR for one in memberships),
        "places": {"community:spaces": sum(one.new for one in listed)},
        "spaces": [
            {
                "id": one.space_id,
                "name": one.space.name,
                "colour": one.space.colour,
                "slug": one.space.slug,
                "new": one.new,
            }
            for one in listed[:SHOWN_SPACES]
        ],
    }


def _memberships_with_news(person: Any):
    """A thread counts once when its last post is further than what the person has read there since joining."""
    read_to = ReadState.objects.filter(thread=OuterRef("pk"), user=person).values("last_number")
    fresh = (
        Thread.objects.filter(
            space=OuterRef("space"), deleted_at=None, last_post_at__gt=OuterRef("joined_at")
        )
        .annotate(read_to=Coalesce(Subquery(read_to[:1]), 0))
        .filter(last_number__gt=F("read_to"))
        .order_by()
        .values("space")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Membership.objects.filter(user=person, space__archived_at=None)
        .annotate(new=Coalesce(Subquery(fresh), 0))
        .select_related("space")
        .order_by("space__name")
    )


def _shown_of(person: Any) -> dict[str, str]:
    """The unit and the picture under which a person finds themselves in the corner of each page."""
    today = timezone.localdate()
    current = UnitMembership.objects.filter(user=OuterRef("user"), starts_on__lte=today)
    unit = current.filter(Q(ends_on=None) | Q(ends_on__gt=today)).values("unit__name")
    profile = Profile.objects.filter(user=person).annotate(unit=Subquery(unit[:1])).first()
    if profile is None:
        return {"unit": "", "picture": ""}
    return {"unit": profile.unit or "", "picture": profile.picture.url if profile.picture else ""}
