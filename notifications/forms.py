from typing import Any

from django import forms

from notifications.models import Notification, Preference


class MailForm(forms.Form):
    """One choice per kind of notice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Notification.Kind:
            self.fields[kind.value] = forms.ChoiceField(label=kind.label, choices=Preference.Mail.choices)
