"""The words on posts, looked up once per language."""

from functools import cache

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


@cache
def words_of_posts(language: str) -> dict[str, SafeString]:
    """`language` is the active one."""
    return {name: escape(words) for name, words in _words().items()}


def _words() -> dict[str, str]:
    return {
        "post": _("Message %(n)s, by %(name)s"),
        "former": _("Former member"),
        "at": _("at %(moment)s"),
        "edited": _("edited"),
        "new": _("New"),
        "hidden": _("This message was hidden by a facilitator."),
        "hidden_badge": _("Hidden by a facilitator"),
        "removed": _("This message was removed."),
        "accepted": _("Accepted answer"),
        "accepted_by": _("Answer accepted by %(name)s"),
        "useful": _("Useful"),
        "react": _("React"),
        "reply": _("Reply"),
        "quote": _("Quote"),
        "more": _("More"),
        "link": _("Copy the link"),
        "edit": _("Edit"),
        "delete": _("Remove"),
        "flag": _("Flag"),
        "accept": _("Accept this answer"),
        "unaccept": _("No longer the answer"),
    }


def as_clock(seconds: int) -> str:
    """3:12, or 1:03:12 past the hour."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
