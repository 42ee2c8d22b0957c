from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Prefetch, QuerySet, Value

from core.prepared import AnyOf
from core.search import Folded
from people.models import Organisation, Profile, Unit, UnitMembership, User, UserSkill
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
