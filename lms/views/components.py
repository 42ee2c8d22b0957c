from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import public
from core.templatetags.ui import AVATAR_SIZES, BADGE_TONES, BUTTON_KINDS
from people.models import Profile, Standing, User


class Sample(forms.Form):
    """One field of each kind, to look at."""

    title = forms.CharField(help_text=_("Say in one line what it is about."), max_length=80)
    body = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    kind = forms.ChoiceField(choices=[("question", _("Question")), ("case", _("Case"))])
    gate = forms.ChoiceField(
        choices=[("open", _("Everyone reads at once")), ("after", _("Reply before you read the others"))],
        widget=forms.RadioSelect,
    )
    pinned = forms.BooleanField(required=False)
    file = forms.FileField(required=False)


def someone(key: int, name: str, role: str = "", expertise: str = "") -> User:
    """A person of the page only: nothing is stored."""
    person = User(pk=key, name=name, handle=name.lower().replace(" ", "-"))
    person._state.fields_cache["profile"] = Profile(user=person)
    person._state.fields_cache["standing"] = Standing(user=person, role=role, expertise=expertise)
    return person


def participation() -> dict:
    """A figure to draw, with made-up values."""
    weeks = ["S36", "S37", "S38", "S39", "S40", "S41"]
    return {
        "kind": "line",
        "title": _("Participation by week"),
        "labels": weeks,
        "series": [
            {"label": _("Active"), "values": [52, 55, 54, 61, 63, 68], "tone": "primary"},
            {"label": _("Contributors"), "values": [21, 24, 30, 31, 38, 41], "tone": "secondary"},
        ],
        "unit": "%",
        "definition": _(
            "Share of the enrolled learners who opened a module or a discussion during the week."
        ),
    }


@public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every component alive, to be looked at in both themes and both languages. Development only."""
    if not settings.DEBUG:
        raise Http404
    figure = participation()
    form = Sample()
    refused = Sample({"title": "", "body": _("What was typed stays.")}, auto_id="refused_%s")
    refused.is_valid()
    context = {
        "people": [
            someone(1, "Awa Mbaye"),
            someone(2, "Julie Dubois", "facilitator"),
            someone(3, "Karim Toure", "", _("negotiation")),
            someone(5, "Jean-Pierre Lefort"),
        ],
        "tones": list(BADGE_TONES),
        "kinds": list(BUTTON_KINDS),
        "sizes": list(AVATAR_SIZES),
        "figure": figure,
        "bars": figure
        | {"kind": "bar", "title": _("Messages by week"), "unit": "", "series": figure["series"][:1]},
        "form": form,
        "writing": Sample(auto_id="writing_%s"),
        "refused": refused,
        "page": Paginator(range(90), 10).page(3),
        "now": timezone.now(),
        "tabs": [
            {"label": _("Discussions"), "url": "#a", "active": True, "count": 12},
            {"label": _("About"), "url": "#b", "active": False},
        ],
    }
    return render(request, "lms/components.html", context)
