"""What is said to people who are enrolled in a session that has not opened yet."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def opening_sentence(opens_at: datetime) -> str:
    """In the reader's time zone."""
    return _("You are enrolled: the modules open on %(day)s.") % {"day": _day(opens_at)}


def access_sentence(opens_at: datetime) -> str:
    """The same, to the trainer who has enrolled people."""
    return _("Their access to the modules opens on %(day)s.") % {"day": _day(opens_at)}


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
