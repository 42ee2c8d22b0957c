from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("Questions as GIFT or Moodle XML, or a ZIP of Markdown files for a course."),
        widget=forms.ClearableFileInput(attrs={"accept": ".gift,.txt,.xml,.zip"}),
    )
    language = forms.ChoiceField(label=_("Language of the texts"), choices=settings.LANGUAGES)
