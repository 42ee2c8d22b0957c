from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from community import actions, rules
from community.forms import ContestForm, DecisionForm, FlagForm
from community.models import Decision, Post, Thread
from community.views.answering import done, refused
from community.views.posts import place_of, readable_post, visible_post
from core.access import by_row, signed_in
from core.errors import Refused
from people.requests import PersonRequest

DECIDED = {
    Decision.Kind.KEEP: gettext_lazy("The message stays."),
    Decision.Kind.REPHRASE: gettext_lazy("The author is asked for another wording."),
    Decision.Kind.HIDE: gettext_lazy("The message is hidden."),
}


@signed_in
@require_http_methods(["GET", "POST"])
def flag(request: PersonRequest, pk: int) -> HttpResponse:
    post = visible_post(request.user, pk)
    form = FlagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.flag_post(post, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            thanks = _("Thank you. The facilitators will look at it; your name stays with them.")
            return done(request, thanks, back=place_of(post), slot=post.pk)
    words = {
        "title": _("Flag a message"), "heading": _("Flag this message to the facilitators"),
        "note": _("Its author is not told who flagged it."), "submit": _("Flag"),
    }  # fmt: skip
    return _form(request, form, post, "flag", **words)


@signed_in
@require_http_methods(["GET", "POST"])
def contest(request: PersonRequest, pk: int) -> HttpResponse:
    """The author of a post asks for another look at what was decided about it."""
    post = readable_post(request.user, pk)
    if post.author_id != request.user.pk:
        raise PermissionDenied
    form = ContestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.contest_decision(post, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            words = _("The facilitators will look at it once more and tell you.")
            return done(request, words, back=place_of(post), slot=post.pk)
    title = _("Contest the decision")
    note = _("The facilitators of the space read your words.")
    return _form(request, form, post, "contest", title=title, heading=title, note=note, submit=_("Send"))


@by_row
@require_http_methods(["GET", "POST"])
def decision(request: PersonRequest, pk: int) -> HttpResponse:
    """Decide on a post, flagged or not: `kind` and a `note` to its author; `next` is the page to go back to."""
    posts = Post.objects.within_reach_of(request.user).select_related("thread__space", "author")
    post = get_object_or_404(posts.filter(Thread.stands(at="thread__"), deleted_at=None), pk=pk)
    if not rules.can_decide(rules.seat_of(request.user, post.thread.space), post):
        raise PermissionDenied
    form = DecisionForm(request.POST or None)
    back = _back(request, post)
    if request.method == "POST" and request.htmx and not form.is_valid():
        # The form stays where it is, with what was typed.
        return refused(request, Refused(next(iter(form.errors.values()))[0]), back=back)
    if request.method == "GET" or not form.is_valid():
        title, note = _("Decide on this message"), _("Its author reads your decision and your words.")
        return _form(
            request, form, post, "decision", title=title, heading=title, note=note, submit=_("Decide")
        )
    try:
        made = actions.decide(post, by=request.user, **form.cleaned_data)
    except Refused as error:
        return refused(request, error, back=back)
    # The card of the queue goes; the toast offers to take the decision back, unless it was somebody else's.
    undo = reverse("community:decision_undoing", args=[made.pk]) if made.by_id == request.user.pk else ""
    words = str(DECIDED[Decision.Kind(made.kind)])
    return done(request, words, back=back, undo=undo, decided=post.pk, slot=post.pk)


def _form(request: PersonRequest, form: Form, post: Post, name: str, **words: str) -> HttpResponse:
    """A form about a post: in its slot, or without scripts a page."""
    template = "community/about_post.html" if request.htmx else "community/about_post_page.html"
    address = reverse(f"community:{name}", args=[post.pk])
    context = {"form": form, "post": post, "thread": post.thread, "address": address, **words}
    return render(request, template, context, status=422 if form.errors else 200)


@by_row
@require_POST
def decision_undoing(request: PersonRequest, pk: int) -> HttpResponse:
    threads = Thread.objects.visible_to(request.user)
    made = get_object_or_404(
        Decision.objects.filter(post__thread__in=threads).select_related("post__thread__space"), pk=pk
    )
    try:
        actions.undo_decision(made, by=request.user)
    except Refused as error:
        return refused(request, error, back=_back(request, made.post))
    messages.success(request, _("The decision is taken back."))
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect(_back(request, made.post))


def _back(request: PersonRequest, post: Post) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if wanted.startswith("/") and is_ours else place_of(post)
