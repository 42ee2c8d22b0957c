"""What the frame of every page shows: where one may go, what is new there, whose page it is."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.cache import cache as shared
from django.db import transaction
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from community.models import Membership
from core.addresses import address_if_any
from lms.queries.navigation import navigation_counts_of
from notifications.queries import unread_count
from people.models import RoleGrant
from people.queries.person_card import PersonCard

THEMES = {"light": "palabre", "dark": "palabre-night"}
CACHE_KEY = "navigation:{}"
FRESH_FOR = 20  # seconds; the stream brings what is newer

MAIN = [
    ("home", "house", _("Home")),
    ("courses:catalogue", "graduation-cap", _("Courses")),
    ("community:spaces", "messages-square", _("Spaces")),
    ("community:library", "library", _("Good practices")),
    ("community:messages", "message-circle", _("Messages")),
    ("people:directory", "users", _("Directory")),
]
STEERING = [
    ("analytics:facilitation", "shield-check", _("Facilitation"), {"trainer", "facilitator"}),
    ("analytics:reports", "chart-no-axes-combined", _("Reports"), {"hr"}),
    ("courses:studio", "pencil-ruler", _("Course studio"), {"trainer", "administrator"}),
    ("people:organisation", "building-2", _("Organisation"), {"hr", "administrator"}),
]
SETTINGS = [
    ("people:settings", _("Settings")),
    ("people:profile", _("Profile")),
    ("notifications:preferences", _("Notifications")),
    ("account_email", _("E-mail address")),
    ("account_change_password", _("Password")),
    ("mfa_index", _("Two-step sign-in")),
    ("socialaccount_connections", _("Single sign-on")),
    ("usersessions_list", _("Devices")),
    ("people:programs", _("Programs")),
    ("people:my_data", _("My data")),
]
ORGANISATION = [
    ("people:organisation", _("People"), {"hr", "administrator"}),
    ("people:invitations", _("Invitations"), {"hr", "administrator"}),
    ("people:units", _("Units"), {"administrator"}),
    ("people:data_requests", _("Requests about data"), {"administrator"}),
    ("people:data_protection", _("Data protection"), {"hr", "administrator"}),
]
KEYS = {"home": "gh", "courses:catalogue": "gc", "community:spaces": "gs", "people:directory": "gp"}
POCKET = ["home", "courses:catalogue", "community:spaces", "community:messages"]


def forget_navigation(user_id: int, **signal: Any) -> None:
    """Where a person may go has changed: the next page counts anew, once the change is there."""
    transaction.on_commit(lambda: shared.delete(CACHE_KEY.format(user_id)))


def navigation(request: HttpRequest) -> dict[str, Any]:
    # All of it is found when it is asked for: a fragment, which draws no frame, costs no query.
    return {"navigation": Navigation(request)}


@dataclass
class Entry:
    url: str
    icon: str
    label: Any
    new: int = 0
    active: bool = False
    here: bool = False
    keys: str = ""


@dataclass
class SpaceEntry:
    id: int
    name: str
    colour: str
    url: str
    new: int = 0
    active: bool = False


@dataclass
class Navigation:
    request: HttpRequest
    person: Any = field(init=False)

    def __post_init__(self) -> None:
        user = getattr(self.request, "user", None)
        self.person = user if user is not None and user.is_authenticated else None

    @property
    def theme(self) -> str:
        """Nothing for "like my device": the stylesheet then follows the system, without a flash."""
        return THEMES.get(self.person.theme if self.person else self.request.COOKIES.get("theme", ""), "")

    @property
    def next_theme(self) -> str:
        return "light" if self.theme == "palabre-night" else "dark"

    @cached_property
    def news(self) -> dict[str, Any]:
        key = CACHE_KEY.format(self.person.pk)
        found = shared.get(key)
        if found is None:
            found = navigation_counts_of(self.person)
            shared.set(key, found, FRESH_FOR)
        return found

    @cached_property
    def main(self) -> list[Entry]:
        return [entry for entry in (self._entry(*row) for row in MAIN) if entry]

    @cached_property
    def steering(self) -> list[Entry]:
        mine = self.person.roles | ({"facilitator"} if self.news["facilitates"] else set())
        rows = [row[:3] for row in STEERING if row[3] & mine]
        return [entry for entry in (self._entry(*row) for row in rows) if entry]

    @cached_property
    def pocket(self) -> list[Entry]:
        """The places of the bar on a phone; what does not fit is in its last one, "Me"."""
        rows = [row for row in MAIN if row[0] in POCKET]
        return [entry for entry in (self._entry(*row) for row in rows) if entry]

    @cached_property
    def more(self) -> list[Entry]:
        shown = {entry.url for entry in self.pocket}
        return [entry for entry in [*self.main, *self.steering] if entry.url not in shown]

    @cached_property
    def spaces(self) -> list[SpaceEntry]:
        return [self._space_entry(**space) for space in self.news["spaces"]]

    @cached_property
    def settings_tabs(self) -> list[dict[str, Any]]:
        """The pages of one's own settings."""
        # Where no provider is set up, the page could only say that there is none.
        hidden = set() if settings.SOCIALACCOUNT_PROVIDERS else {"socialaccount_connections"}
        return self._tabs([row for row in SETTINGS if row[0] not in hidden])

    @cached_property
    def organisation_tabs(self) -> list[dict[str, Any]]:
        """The pages of whoever keeps the people of an organisation."""
        return self._tabs([row[:2] for row in ORGANISATION if row[2] & self.person.roles])

    def _tabs(self, rows: list[tuple[str, Any]]) -> list[dict[str, Any]]:
        here = self.request.resolver_match.view_name if self.request.resolver_match else ""
        here = "mfa_index" if here.startswith("mfa_") else here
        return [
            {"url": url, "label": label, "active": name == here}
            for name, label in rows
            if (url := address_if_any(name))
        ]

    @cached_property
    def card(self) -> PersonCard:
        """Who is signed in, with the picture of their profile."""
        person = self.person
        return PersonCard(person.pk, person.name, person.handle, picture=self.news["picture"])

    @cached_property
    def unread(self) -> int:
        # Not from the cache: a bell must be silent as soon as one has read.
        return unread_count(self.person)

    @cached_property
    def caption(self) -> str:
        """The second line under one's name: what one does here."""
        roles = self.person.roles
        labels = [label for code, label in RoleGrant.Role.choices if code in roles]
        if not labels:
            labels = [Membership.Role.FACILITATOR.label if self.news["facilitates"] else _("Learner")]
        return " · ".join(str(part) for part in [*labels, self.news["unit"]] if part)

    def _entry(self, name: str, icon: str, label: Any) -> Entry | None:
        url = address_if_any(name)
        if not url:
            return None
        new = self.news["places"].get(name, 0)
        return Entry(url, icon, label, new=new, keys=KEYS.get(name, ""), **self._standing_at(url))

    def _space_entry(self, *, slug: str, **space: Any) -> SpaceEntry:
        url = address_if_any("community:space", slug)
        return SpaceEntry(url=url, active=bool(url) and self._place.startswith(url), **space)

    @property
    def _place(self) -> str:
        """Where one is: the page's own address, or the place that its view says it belongs to."""
        return getattr(self.request, "place", self.request.path)

    def _standing_at(self, url: str) -> dict[str, bool]:
        here = self.request.path == url
        return {"here": here, "active": here or (url != "/" and self._place.startswith(url))}
