"""What a newcomer may begin with: shown on their home page until it is done, or a month has gone by."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from community.models import Membership
from core.addresses import address_of
from core.prepared import prepared
from courses.models import Course, Enrolment
from people.models import Profile, User
from people.reader import Reader

SHOWN_FOR = timedelta(days=30)


class FirstStep(NamedTuple):
    words: str
    icon: str
    url: str
    is_done: bool


def first_steps(person: Any) -> list[FirstStep]:
    """What is mandatory first; nothing for who has done it all, or has been here for a month."""
    if timezone.now() - person.joined_at > SHOWN_FOR:
        return []
    found = _beginnings(reader=Reader.of(person))
    if not found:
        return []
    says_what_they_do, is_in_a_space, follows_a_course, title, slug = found[0]
    if slug:
        words, url = (
            _("Begin what everybody does here: %(course)s") % {"course": title},
            address_of("courses:course", slug),
        )
    else:
        words, url = _("Choose a first course"), address_of("courses:catalogue")
    steps = [
        FirstStep(words, "graduation-cap", url, follows_a_course and not slug),
        FirstStep(
            _("Join a space that matches your work"),
            "messages-square",
            address_of("community:spaces"),
            is_in_a_space,
        ),
        FirstStep(_("Say what you do"), "user", address_of("people:profile"), says_what_they_do),
    ]
    return [] if all(step.is_done for step in steps) else steps


@prepared
def _beginnings(reader: Reader) -> QuerySet:
    told = Profile.objects.filter(user=OuterRef("pk")).exclude(job_title="")
    listed = Membership.objects.filter(user=OuterRef("pk"), space__archived_at=None, space__about_url="")
    mine = Enrolment.objects.active().filter(user=OuterRef("pk"))
    begun = Enrolment.objects.active().filter(user_id=reader.pk, session__course=OuterRef("pk"))
    mandatory = Course.objects.visible_to(reader).filter(mandatory=True).exclude(Exists(begun))
    first = mandatory.order_by("due_on", "pk")
    return (
        User.objects.filter(pk=reader.pk)
        .annotate(
            told=Exists(told),
            listed=Exists(listed),
            follows=Exists(mine),
            course=Subquery(first.values("title")[:1]),
            slug_of_course=Subquery(first.values("slug")[:1]),
        )
        .values_list("told", "listed", "follows", "course", "slug_of_course")
    )
