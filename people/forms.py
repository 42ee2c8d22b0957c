import zoneinfo

from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.core import context
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from core.dates import DateField
from core.errors import Refused
from core.images import recoded
from core.json_input import InputDecoder
from core.words import TextArea, must_be_visible
from people.actions.bringing_in import read_people
from people.adapter import invitation_of
from people.models import Invitation, Profile, RoleGrant, Unit, User
from people.names import NameField
from people.queries.directory import subtree_ids

COMMON_ZONES = sorted(
    name
    for name in zoneinfo.available_timezones()
    if name.split("/")[0]
    in {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


class SignupForm(AllauthSignupForm):
    """A name and a password; an e-mail address, unless the way in is a join code."""

    no_invitation = _("Your invitation has just expired or been used up. Ask for a new one.")
    name = NameField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("As your colleagues know you."),
    )
    field_order = ["name", "email", "password1"]

    def clean(self) -> dict:
        cleaned = super().clean()
        invitation = invitation_of(context.request)
        by_link = invitation and invitation.kind == Invitation.Kind.LINK
        if by_link and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Your e-mail address is needed: it is how you will sign in."))
        return cleaned

    def try_save(self, request):
        try:
            return super().try_save(request)
        except Refused as refusal:
            # Somebody else took the last place of the invitation between the two clicks.
            messages.error(request, str(refusal))
            return None, redirect("people:join")


def credential_field() -> forms.JSONField:
    """What a browser says of a passkey. allauth's own falls over a number of thousands of digits."""
    return forms.JSONField(widget=forms.HiddenInput, decoder=InputDecoder)


class PasskeySignInForm(LoginWebAuthnForm):
    credential = credential_field()


class PasskeyReauthenticationForm(ReauthenticateWebAuthnForm):
    credential = credential_field()


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey opens the account on its own unless somebody wants it otherwise: the button says so."""

    credential = credential_field()
    passwordless = forms.BooleanField(
        label=_("Sign in with this passkey alone, without a password"),
        required=False,
        initial=True,
        help_text=_(
            "Untick it for a key without a code or fingerprint: it is then asked for after the password."
        ),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Join code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("Ten letters and digits; capitals and spaces don't matter."),
    )


class SettingsForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(name, name.replace("_", " ")) for name in COMMON_ZONES]
    )

    class Meta:
        model = User
        fields = ["language", "time_zone", "theme", "shortcuts"]
        help_texts = {
            "shortcuts": _("Single keys such as / and ?. Turn them off if a tool of yours types for you.")
        }


class ProfileForm(forms.ModelForm):
    name = NameField(label=_("Name"), max_length=120)
    picture = forms.ImageField(
        label=_("Picture"), required=False, help_text=_("JPEG, PNG or WebP, 5 MB at most.")
    )
    remove_picture = forms.BooleanField(label=_("Remove my picture"), required=False)

    class Meta:
        model = Profile
        fields = ["job_title", "bio"]
        widgets = {"bio": TextArea(attrs={"rows": 4})}

    field_order = ["name", "job_title", "bio", "picture", "remove_picture"]

    def clean_picture(self):
        upload = self.cleaned_data["picture"]
        try:
            return recoded(upload, side=400, square=True) if upload else None
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class SkillForm(forms.Form):
    name = forms.CharField(
        label=_("A skill others may ask you about"), max_length=80, validators=[must_be_visible]
    )


def offer(form: forms.Form, name: str, rows: QuerySet) -> None:
    """Let a choice field offer these rows and no others."""
    choice = form.fields[name]
    assert isinstance(choice, forms.ModelChoiceField)
    choice.queryset = rows


class InvitationForm(forms.Form):
    kind = forms.ChoiceField(label=_("Way in"), choices=Invitation.Kind.choices, widget=forms.RadioSelect)
    email = forms.EmailField(
        label=_("Write to this address"),
        required=False,
        help_text=_("Leave empty to get a link that you pass on yourself."),
    )
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=_("No unit")
    )
    max_uses = forms.IntegerField(
        label=_("How many people may use it"), min_value=1, max_value=5000, initial=1
    )
    days = forms.IntegerField(label=_("Valid for (days)"), min_value=1, max_value=90, initial=14)

    def __init__(self, *args, organisation, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", organisation.units.all())


class PeopleForm(forms.Form):
    """Many people at once: what is pasted, or a file that holds the same."""

    people = forms.CharField(
        label=_("Their addresses"),
        required=False,
        max_length=200_000,
        widget=TextArea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "One person a line: an address, and after a semicolon the unit where they work, if you like. Names are not read: "
            "people give their own."
        ),
    )
    file = forms.FileField(label=_("Or a file (CSV)"), required=False)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        text = cleaned.get("people") or ""
        if upload:
            try:
                text = upload.read(200_000).decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("This file is no text in UTF-8. Save it as “CSV UTF-8”."))
        cleaned["text"] = text
        try:
            cleaned["rows"] = read_people(text)
        except Refused as refusal:
            self.add_error(None, str(refusal))
        if not self.errors and not cleaned["rows"]:
            self.add_error("people", _("Write at least one address."))
        return cleaned


class UnitForm(forms.Form):
    name = forms.CharField(label=_("Name of the unit"), max_length=120)
    parent = forms.ModelChoiceField(
        label=_("Inside"), queryset=Unit.objects.none(), required=False, empty_label=_("At the top")
    )

    def __init__(self, *args, organisation, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "parent", organisation.units.all())


class UnitPlaceForm(forms.Form):
    parent = forms.ModelChoiceField(
        label=_("Inside"), queryset=Unit.objects.none(), required=False, empty_label=_("At the top")
    )

    def __init__(self, *args, unit, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "parent", unit.organisation.units.exclude(pk__in=subtree_ids(unit)))


class MoveForm(forms.Form):
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.none(), empty_label=_("Choose a unit")
    )
    on = DateField(label=_("From"))

    def __init__(self, *args, organisation, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", organisation.units.all())


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=RoleGrant.Role.choices)
