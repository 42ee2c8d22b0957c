from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from people.devices import name_device

register = template.Library()

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
    ("people:organisation", _("People")),
    ("people:invitations", _("Invitations")),
    ("people:units", _("Units")),
]


@register.inclusion_tag("components/tabs.html")
def settings_tabs(here: str) -> dict:
    """The pages of one's own settings; `here` is the URL name of the present one."""
    if here.startswith("mfa_"):
        here = "mfa_index"
    # Where no provider is set up, the page could only say that there is none.
    shown = [
        row for row in SETTINGS if row[0] != "socialaccount_connections" or settings.SOCIALACCOUNT_PROVIDERS
    ]
    return {"items": entries(shown, here), "label": _("Settings")}


@register.inclusion_tag("components/tabs.html")
def organisation_tabs(here: str) -> dict:
    return {"items": entries(ORGANISATION, here), "label": _("Organisation")}


def entries(rows: list, here: str) -> list[dict]:
    found = []
    for name, label in rows:
        try:
            found.append({"url": reverse(name), "label": label, "active": name == here})
        except NoReverseMatch:
            continue
    return found


@register.filter
def times(depth: int) -> range:
    """As many turns as a number says: the depth of a unit in its tree."""
    return range(depth)


@register.simple_tag
def device(user_agent: str) -> str:
    return name_device(user_agent) or str(_("A browser that does not say its name"))
