from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from community.actions.members import MUTE_DAYS
from community.models import Decision, Flag, Space, Thread
from core.markdown import MAX_LENGTH
from core.words import TextArea

MOST_TAGS = 8


class KeyedForm(forms.Form):
    """A form that creates something: its key makes a repeat find the first result."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())


class DraftedForm(KeyedForm):
    """A form whose text is kept while it is typed; `sequence` says which state of it was sent."""

    body = forms.CharField(
        label=_("Your message"),
        max_length=MAX_LENGTH,
        widget=TextArea,
        error_messages={"required": _("Write a few words first.")},
    )
    sequence = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**62)


class PostForm(DraftedForm):
    parent = forms.IntegerField(widget=forms.HiddenInput, required=False)
    moment = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**6)
    at_moment = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """The player fills the moment as it goes; it is kept only where the box beside it is ticked."""
        cleaned = super().clean() or {}
        if not cleaned.get("at_moment"):
            cleaned["moment"] = None
        return cleaned


class EditForm(DraftedForm):
    # How many changes of the post its writer has seen.
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class EndForm(forms.Form):
    """Until when a challenge runs, in the zone of who sets it."""

    ends_at = forms.DateTimeField(
        label=_("Ends"),
        help_text=_("For a challenge: after this moment it is no longer shown on the home page."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Choose a day and an hour.")},
    )


class ThreadForm(EndForm, DraftedForm):
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=Thread.Kind.choices, initial=Thread.Kind.DISCUSSION, required=False
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_("A whole sentence: what would you like to know, or to tell?"),
        max_length=200,
    )
    choices = forms.CharField(
        label=_("Choices, one per line"),
        help_text=_("For a case or a poll: what people choose between."),
        widget=TextArea(attrs={"rows": 4}),
        required=False,
        max_length=4000,
    )
    tags = forms.CharField(
        label=_("Tags"),
        help_text=_("Two or three words, with commas between them."),
        required=False,
        max_length=200,
    )
    after_reply = forms.BooleanField(
        label=_("Everyone answers before they read the others"),
        help_text=_("Good for a case: nobody is led by the first answer."),
        required=False,
    )

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Thread.Kind.DISCUSSION

    def clean_choices(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]

    def clean_tags(self) -> list[str]:
        words = [word for word in self.cleaned_data["tags"].replace("#", ",").split(",") if word.strip()]
        if len(words) > MOST_TAGS:
            raise forms.ValidationError(_("Eight tags at most: keep those that people will look for."))
        return words

    @property
    def content(self) -> dict[str, Any]:
        """What `start_thread` takes."""
        data = self.cleaned_data
        gate = Thread.Gate.AFTER_REPLY if data["after_reply"] else Thread.Gate.OPEN
        return {
            name: data[name] for name in ("kind", "title", "body", "choices", "tags", "ends_at", "key")
        } | {"gate": gate}


class SpaceForm(forms.ModelForm):
    class Meta:
        model = Space
        fields: tuple[str, ...] = ("name", "purpose", "charter", "visibility", "colour", "language")
        widgets = {
            "purpose": TextArea(attrs={"rows": 3}),
            "charter": TextArea(attrs={"rows": 6}),
            "visibility": forms.RadioSelect,
            "colour": forms.Select,
        }
        help_texts = {
            "purpose": _("One or two sentences: who meets here, and what for."),
            "charter": _("How people talk to each other here. Everyone accepts it when they join."),
        }


class ChangeSpaceForm(SpaceForm):
    class Meta(SpaceForm.Meta):
        fields = (*SpaceForm.Meta.fields, "welcomes")  # type: ignore[assignment]  # one more than those of its parent


class NewSpaceForm(SpaceForm):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)


class RemovalForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("The person reads it."),
        max_length=600,
        widget=TextArea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: the person reads it.")},
    )


class MuteForm(RemovalForm):
    days = forms.TypedChoiceField(
        label=_("For how long?"), coerce=int, choices=lambda: [(n, _days(n)) for n in MUTE_DAYS], initial=1
    )


def _days(number: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", number) % {"n": number}


class FlagForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=[choice for choice in Flag.Reason.choices if choice[0] != Flag.Reason.CONTEST],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is wrong with this message.")},
    )
    comment = forms.CharField(
        label=_("In your words"), max_length=1000, required=False, widget=TextArea(attrs={"rows": 3})
    )


class ContestForm(forms.Form):
    words = forms.CharField(
        label=_("What should they see?"),
        max_length=1000,
        widget=TextArea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a few words what they should see.")},
    )


class DecisionForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Your decision"),
        choices=Decision.Kind.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Choose to keep, to ask for another wording, or to hide.")
        ),
    )
    note = forms.CharField(
        label=_("A word to the author"),
        max_length=1000,
        required=False,
        widget=TextArea(attrs={"rows": 2}),
    )
