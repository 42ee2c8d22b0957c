"""What the frame of every page counts for a person, beside the entries of its navigation, in two queries."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.models import Membership, Thread
from community.queries.unread import read_to, unread_posts
from core.prepared import prepared
from people.models import Profile, UnitMembership

SHOWN_SPACES = 6


def navigation_counts_of(person: Any) -> dict[str, Any]:
    """The counts beside the entries; plain values only, so that they can be cached."""
    memberships = _memberships_with_news(person=person.pk)
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


@prepared
def _memberships_with_news(person: int) -> QuerySet:
    """A thread counts once when something was written there since the person joined that they have not read."""
    joined = OuterRef("joined_at")
    since = unread_posts(person).filter(created_at__gt=OuterRef("joined"))
    fresh = (
        Thread.objects.listed()
        # What the row of the thread tells comes first: most threads are left aside by it.
        .filter(space=OuterRef("space"), last_post_at__gt=joined)
        .annotate(read_to=read_to(person), joined=joined)
        .filter(Exists(since), last_number__gt=F("read_to"))
        .order_by()
        .values("space")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Membership.objects.filter(user_id=person, space__archived_at=None)
        .annotate(new=Coalesce(Subquery(fresh), 0))
        .select_related("space")
        .order_by("space__name")
    )


def _shown_of(person: Any) -> dict[str, str]:
    """The unit and the picture under which a person finds themselves in the corner of each page."""
    found = _profile_in_unit(person=person.pk, today=timezone.localdate())
    if not found:
        return {"unit": "", "picture": ""}
    (profile,) = found
    return {"unit": profile.unit or "", "picture": profile.picture.name or ""}


@prepared
def _profile_in_unit(person: int, today: date) -> QuerySet:
    current = UnitMembership.objects.filter(user=OuterRef("user"), starts_on__lte=today)
    unit = current.filter(Q(ends_on=None) | Q(ends_on__gt=today)).values("unit__name")
    return Profile.objects.filter(user_id=person).annotate(unit=Subquery(unit[:1]))
