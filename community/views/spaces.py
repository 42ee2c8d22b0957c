from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community import actions, rules
from community.actions.writing import rendered_for
from community.forms import ChangeSpaceForm, NewSpaceForm, ThreadForm
from community.models import Draft, Membership, Space, Thread
from community.queries.people import people_to_mention
from community.queries.spaces import facilitators_of, mute_of, space_for, spaces_to_browse
from community.queries.threads import pages_of_space, tags_to_offer, thread_groups, thread_rows, threads_like
from community.views.answering import asked_state, switched
from core.access import by_row, role, signed_in
from core.editions import Overtaken, difference_in, edition_of, lines_of
from core.errors import Refused
from core.idempotency import refuse
from core.limits import limited
from core.markdown import MAX_LENGTH
from people.models import User
from people.queries.person_card import PersonCard
from people.requests import PersonRequest

PER_PAGE = 30


def fetch(user: Any, slug: str) -> Any:
    space = space_for(user, slug)
    if space is None:
        raise Http404
    return space


def frame_of(space: Any, user: Any, tab: str) -> dict[str, Any]:
    """What every page of a space shows: its name, one's seat, its tabs."""
    seat = rules.seat_in(space, user)
    here = [
        ("threads", _("Discussions"), "community:space", space.talks if space.is_readable else None),
        ("about", _("About and charter"), "community:space_about", None),
        ("members", _("Members"), "community:space_members", space.members),
    ]
    shown = here if space.is_readable else [here[1]]
    return {
        "space": space,
        "seat": seat,
        "facilitators": facilitators_of(space),
        "can_change": rules.can_change_space(seat),
        "can_join": rules.can_join(seat),
        "can_ask": rules.can_ask_to_join(seat),
        "can_write": rules.can_write(seat),
        "mute": mute_of(space, user) if seat.muted_until else None,
        "notify_choices": Membership.Notify.choices,
        "tabs": [
            {"label": label, "url": reverse(name, args=[space.slug]), "active": key == tab, "count": count}
            for key, label, name, count in shown
        ],
    }


@signed_in
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:80]
    mine, others = spaces_to_browse(request.user, words=words)
    context = {
        "mine": mine,
        "others": others,
        "words": words,
        "can_create": rules.can_create_space(request.user),
    }
    return render(request, "community/spaces.html", context)


@signed_in
@require_safe
def show(request: PersonRequest, slug: str) -> HttpResponse:
    """The talk of a space; who may not read it yet finds what it is for and how to come in."""
    space = fetch(request.user, slug)
    if not space.is_readable:
        return about(request, slug)
    asked = {name: request.GET.get(name, "") for name in ("kind", "show", "sort", "words")}
    page = Paginator(pages_of_space(space, request.user, **asked), PER_PAGE).get_page(request.GET.get("page"))
    context = frame_of(space, request.user, "threads") | {
        "page": page,
        "groups": thread_groups(thread_rows(page.object_list)),
        "asked": asked,
        "kinds": Thread.Kind.choices,
        "filters": _filters(space, asked),
        "is_filtered": any(asked[name] for name in ("kind", "show", "words")),
    }
    return render(request, "community/space.html", context)


def _filters(space: Space, asked: dict[str, str]) -> list[dict[str, Any]]:
    rows = [("", _("All")), ("unread", _("New for me")), ("unanswered", _("Questions without an answer"))]
    kept = {name: value for name, value in asked.items() if value and name != "show"}
    return [
        {
            "label": label,
            "url": f"{space.get_absolute_url()}?{urlencode(kept | ({'show': value} if value else {}))}",
            "active": asked["show"] == value,
        }
        for value, label in rows
    ]


@signed_in
@require_safe
def about(request: PersonRequest, slug: str) -> HttpResponse:
    space = fetch(request.user, slug)
    return render(request, "community/space_about.html", frame_of(space, request.user, "about"))


@signed_in
@require_safe
@limited
def people(request: PersonRequest, slug: str) -> HttpResponse:
    """Completion of a mention in a discussion that is being opened here: people who can read the space."""
    space = fetch(request.user, slug)
    if not space.is_readable:
        raise Http404
    return mention_options(request, space)


def mention_options(request: PersonRequest, space: Space) -> HttpResponse:
    found = people_to_mention(space, asked=request.GET.get("q", "")[:60])
    context = {
        "people": [PersonCard.of(person) for person in found],
        "only_members": space.visibility != Space.Visibility.OPEN,
    }
    return render(request, "community/people_options.html", context)


@role(rules.can_create_space)
@require_http_methods(["GET", "POST"])
def new(request: PersonRequest) -> HttpResponse:
    start = {"language": request.user.language, "key": uuid.uuid4()}
    form = NewSpaceForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            space = actions.create_space(request.user.organisation, by=request.user, **form.cleaned_data)
        except Refused as error:
            refuse(form, error)
        else:
            return redirect(space)
    return render(request, "community/space_form.html", {"form": form}, status=422 if form.errors else 200)


@by_row
@require_http_methods(["GET", "POST"])
def edit(request: PersonRequest, slug: str) -> HttpResponse:
    space = fetch(request.user, slug)
    if not rules.can_change_space(rules.seat_in(space, request.user)):
        raise PermissionDenied
    form = ChangeSpaceForm(request.POST or None, instance=space)
    if request.method == "POST" and form.is_valid():
        try:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            edition = request.POST.get("edition", "")
            actions.change_space(Space.objects.get(pk=space.pk), by=request.user, edition=edition, **changes)
            return redirect(space)
        except Overtaken as refusal:
            labels = {name: field.label for name, field in form.fields.items()}
            named = {"visibility": Space.Visibility, "colour": Space.Colour}
            found = difference_in(
                refusal.state,
                form.cleaned_data,
                labels,
                lambda name, value: lines_of(name, named[name](value).label if name in named else value),
            )
            context = {
                "form": form,
                "space": space,
                "differences": found,
                "edition": edition_of(refusal.state),
            }
            return render(request, "community/space_form.html", context, status=409)
        except Refused as error:
            form.add_error(None, str(error))
    # As it is kept: the form has put into its own row what was typed.
    edition = edition_of(actions.state_of_space(Space.objects.get(pk=space.pk)))
    context = {"form": form, "space": space, "edition": edition}
    return render(request, "community/space_form.html", context, status=422 if form.errors else 200)


@by_row
@require_http_methods(["POST"])
def archive(request: PersonRequest, slug: str) -> HttpResponse:
    """`on=1` closes the space for good reading, `on=0` opens it again; the toast takes either back."""
    space = fetch(request.user, slug)
    archived = asked_state(request)
    actions.archive_space(space, by=request.user, archived=archived)
    words = _("The space is archived: it is read, nothing more is written in it.")
    return switched(request, archived, words, _("The space is open again."), back=space.get_absolute_url())


@signed_in
@require_http_methods(["GET", "POST"])
def new_thread(request: PersonRequest, slug: str) -> HttpResponse:
    """The composer of a new discussion: GET shows it, POST opens the discussion."""
    space = fetch(request.user, slug)
    if not space.is_readable:
        raise Http404
    seat = rules.seat_in(space, request.user)
    if not seat.is_member:
        raise PermissionDenied
    if request.method == "GET" and not rules.can_write(seat):
        context = {"space": space, "seat": seat, "mute": mute_of(space, request.user)}
        return render(request, "community/thread_form_closed.html", context)
    if "preview" in request.POST:
        return _thread_form(request, space, ThreadForm(initial=request.POST.dict()))
    form = ThreadForm(request.POST or None, initial=_start_of(request, space))
    if request.method == "POST" and form.is_valid():
        try:
            thread = actions.start_thread(
                space, author=request.user, sequence=form.cleaned_data["sequence"], **form.content
            )
        except Refused as error:
            refuse(form, error, error.code if error.code != "key" else None)
        else:
            return redirect(thread)
    return _thread_form(request, space, form)


def _thread_form(request: PersonRequest, space: Space, form: ThreadForm) -> HttpResponse:
    """The form; asked with `preview`, also its text as it will stand, refused or not."""
    title, body = form["title"].value() or "", form["body"].value() or ""
    asked = "preview" in request.POST
    context = {
        "form": form,
        "space": space,
        "tags": tags_to_offer(request.user),
        "similar": threads_like(title[:200], request.user),
        "preview": rendered_for(space, body[:MAX_LENGTH])[0].html if asked else None,
    }
    return render(request, "community/thread_form.html", context, status=422 if form.errors else 200)


def _start_of(request: PersonRequest, space: Space) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    draft = Draft.objects.filter(user=request.user, place=f"space:{space.pk}").first()
    start = {"kind": kind} if kind in Thread.Kind.values else {}
    if draft is not None:
        start |= draft.fields | {"title": draft.title, "body": draft.body, "sequence": draft.sequence}
    mention, body = _mention_asked(request, space), start.get("body", "")
    return start if not mention or mention in body else start | {"body": f"{mention} {body}"}


def _mention_asked(request: PersonRequest, space: Space) -> str:
    """Of the member named by `to`, whom the question is for; nobody else is put into a draft."""
    members = User.objects.visible_to(request.user).active().filter(pk__in=space.memberships.values("user"))
    found = members.filter(handle=request.GET.get("to", "")[:60]).first()
    return f"@{found.handle}" if found else ""
