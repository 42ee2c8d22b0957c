"""Dates that people type: fields of forms that refuse a year no calendar of a school holds.

A slip of the hand gives the year 1 or 9999; such a date breaks every page that counts days from it.
"""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 2000, 2099


def is_plausible(value: date) -> bool:
    return FIRST_YEAR <= value.year <= LAST_YEAR


def _refuse_implausible(value: date) -> None:
    if not is_plausible(value):
        years = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise ValidationError(_("Check the year: it lies between %(first)s and %(last)s.") % years, "year")


class DateField(forms.DateField):
    """A day, chosen in the calendar of the browser."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [_refuse_implausible]


class DateTimeField(forms.DateTimeField):
    """A day and an hour, in the zone of whoever types them."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_validators = [_refuse_implausible]
