from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Prefetch, Q, QuerySet, Value
from django.utils import timezone

from core.prepared import AnyOf
from core.search import Folded
from events.models import Event
from people.models import DataRequest, Organisation, Profile, RoleGrant, Unit, UnitMembership, User, UserSkill
from people.queries.person_card import PersonCard
from people.reader import Reader


@dataclass
class Branch:
    """A unit with those below it, and how many work in it now."""

    unit: Unit
    people: int = 0
    depth: int = 0
    children: list[Branch] = field(default_factory=list)


def unit_tree(organisation: Organisation) -> list[Branch]:
    """All units of an organisation, parents before their children, with their depth."""
    counts: dict[int, int] = {}
    current = UnitMembership.objects.filter(
        unit__organisation=organisation, ends_on=None, user__is_active=True
    )
    for unit_id in current.values_list("unit_id", flat=True):
        counts[unit_id] = counts.get(unit_id, 0) + 1
    branches = {unit.pk: Branch(unit, counts.get(unit.pk, 0)) for unit in organisation.units.order_by("name")}
    roots: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.unit.parent_id) if branch.unit.parent_id else None
        (above.children if above else roots).append(branch)
    ordered: list[Branch] = []

    def walk(level: list[Branch], depth: int) -> None:
        for branch in level:
            branch.depth = depth
            ordered.append(branch)
            walk(branch.children, depth + 1)

    walk(roots, 0)
    return ordered


def subtree_ids(unit: Unit) -> set[int]:
    """The unit and every unit below it."""
    parents = dict(Unit.objects.filter(organisation=unit.organisation_id).values_list("pk", "parent_id"))
    found = {unit.pk}
    while more := {pk for pk, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def directory(
    user: User | Reader, *, words: str = "", skill: int | None = None, unit: Unit | None = None
) -> QuerySet[User]:
    """People a person may find, by name, job or skill; small typing mistakes are forgiven."""
    people = User.objects.visible_to(user).active()
    if words:
        people = people.filter(AnyOf("pk", ArraySubquery(_matching(words))))
    if skill:
        people = people.filter(skills__skill_id=skill)
    if unit:
        people = people.filter(unit_memberships__ends_on=None, unit_memberships__unit__in=subtree_ids(unit))
    return (
        people.select_related("profile", "standing")
        .prefetch_related(*person_relations())
        .order_by("name", "pk")
    )


def person_relations() -> list[Prefetch]:
    """What a card of a person shows besides their name: where they work and what they know."""
    units = UnitMembership.objects.filter(ends_on=None).select_related("unit")
    skills = UserSkill.objects.select_related("skill").order_by("-validated_at", "skill__name")
    return [
        Prefetch("unit_memberships", queryset=units, to_attr="current_units"),
        Prefetch("skills", queryset=skills, to_attr="shown_skills"),
    ]


class SkillRow(NamedTuple):
    pk: int
    name: str
    is_validated: bool


class DirectoryRow(NamedTuple):
    """A colleague in the directory, and at the head of their own page."""

    person: PersonCard
    job: str
    unit: str
    skills: tuple[SkillRow, ...]


def directory_row(user: User) -> DirectoryRow:
    """`user` comes with profile, standing and `person_relations()`."""
    shown: Any = user  # the prefetched lists
    skills = (SkillRow(one.pk, one.skill.name, one.validated_at is not None) for one in shown.shown_skills)
    unit = next((place.unit.name for place in shown.current_units), "")
    profile = getattr(user, "profile", None)
    return DirectoryRow(PersonCard.of(user), profile.job_title if profile else "", unit, tuple(skills))


class PersonPage(NamedTuple):
    """What a person's own page says of them."""

    row: DirectoryRow
    bio: str
    language: str
    is_active: bool
    joined_at: datetime
    source_url: str


def person_page(user: User) -> PersonPage:
    """`user` comes as for `directory_row`."""
    profile = getattr(user, "profile", None) or Profile()
    return PersonPage(
        directory_row(user), profile.bio, user.language, user.is_active, user.joined_at, profile.source_url
    )


class MemberRow(NamedTuple):
    """A person in the list of whoever keeps the people of an organisation."""

    pk: int
    name: str
    contact: str
    unit: str
    roles: str
    is_active: bool


def members(organisation: Organisation, *, words: str = "") -> QuerySet[User]:
    """All its people who have not been erased, the closed accounts last, found by name, address or identifier."""
    everybody = organisation.users.filter(anonymised_at=None).order_by("-is_active", "name", "pk")
    if words:
        everybody = everybody.filter(
            Q(name__unaccent__icontains=words) | Q(email__icontains=words) | Q(handle__icontains=words)
        )
    held = RoleGrant.objects.filter(revoked_at=None)
    return everybody.prefetch_related(person_relations()[0], Prefetch("role_grants", held, to_attr="held"))


def member_row(user: User) -> MemberRow:
    """`user` comes from `members`."""
    shown: Any = user  # the prefetched lists
    unit = next((place.unit.name for place in shown.current_units), "")
    roles = ", ".join(str(grant.get_role_display()) for grant in shown.held)
    return MemberRow(user.pk, user.name, user.email or user.handle, unit, roles, user.is_active)


class RequestRow(NamedTuple):
    """What somebody asked about their data; `days` it took, or has waited so far."""

    name: str
    kind: str
    requested_at: datetime
    done_at: datetime | None
    days: int


def request_row(asked: DataRequest) -> RequestRow:
    until = asked.done_at or timezone.now()
    days = (until - asked.requested_at).days
    return RequestRow(asked.user.name, str(asked.get_kind_display()), asked.requested_at, asked.done_at, days)


class RequestSummary(NamedTuple):
    """The requests about data of a year: how many, and the days that the slowest took or has waited so far."""

    asked: int
    waiting: int
    longest: int
    erased: int


def request_summary(organisation: Organisation) -> RequestSummary:
    since = timezone.now() - timedelta(days=365)
    asked = DataRequest.objects.filter(user__organisation=organisation, requested_at__gte=since)
    rows = [request_row(one) for one in asked.select_related("user")]
    # Of who was erased their request went too: the log says that it was done.
    erased = Event.objects.filter(organisation_id=organisation.pk, verb="people.user_erased", at__gte=since)
    waiting = sum(row.done_at is None for row in rows)
    number = erased.count()
    return RequestSummary(len(rows) + number, waiting, max((row.days for row in rows), default=0), number)


def _matching(words: str) -> QuerySet:
    """The numbers of those whom the words may name, each way asked by itself: an index answers each."""
    asked = Folded(Value(words))
    named = User.objects.annotate(folded=Folded("name")).order_by()
    jobs = Profile.objects.annotate(folded=Folded("job_title")).filter(folded__contains=asked)
    skills = UserSkill.objects.annotate(folded=Folded("skill__name")).filter(folded__contains=asked)
    return (
        named.filter(folded__contains=asked)
        .values_list("pk")
        .union(
            named.filter(folded__trigram_word_similar=asked).values_list("pk"),
            jobs.order_by().values_list("user_id"),
            skills.order_by().values_list("user_id"),
        )
    )
