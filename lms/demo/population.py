"""Makes the organisations, units and people of the demo academy."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.utils.text import slugify

from events.models import Event
from lms.demo import content
from lms.demo.avatars import portrait
from lms.demo.clock import Clock
from lms.demo.log import Log
from people.models import (
    Organisation,
    Profile,
    RoleGrant,
    Skill,
    Standing,
    Unit,
    UnitMembership,
    User,
    UserSkill,
)

PASSWORD = "palabre-demo"  # noqa: S105 - written in the README, for an academy of invented people
DOMAIN = "demo.palabre.test"
ROLES = {"trainer": RoleGrant.Role.TRAINER, "hr": RoleGrant.Role.HR, "admin": RoleGrant.Role.ADMINISTRATOR}
EVENT_ROLES = {"trainer": Event.Role.TRAINER, "admin": Event.Role.STAFF}
# Days since Palabre came into the house: whoever worked there already has an account since then.
OPENED = 95
NO_MAILBOX = {"atelier", "logistique", "chantiers"}
# The colours of the people one meets first; the others follow from their names.
COLOURS = {"awa": "plum", "julie": "lake", "sarah": "terracotta", "karim": "plum", "remi": "forest", "nadia": "slate",
           "gael": "lake", "marc": "ochre", "ines": "berry"}  # fmt: skip
EXPERTISE = {"karim": "Négociation", "remi": "Relation client", "claire": "Protection des données",
             "helene": "Documentation", "gwenaelle": "Qualité", "agathe": "Éclairage", "diane": "Sécurité",
             "priya": "Acoustics", "nora": "Conduite de travaux", "sylvie": "Planification"}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """How the demo plays a person: from 0 (silent) to 5 (writes every week), in which unit."""

    voice: int
    unit: str


class Population:
    """The people by key, and the part each plays."""

    def __init__(self, clock: Clock, log: Log) -> None:
        self.clock, self.log = clock, log
        self.organisations: dict[str, Organisation] = {}
        self.units: dict[tuple[str, str], Unit] = {}
        self.by_key: dict[str, User] = {}
        self.keys: dict[int, str] = {}
        self.parts: dict[int, Part] = {}

    def __getitem__(self, key: str) -> User:
        return self.by_key[key]

    def of(self, organisation: str) -> list[User]:
        home = self.organisations[organisation].pk
        return [user for user in self.by_key.values() if user.organisation_id == home]

    def make(self) -> None:
        for key, described in content.load("organisations.yaml").items():
            self._organisation(key, described)
        hashed = make_password(PASSWORD)
        for organisation in self.organisations:
            for key, described in content.people_of(organisation).items():
                self.by_key[key] = self._user(key, described, organisation, hashed)
        User.objects.bulk_create(self.by_key.values())
        self.keys = {user.pk: key for key, user in self.by_key.items()}
        self._parts()
        self._addresses()
        for organisation in self.organisations:
            people = content.people_of(organisation)
            self._profiles(people)
            self._units_of(organisation, people)
            self._skills(organisation, people)
            self._roles(organisation, people)

    def _organisation(self, key: str, described: dict[str, Any]) -> None:
        made = Organisation.objects.create(
            name=described["name"],
            slug=slugify(described["name"]),
            language=described["language"],
            time_zone=described["timezone"],
        )
        self.organisations[key] = made
        for unit, row in described["units"].items():
            parent = self.units.get((key, row.get("under", "")))
            self.units[key, unit] = Unit.objects.create(
                organisation=made, parent=parent, name=content.spaced(row["name"], described["language"])
            )

    def _user(self, key: str, described: dict[str, Any], organisation: str, hashed: str) -> User:
        home = self.organisations[organisation]
        role = described.get("role", "")
        silent = described["unit"] in NO_MAILBOX and described["voice"] <= 1 and not role
        left = described.get("left")
        return User(
            organisation=home,
            email=None if silent else f"{key}@{DOMAIN}",
            handle=slugify(described["name"]),
            name=described["name"],
            language=described["lang"],
            time_zone=home.time_zone,
            password=hashed,
            is_staff=role == "admin",
            is_superuser=role == "admin",
            is_active=left is None,
            joined_at=self.clock.days_ago(min(described["since"], OPENED), Random(key)),
            left_at=self.clock.days_ago(left, Random(key)) if left else None,
        )

    def _parts(self) -> None:
        for organisation in self.organisations:
            for key, described in content.people_of(organisation).items():
                user = self.by_key[key]
                self.parts[user.pk] = Part(described["voice"], described["unit"])
                self.log.roles[user.pk] = EVENT_ROLES.get(described.get("role", ""), Event.Role.LEARNER)

    def _addresses(self) -> None:
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=user.email, verified=True, primary=True)
            for user in self.by_key.values()
            if user.email
        )

    def _profiles(self, people: dict[str, Any]) -> None:
        profiles, standings = [], []
        facilitators = {key for space, _talk in content.spaces() for key in space["facilitators"]}
        for key, described in people.items():
            user = self.by_key[key]
            profile = Profile(user=user, job_title=described["job"], bio=described["bio"])
            picture = portrait(user.initials, user.name, COLOURS.get(key, ""))
            profile.picture.save(f"demo-{user.handle}.webp", ContentFile(picture), save=False)
            profiles.append(profile)
            role = Standing.Role.TRAINER if described.get("role") == "trainer" else Standing.Role.NONE
            role = Standing.Role.FACILITATOR if key in facilitators else role
            standings.append(Standing(user=user, role=role, expertise=EXPERTISE.get(key, "")))
            self.log.add("people.user_joined", user, user, user.joined_at)
            if user.left_at:
                self.log.add("people.user_deactivated", self["admin"], user, user.left_at,
                             organisation_id=user.organisation_id)  # fmt: skip
        Profile.objects.bulk_create(profiles)
        Standing.objects.bulk_create(standings)

    def _units_of(self, organisation: str, people: dict[str, Any]) -> None:
        rows = []
        for key, described in people.items():
            user = self.by_key[key]
            starts = self.clock.today - timedelta(days=described["since"])
            ends = user.left_at.date() if user.left_at else None
            unit = self.units[organisation, described["unit"]]
            if "moved" in described:
                before, days = described["moved"]
                moved_on = self.clock.today - timedelta(days=days)
                rows.append(UnitMembership(user=user, unit=self.units[organisation, before], starts_on=starts,
                                           ends_on=moved_on))  # fmt: skip
                starts = moved_on
                self.log.add("people.unit_changed", self["admin"], user, self.clock.days_ago(days, Random(key)),
                             organisation_id=user.organisation_id,
                             data={"unit": unit.pk, "on": moved_on.isoformat()})  # fmt: skip
            rows.append(UnitMembership(user=user, unit=unit, starts_on=starts, ends_on=ends))
        UnitMembership.objects.bulk_create(rows)

    def _skills(self, organisation: str, people: dict[str, Any]) -> None:
        home = self.organisations[organisation]
        names = sorted({name for described in people.values() for name in described.get("skills", [])})
        skills = {name: Skill(organisation=home, name=name) for name in names}
        Skill.objects.bulk_create(skills.values())
        validator = self["julie" if organisation == "lumen" else "oliver"]
        rows = []
        for key, described in people.items():
            for name in described.get("skills", []):
                proven = EXPERTISE.get(key) == name
                rows.append(UserSkill(user=self[key], skill=skills[name], validated_by=validator if proven else None,
                                      validated_at=self.clock.days_ago(60, Random(key)) if proven else None))  # fmt: skip
        UserSkill.objects.bulk_create(rows)

    def _roles(self, organisation: str, people: dict[str, Any]) -> None:
        for key, described in people.items():
            if role := ROLES.get(described.get("role", "")):
                user = self[key]
                at = self.clock.days_ago(OPENED - 4, Random(key))
                RoleGrant.objects.create(user=user, role=role, organisation=self.organisations[organisation],
                                         granted_by=self["admin"], granted_at=at)  # fmt: skip
                self.log.add(
                    "people.role_granted", self["admin"], user, at, organisation_id=user.organisation_id
                )
