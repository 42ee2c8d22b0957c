"""Makes the spaces of the demo academy and lets their members in."""

from datetime import timedelta
from random import Random
from typing import Any

from community.models import Membership, Space
from core.markdown import render
from lms.demo.clock import Clock
from lms.demo.content import Talk
from lms.demo.log import Log
from lms.demo.population import Population

BORN = 89


class Places:
    """The spaces by slug, and since when each person sits in each of them."""

    def __init__(self, clock: Clock, log: Log, people: Population) -> None:
        self.clock, self.log, self.people = clock, log, people
        self.seats: dict[int, dict[int, Membership]] = {}
        self.talk: list[tuple[Space, list[Talk]]] = []

    def make(self, spaces: list[tuple[dict[str, Any], list[Talk]]]) -> None:
        for described, talk in spaces:
            space = self._space(described)
            self.seat(space, self._members(described), facilitators=described["facilitators"], since=BORN)
            self.talk.append((space, talk))

    def _space(self, described: dict[str, Any]) -> Space:
        founder = self.people[described["facilitators"][0]]
        at = self.clock.days_ago(BORN, Random(described["slug"]))
        space = Space.objects.create(
            organisation=self.people.organisations[described["organisation"]],
            name=described["name"],
            slug=described["slug"],
            purpose=described["purpose"],
            charter=described["charter"],
            charter_html=render(described["charter"]).html,
            visibility=described["visibility"],
            colour=described["colour"],
            language=described["language"],
            welcomes=described.get("welcomes", False),
            created_by=founder,
        )
        Space.objects.filter(pk=space.pk).update(created_at=at)
        space.created_at = at
        self.log.add("community.space_created", founder, space, at, space_id=space.pk)
        return space

    def _members(self, described: dict[str, Any]) -> list[str]:
        if described.get("everyone"):
            return [self.people.keys[user.pk] for user in self.people.of(described["organisation"])]
        return list(dict.fromkeys([*described["facilitators"], *described["members"]]))

    def seat(self, space: Space, keys: list[str], *, facilitators: list[str], since: float) -> None:
        """Let people into a space when it is born, or when they arrive in the house."""
        made, moments = [], {}
        for key in keys:
            user = self.people[key]
            begun = self.clock.now - timedelta(days=since)
            chance = Random(f"{space.slug} {key}")
            late = timedelta(hours=chance.uniform(1, 40))
            moments[user.pk] = self.clock.awake(max(begun, user.joined_at) + late)
            role = Membership.Role.FACILITATOR if key in facilitators else Membership.Role.MEMBER
            made.append(Membership(space=space, user=user, role=role, charter_accepted_at=moments[user.pk]))
        Membership.objects.bulk_create(made)
        for seat in made:
            seat.joined_at = moments[seat.user_id]
            self.log.add(
                "community.space_joined", seat.user, space, seat.joined_at,
                role=self.role_in(seat), space_id=space.pk,
            )  # fmt: skip
        # Written apart: the column dates itself when a row is inserted.
        Membership.objects.bulk_update(made, ["joined_at"])
        self.seats.setdefault(space.pk, {}).update({seat.user_id: seat for seat in made})

    def role_in(self, seat: Membership) -> str:
        """The role the log keeps: who facilitates a space is no learner in it."""
        role = self.log.roles[seat.user_id]
        return "trainer" if role == "learner" and seat.role == Membership.Role.FACILITATOR else role
