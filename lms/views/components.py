from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from community.models import Space, Thread
from community.queries.conversation import Conversation
from community.queries.posts import PostCard
from community.rules import Seat
from core.access import public
from core.markdown import render as render_markdown
from lms.queries.home import HomeThread
from people.models import Profile, Standing, User
from people.queries.person_card import PersonCard


class Sample(forms.Form):
    """One field of each kind, to look at."""

    title = forms.CharField(help_text=gettext_lazy("Say in one line what it is about."), max_length=80)
    body = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    kind = forms.ChoiceField(choices=[("question", gettext_lazy("Question")), ("case", gettext_lazy("Case"))])
    gate = forms.ChoiceField(
        choices=[
            ("open", gettext_lazy("Everyone reads at once")),
            ("after", gettext_lazy("Reply before you read the others")),
        ],
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


def talk(people: list[User]) -> Conversation:
    """A question with an answer that was kept, a reply below it, and a post that is new."""
    reader, julie, karim, jean = people
    space = Space(pk=0, name="Managers de proximité", slug="components", colour="forest")
    thread: Any = Thread(
        pk=0, space=space, author=julie, kind=Thread.Kind.CASE, number_of_posts=4, last_post_at=timezone.now()
    )
    thread.title, thread.language = "Client mécontent au téléphone : comment auriez-vous fait ?", "fr"
    thread._state.fields_cache["resolution"] = None
    texts = [
        (
            karim,
            None,
            "Le rappel à heure fixe, **avec un geste** : je donne mon numéro direct.",
            11,
        ),
        (jean, 2, "Je serais resté en ligne. En lisant Karim, je change d’avis.", 0),
        (reader, None, "Et si l’heure ne tient pas ?", 2),
    ]
    shown = [
        post(number, under, author, text, useful_count=useful, is_own=author == reader)
        for number, (author, under, text, useful) in enumerate(texts, 2)
    ]
    return Conversation(thread=thread, seat=Seat(reader, space, "member"), posts=shown)


def post(number: int, under: int | None, author: User, text: str, **more: Any) -> PostCard:
    """The second one is the accepted answer, the third is new."""
    return PostCard(
        pk=number, thread_id=0, number=number, parent_id=under, top_number=under or number,
        author=PersonCard.of(author), body=text, html=render_markdown(text).html, language="fr", moment=None,
        created_at=timezone.now(), edited_at=None, is_new=number == 3, is_accepted=number == 2, can_reply=True, **more,
    )  # fmt: skip


def home_thread(talk: Conversation) -> HomeThread:
    """The same question as the home page lists it."""
    thread = talk.thread
    return HomeThread(
        *(thread.pk, thread.kind, thread.title, thread.language, thread.last_post_at, None, None),
        *(0, thread.number_of_posts, 0, 0, False, "Karim Touré"),
        space_name=thread.space.name,
        colour=thread.space.colour,
        author=PersonCard.of(thread.author),
    )


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
    people = [
        someone(1, "Awa Mbaye"),
        someone(2, "Julie Dubois", "facilitator"),
        someone(3, "Karim Toure", "", _("negotiation")),
        someone(5, "Jean-Pierre Lefort"),
    ]
    shown = talk(people)
    context = {
        "people": [PersonCard.of(person) for person in people],
        "talk": shown,
        "thread": home_thread(shown),
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
