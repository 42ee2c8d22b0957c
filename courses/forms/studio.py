from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.dates import DateField, DateTimeField
from core.words import TextArea, must_be_visible
from courses.models import CompletionRule, Course, Module, Question, Quiz, Section, Session
from people.models import Unit

Kind = CompletionRule.Kind


class CourseForm(forms.ModelForm):
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Course
        fields = ["title", "summary", "objectives", "description", "language", "mandatory", "due_on"]
        widgets = {
            "objectives": TextArea(attrs={"rows": 4}),
            "description": TextArea(attrs={"rows": 6}),
        }
        field_classes = {"due_on": DateField}
        help_texts = {
            "summary": _("What the catalogue says below the title."),
            "objectives": _("One a line, beginning with a verb: what people will be able to do."),
            "description": _("As in a message: a line that begins with a dash makes a list."),
        }

    @property
    def fields_to_save(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


class SectionForm(forms.ModelForm):
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Section
        fields = ["title"]
        error_messages = {"title": {"required": _("Give the section a title.")}}


class NewModuleForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Module.Kind.choices)
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        validators=[must_be_visible],
        error_messages={"required": _("Give the module a title.")},
    )
    section = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)


class ModuleForm(forms.ModelForm):
    class Meta:
        model = Module
        fields = ["title", "objective", "minutes", "language", "mandatory", "prompt", "body"]
        widgets = {
            "language": forms.Select(choices=settings.LANGUAGES),
            "prompt": TextArea(attrs={"rows": 2}),
        }
        labels = {"language": _("Language")}
        help_texts = {
            "objective": _("In one sentence: what people will be able to do."),
            "prompt": _("A question that has several good answers makes people talk."),
            "body": _(
                "Markdown: headings, lists, tables, links. Paste or drop pictures and files where they belong."
            ),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind != Module.Kind.TEXT:
            self.fields["body"].label = _("Text shown with it")


class RulesForm(forms.Form):
    """When a module is done; what is left empty is not asked."""

    opened = forms.BooleanField(required=False, label=_("Open the module"))
    read = forms.BooleanField(
        required=False,
        label=_("Read the text to the end"),
        help_text=_("The reader says so, or reaches the end after the time that reading takes."),
    )
    watched = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100,
        label=_("Watch at least this share of the video, in percent"),
    )
    passed = forms.BooleanField(required=False, label=_("Pass the quiz"))
    contributed = forms.IntegerField(
        required=False, min_value=1, max_value=50, label=_("Contribute to the conversation, so many times")
    )
    replied = forms.IntegerField(
        required=False, min_value=1, max_value=50, label=_("Reply to so many different peers")
    )

    def __init__(self, data=None, *, module: Module, initial: dict | None = None) -> None:
        asked = {rule.kind: rule.threshold for rule in module.rules.all()}
        super().__init__(data, initial=asked if initial is None else initial)
        if module.kind != Module.Kind.TEXT:
            del self.fields["read"]
        if module.kind != Module.Kind.VIDEO:
            del self.fields["watched"]
        if module.kind != Module.Kind.QUIZ:
            del self.fields["passed"]

    @property
    def rules(self) -> dict[str, int]:
        return {kind: int(value) for kind, value in self.cleaned_data.items() if value}


class FilmForm(forms.Form):
    # In the page's one form: what is not sent with this button need not be chosen.
    use_required_attribute = False
    prefix = "film"
    file = forms.FileField(
        label=_("Video"), widget=forms.FileInput(attrs={"accept": "video/mp4,video/webm,.mp4,.webm"})
    )
    poster = forms.ImageField(
        required=False,
        label=_("Picture shown before it plays"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class CaptionForm(forms.Form):
    use_required_attribute = False
    prefix = "caption"
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    file = forms.FileField(
        label=_("Captions"),
        widget=forms.FileInput(attrs={"accept": ".vtt,.srt,text/vtt,application/x-subrip"}),
    )


class CaptionTextForm(forms.Form):
    vtt = forms.CharField(
        label=_("Captions"), widget=TextArea(attrs={"rows": 22, "class": "font-mono"}), strip=False
    )


class QuizForm(forms.ModelForm):
    pass_mark = Quiz._meta.get_field("pass_mark").formfield(max_value=100)

    class Meta:
        model = Quiz
        fields = ["pass_mark", "max_attempts"]
        help_texts = {"max_attempts": _("Leave empty to allow as many as one likes.")}


class SessionForm(forms.ModelForm):
    opens_at = DateTimeField(required=False, label=_("Opens"))
    closes_at = DateTimeField(required=False, label=_("Closes"))

    class Meta:
        model = Session
        fields = ["name", "opens_at", "closes_at"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("A session closes after it opens."))
        return cleaned


class NewSessionForm(SessionForm):
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)


class PeopleForm(forms.Form):
    """People to enrol: a whole unit, or those who are ticked."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(), required=False, label=_("A whole unit"), empty_label=_("No unit")
    )

    def __init__(self, *args, organisation, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = organisation.units.all()  # type: ignore[attr-defined]


class QuestionSearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=200, label=_("Search the questions"))
    category = forms.ChoiceField(required=False, label=_("Category"))
    language = forms.ChoiceField(
        required=False, label=_("Language"), choices=[("", _("All languages")), *settings.LANGUAGES]
    )
    batch = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args, categories: list[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("All categories")), *((name, name) for name in categories)]  # type: ignore[attr-defined]


class QuestionForm(forms.ModelForm):
    means_something_else = forms.BooleanField(
        required=False,
        label=_("This changes what is asked"),
        help_text=_("A new series of figures begins; answers given before keep theirs."),
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Question
        fields = ["kind", "text", "feedback", "category", "language"]
        widgets = {
            "text": TextArea(attrs={"rows": 3}),
            "feedback": TextArea(attrs={"rows": 3}),
        }

    @property
    def fields_to_save(self) -> dict:
        apart = {"means_something_else", "key"}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}


class OptionForm(forms.Form):
    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(required=False, max_length=1000, label=_("Option"))
    correct = forms.BooleanField(required=False, label=_("Right"))
    feedback = forms.CharField(required=False, max_length=1000, label=_("What to say to those who choose it"))


OptionFormSet = forms.formset_factory(OptionForm, extra=0, max_num=12, absolute_max=12)
