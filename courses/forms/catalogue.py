from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.queries.catalogue import DOING, DONE, TODO, Filters


class FilterForm(forms.Form):
    """Filters of the catalogue; what makes no sense in an address is left out, never an error."""

    q = forms.CharField(required=False, max_length=200, label=_("Search a course"))
    state = forms.ChoiceField(
        required=False,
        label=_("Where I stand"),
        choices=[
            ("", _("All")),
            (TODO, _("Not started")),
            (DOING, _("In progress")),
            (DONE, pgettext_lazy("courses", "Finished")),
        ],
    )
    language = forms.ChoiceField(
        required=False, label=_("Language"), choices=[("", _("All languages")), *settings.LANGUAGES]
    )
    mandatory = forms.BooleanField(required=False, label=_("Mandatory"))
    mine = forms.BooleanField(required=False, label=_("Mine"))

    @property
    def filters(self) -> Filters:
        self.is_valid()
        clean = self.cleaned_data
        return Filters(
            text=clean.get("q", "").replace("\x00", ""),
            language=clean.get("language", ""),
            state=clean.get("state", ""),
            mandatory=clean.get("mandatory", False),
            mine=clean.get("mine", False),
        )
