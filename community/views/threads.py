from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import actions, rules
from community.forms import EndForm, PostForm
from community.models import Choice, Thread
from community.queries.conversation import (
    choices_of,
    conversation_page,
    first_unread,
    has_news_elsewhere,
    instant,
    page_of,
    participants_of,
    posts_after,
)
from community.queries.threads import related_threads, thread_for, threads_like
from community.views.answering import asked_state, done, refused, switched
from community.views.posts import create as create_post
from community.views.spaces import mention_options
from core.access import by_row, signed_in
from core.errors import Refused
from core.limits import limited
from core.live import listen
from core.numbers import whole
from people.models import User
from people.queries.person_card import PersonCard
from people.requests import PersonRequest

# As long as a visit lasts, coming back to what one has read is no news to anybody (`actions.mark_read`).
VISIT = timedelta(minutes=30)


def fetch(user: Any, pk: int) -> Any:
    thread = thread_for(user, pk)
    if thread is None:
        raise Http404
    return thread


@signed_in
@require_safe
def show(request: PersonRequest, pk: int) -> HttpResponse:
    thread = fetch(request.user, pk)
    sort = "useful" if request.GET.get("sort") == "useful" else "order"
    talk = conversation_page(thread, request.user, page=request.GET.get("page", 1), sort=sort)
    news_elsewhere = has_news_elsewhere(talk)
    note_visit(request, talk)
    listen(request, f"thread:{thread.pk}")
    # In the side bar, a thread is in its space, or in the course that the space belongs to.
    request.place = thread.space.about_url or thread.space.get_absolute_url()
    context = {
        "talk": talk,
        "thread": thread,
        "author": PersonCard.of(thread.author) if thread.author else None,
        "space": thread.space,
        "form": PostForm(initial=draft_of(thread)),
        "choices": choices_of(thread, talk.seat),
        "end_form": EndForm(initial={"ends_at": thread.ends_at})
        if rules.can_change_end(talk.seat, thread)
        else None,
        "participants": participants_of(thread, talk),
        "related": related_threads(thread, request.user),
        "watch_state": watch_state(thread),
        "news_elsewhere": news_elsewhere,
    }
    return render(request, "community/thread.html", context)


@signed_in
@require_safe
def unread(request: PersonRequest, pk: int) -> HttpResponse:
    """To the first post that is new to the reader, on whichever page it stands; without one, to the thread."""
    thread = fetch(request.user, pk)
    post = first_unread(thread, request.user)
    if post is None:
        return redirect(thread)
    page = page_of(post, thread, request.user)
    asked = f"?page={page}" if page > 1 else ""
    return redirect(f"{thread.get_absolute_url()}{asked}#news")


def note_visit(request: PersonRequest, talk: Any) -> None:
    """The reader was here. A page fetched ahead of a click was read by nobody."""
    if "prefetch" in request.headers.get("Sec-Purpose", "") or request.headers.get("HX-Preloaded"):
        return
    read_at = talk.thread.read_at
    if read_at and talk.thread.read_to >= talk.last_shown and timezone.now() - read_at < VISIT:
        return
    actions.mark_read(talk.thread, user=request.user, number=talk.last_shown, role=talk.seat.acting_role)


def draft_of(thread: Any) -> dict[str, Any]:
    draft = thread.my_draft or {}
    return {"body": draft.get("body", ""), "sequence": draft.get("sequence", "")}


def watch_state(thread: Any) -> str:
    watch = thread.my_watch
    if watch is None:
        return "none"
    return "muted" if watch["muted"] else "watching"


@signed_in
@require_http_methods(["GET", "POST"])
def posts(request: PersonRequest, pk: int) -> HttpResponse:
    """POST writes a reply; GET draws what an open page has not seen yet, read by `after` and `since`."""
    if request.method == "POST":
        return create_post(request, pk)
    thread = fetch(request.user, pk)
    talk = posts_after(
        thread,
        request.user,
        after=whole(request.GET.get("after")) or 0,
        since=instant(request.GET.get("since", "")),
    )
    talk.narrow = request.GET.get("narrow") == "1"
    # A page that is not the last one only says that there is more: its reader has not read it.
    if not request.GET.get("more"):
        note_visit(request, talk)
    return render(request, "community/thread_news.html", {"talk": talk, "thread": thread})


@signed_in
@require_safe
@limited
def people(request: PersonRequest, pk: int) -> HttpResponse:
    """Completion of a mention: people who can read this thread, nobody else."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user).select_related("space"), pk=pk)
    return mention_options(request, thread.space)


@signed_in
@require_safe
@limited
def similar(request: PersonRequest) -> HttpResponse:
    """Discussions whose title resembles the one that is being typed: `title`."""
    found = threads_like(request.GET.get("title", "")[:200], request.user)
    return render(request, "community/thread_similar.html", {"similar": found})


@signed_in
@require_POST
def vote(request: PersonRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=pk)
    chosen, back = whole(request.POST.get("choice")), f"{thread.get_absolute_url()}#choices"
    if chosen is None:
        return refused(request, Refused(_("Choose one of the answers.")), back=back)
    choice = get_object_or_404(Choice.objects.select_related("thread__space"), pk=chosen, thread=thread)
    try:
        actions.vote(choice, user=request.user)
    except Refused as error:
        return refused(request, error, back=back)
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": thread.get_absolute_url()})
    return redirect(back)


@signed_in
@require_POST
def resolution(request: PersonRequest, pk: int) -> HttpResponse:
    """`post` is the reply to keep as the answer; empty lets the kept one go."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user).select_related("space"), pk=pk)
    wanted = whole(request.POST.get("post"))
    try:
        if wanted is not None:
            actions.accept_answer(get_object_or_404(thread.posts, pk=wanted), by=request.user)
            words = _("Answer accepted. Its author will be told.")
        else:
            actions.unaccept_answer(thread, by=request.user)
            words = _("The discussion is open again.")
    except Refused as error:
        return refused(request, error, back=thread.get_absolute_url())
    return done(request, words, back=thread.get_absolute_url())


@signed_in
@require_POST
def watch(request: PersonRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user).select_related("space"), pk=pk)
    state = request.POST.get("state")
    if state == "watching":
        actions.watch(thread, user=request.user)
    elif state == "muted":
        actions.mute(thread, user=request.user)
    else:
        state = "none"
        actions.unwatch(thread, user=request.user)
    if request.htmx:
        drawn = "conversation_watch" if request.POST.get("small") else "thread_watch"
        return render(request, f"community/{drawn}.html", {"thread": thread, "watch_state": state})
    return redirect(thread)


@by_row
@require_POST
def pin(request: PersonRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user).select_related("space"), pk=pk)
    pinned = asked_state(request)
    actions.pin_thread(thread, by=request.user, pinned=pinned)
    words, words_off = (
        _("The discussion stands first in its space."),
        _("The discussion is no longer pinned."),
    )
    return switched(request, pinned, words, words_off, back=thread.get_absolute_url())


@by_row
@require_POST
def lock(request: PersonRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user).select_related("space"), pk=pk)
    locked = asked_state(request)
    actions.lock_thread(thread, by=request.user, locked=locked)
    words = _("The discussion is closed: nothing more is written in it.")
    words_off = _("The discussion is open again.")
    return switched(request, locked, words, words_off, back=thread.get_absolute_url())


@by_row
@require_POST
def owner(request: PersonRequest, pk: int) -> HttpResponse:
    """Say who looks after a question: `handle`, or nobody; the address of an undo says who `was` asked."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user).select_related("space"), pk=pk)
    handle = request.POST.get("handle", "").lstrip("@")
    found = User.objects.visible_to(request.user).filter(handle=handle).first() if handle else None
    was_free = thread.owner_id is None
    was = request.GET.get("was")
    standing = User.objects.visible_to(request.user).filter(pk=thread.owner_id)
    if was and thread.owner_id and not standing.filter(handle=was).exists():
        words = _("Somebody else looks after this question meanwhile.")
        return refused(request, Refused(words), back=thread.get_absolute_url())
    try:
        if handle and found is None:
            raise Refused(_("Nobody here has this identifier."))
        actions.own_question(thread, owner=found, by=request.user)
    except Refused as error:
        return refused(request, error, back=thread.get_absolute_url())
    words = (
        _("%(name)s looks after this question.") % {"name": found}
        if found
        else _("Nobody looks after it now.")
    )
    # Asked again without a name, the same address frees the question.
    undo = f"{request.path}?was={found.handle}" if found and was_free else ""
    return done(request, words, back=thread.get_absolute_url(), undo=undo)


@by_row
@require_POST
def end(request: PersonRequest, pk: int) -> HttpResponse:
    """Say until when a challenge runs: `ends_at`, or without end."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user).select_related("space"), pk=pk)
    back = thread.get_absolute_url()
    if not rules.can_change_end(rules.seat_of(request.user, thread.space), thread):
        raise PermissionDenied
    form = EndForm(request.POST)
    if not form.is_valid():
        return refused(request, Refused(str(form.errors["ends_at"][0])), back=back)
    try:
        actions.change_end(thread, by=request.user, ends_at=form.cleaned_data["ends_at"])
    except Refused as error:
        return refused(request, error, back=back)
    return done(request, _("The end of the challenge has changed."), back=back)
