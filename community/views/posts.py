from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import actions, rules
from community.forms import EditForm, PostForm
from community.models import Draft, Post, Reaction, Thread
from community.queries.conversation import Conversation, instant, one_post, page_of, posts_after
from community.queries.people import named_but_not_told
from community.queries.threads import thread_for
from community.views.answering import done, refused
from core.access import signed_in
from core.errors import Refused
from core.idempotency import refuse
from core.numbers import whole
from core.prepared import prepared
from people.reader import Reader
from people.requests import PersonRequest


def visible_post(user: Any, pk: int) -> Post:
    found = _visible_post(reader=Reader.of(user), pk=pk)
    if not found:
        raise Http404
    return found[0]


def readable_post(user: Any, pk: int) -> Post:
    """The same, and what a facilitator hid, for its author and for who facilitates."""
    posts = Post.objects.readable_by(user).select_related("thread__space", "author", "parent")
    return get_object_or_404(posts.defer("search", "thread__search"), pk=pk)


@prepared
def _visible_post(reader: Reader, pk: int) -> QuerySet:
    posts = Post.objects.visible_to(reader).filter(pk=pk)
    return posts.select_related("thread__space", "author", "parent").defer("search", "thread__search")


def place_of(post: Post) -> str:
    """Where a post stands in its thread: the page's address and the post's anchor."""
    return f"{post.thread.get_absolute_url()}#post-{post.number}"


def beside(post: Post, request: PersonRequest) -> str:
    """Where a page without scripts goes after an act on a post that stood beside what its thread is about; else nothing."""
    about = post.thread.about_url if request.POST.get("narrow") == "1" else ""
    if not about:
        return ""
    thread = thread_for(request.user, post.thread_id)
    number = page_of(post, thread, request.user) if thread else 1
    return f"{about}{f'?talk_page={number}' if number > 1 else ''}#post-{post.number}"


@signed_in
@require_safe
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """The address of a post opens its thread at that post; of one that was hidden, for its author too."""
    post = readable_post(request.user, pk)
    thread = thread_for(request.user, post.thread_id)
    if thread is None:
        raise Http404
    number = page_of(post, thread, request.user)
    page = f"?page={number}" if number > 1 else ""
    return redirect(f"{thread.get_absolute_url()}{page}#post-{post.number}")


@prepared
def _visible_thread(reader: Reader, pk: int) -> QuerySet:
    threads = Thread.objects.visible_to(reader).filter(pk=pk)
    return threads.select_related("space")


def create(request: PersonRequest, thread_pk: int) -> HttpResponse:
    user = request.user
    found = _visible_thread(reader=Reader.of(user), pk=thread_pk)
    if not found:
        raise Http404
    thread = found[0]
    form = PostForm(request.POST, auto_id=f"reply_{request.POST.get('parent') or thread_pk}_%s")
    gated = thread.gate != Thread.Gate.OPEN
    if form.is_valid():
        data = form.cleaned_data
        try:
            parent = _parent(request, data["parent"])
            post = actions.write_post(
                thread, author=request.user, body=data["body"], parent=parent, moment=data["moment"],
                key=data["key"], sequence=data["sequence"],
            )  # fmt: skip
        except Refused as error:
            refuse(form, error, "body")
        else:
            return _written(request, form, post, gated)
    return _again(request, form, thread)


def _parent(request: PersonRequest, pk: int | None) -> Post | None:
    if pk is None:
        return None
    found = Post.objects.visible_to(request.user).select_related("thread", "parent").filter(pk=pk).first()
    if found is None:
        raise Refused(_("The message you reply to is no longer there."), "parent")
    return found


def _written(request: PersonRequest, form: PostForm, post: Post, gated: bool) -> HttpResponse:
    unreached = ", ".join(named_but_not_told(post))
    words = (
        _("Not told, since they are not in this space: %(names)s") % {"names": unreached} if unreached else ""
    )
    if not request.htmx:
        if words:
            messages.warning(request, words)
        return redirect(beside(post, request) or reverse("community:post", args=[post.pk]))
    if gated:
        # The gate may have opened: the whole page has changed.
        return HttpResponse(headers={"HX-Redirect": reverse("community:post", args=[post.pk])})
    parent = form.cleaned_data["parent"]
    # The composer stays for the next message, which is another one.
    pieces = {"slot": parent} if parent else {"composer": {"thread": post.thread_id, "key": uuid.uuid4()}}
    return done(request, words, back="", level="warning", talk=_what_came(request, post), **pieces)


def _what_came(request: PersonRequest, post: Post) -> Conversation | None:
    """The post with all that its page has not seen yet, where the page says how far it is: no second request."""
    thread, after = thread_for(request.user, post.thread_id), whole(request.POST.get("after"))
    if thread is None or after is None:
        return None
    talk = posts_after(thread, request.user, after=after, since=instant(request.POST.get("since", "")))
    talk.narrow, talk.mine = request.POST.get("narrow") == "1", post.number
    return talk


def _again(request: PersonRequest, form: PostForm, thread: Thread) -> HttpResponse:
    """The form with what was typed and why it was refused."""
    readable = Post.objects.visible_to(request.user).filter(thread=thread)
    parent = readable.filter(pk=whole(form["parent"].value()) or 0).first()
    context = {"form": form, "thread": thread, "parent": parent}
    if not request.htmx:
        context["narrow"] = request.POST.get("narrow") == "1"
        return render(request, "community/post_form_page.html", context, status=422)
    if "narrow" in request.POST and parent is None:
        context |= {"can_reply": True, "has_film": "has_film" in request.POST}
        return render(request, "community/conversation_composer.html", context, status=422)
    return render(request, "community/post_form.html", context, status=422)


@signed_in
@require_safe
def reply(request: PersonRequest, pk: int) -> HttpResponse:
    """A composer to answer one post, with its words quoted on demand."""
    post = visible_post(request.user, pk)
    seat = rules.seat_of(request.user, post.thread.space)
    if not rules.can_write(seat):
        raise PermissionDenied
    draft = Draft.objects.filter(user=request.user, place=f"thread:{post.thread_id}:reply:{post.pk}").first()
    body = draft.body if draft else ""
    if request.GET.get("quote") and not body:
        body = _quoted(post, request.GET.get("words", ""))
    form = PostForm(
        auto_id=f"reply_{post.pk}_%s",
        initial={"body": body, "parent": post.pk, "sequence": draft.sequence if draft else ""},
    )
    context = {"form": form, "thread": post.thread, "parent": post, "draft": draft}
    template = "community/post_form.html" if request.htmx else "community/post_form_page.html"
    return render(request, template, context)


def _quoted(post: Post, chosen: str) -> str:
    """The words that were chosen, else the whole post, and where they come from."""
    words = chosen.strip() or post.body.strip()
    cut = words[:600] + ("…" if len(words) > 600 else "")
    # The name stands apart: a fence, a list, a table or a spoiler begins its own line.
    source = f"[#{post.number}]({post.get_absolute_url()})"
    who = [f"> @{post.author.handle} : {source}" if post.author else f"> {source}", ">"]
    return "\n".join([*who, *(f"> {line}".rstrip() for line in cut.split("\n"))]) + "\n\n"


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    post = readable_post(request.user, pk)
    if not rules.can_edit(rules.seat_of(request.user, post.thread.space), post):
        raise PermissionDenied
    seen = post.revisions.count()
    start = {"body": post.body, "version": seen}
    form = EditForm(request.POST or None, auto_id=f"edit_{post.pk}_%s", initial=start)
    current = ""
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            actions.edit_post(post, by=request.user, body=data["body"], version=data["version"])
        except Refused as error:
            form.add_error("body", str(error))
            if error.code == "changed":
                current = post.body
                form.data = request.POST.dict() | {"version": str(seen)}
        else:
            return done(request, _("Your message was changed."), back=place_of(post), slot=post.pk)
    template = "community/post_edit.html" if request.htmx else "community/post_edit_page.html"
    return render(
        request,
        template,
        {"form": form, "post": post, "thread": post.thread, "current": current},
        status=422 if form.errors else 200,
    )


@signed_in
@require_safe
def history(request: PersonRequest, pk: int) -> HttpResponse:
    """What a post said before: open to whoever may read the post."""
    post = readable_post(request.user, pk)
    revisions = post.revisions.select_related("edited_by")
    return render(request, "community/post_history.html", {"post": post, "revisions": revisions})


@signed_in
@require_POST
def removal(request: PersonRequest, pk: int) -> HttpResponse:
    """`on=1` removes a post, `on=0` brings it back."""
    return _remove(request, pk, back=request.POST.get("on") == "0")


@signed_in
@require_POST
def restoration(request: PersonRequest, pk: int) -> HttpResponse:
    """The address that the toast's "undo" posts to."""
    return _remove(request, pk, back=True)


def _remove(request: PersonRequest, pk: int, *, back: bool) -> HttpResponse:
    posts = Post.objects.within_reach_of(request.user).select_related("thread__space")
    post = get_object_or_404(posts, pk=pk)
    try:
        if back:
            actions.restore_post(post, by=request.user)
        else:
            actions.delete_post(post, by=request.user)
    except Refused as error:
        return refused(request, error, back=beside(post, request) or place_of(post))
    if post.number == 1:
        target = post.thread.get_absolute_url() if back else post.thread.space.get_absolute_url()
        if not back:
            restoration = reverse("community:restoration", args=[post.pk])
            messages.success(request, _("The discussion was removed."), extra_tags=restoration)
        return HttpResponse(headers={"HX-Redirect": target}) if request.htmx else redirect(target)
    undo = "" if back else reverse("community:restoration", args=[post.pk])
    words = _("The message is back.") if back else _("The message was removed.")
    return done(request, words, back=beside(post, request) or place_of(post), undo=undo)


@signed_in
@require_POST
def reaction(request: PersonRequest, pk: int, kind: str) -> HttpResponse:
    """`on` says the state that is wanted: pressing twice on a slow line is pressing once."""
    post = visible_post(request.user, pk)
    act = actions.unreact if request.POST.get("on") == "0" else actions.react
    try:
        act(post, user=request.user, kind=kind)
    except Refused as error:
        return refused(request, error, back=beside(post, request) or place_of(post))
    if not request.htmx:
        return redirect(beside(post, request) or reverse("community:post", args=[post.pk]))
    if kind != "useful":
        return done(request, back="")
    thread = thread_for(request.user, post.thread_id)
    [card] = one_post(post.pk, thread, request.user).posts
    return render(
        request, "community/post_useful.html", {"card": card, "narrow": request.POST.get("narrow") == "1"}
    )


@signed_in
@require_safe
def menu(request: PersonRequest, pk: int) -> HttpResponse:
    """What this person can do with a post: unfolded under it, or without scripts a page of its own."""
    return _menu(request, pk, part="menu", title=_("More"))


@signed_in
@require_safe
def reactions(request: PersonRequest, pk: int) -> HttpResponse:
    """The ways to react to a post, and which of them this person has chosen."""
    icons = {"thanks": "heart", "learned": "lightbulb", "question": "circle-question-mark"}
    kinds = [(str(kind), icon, Reaction.Kind(kind).label) for kind, icon in icons.items()]
    return _menu(request, pk, part="reactions", title=_("React"), reactions=kinds)


def _menu(request: PersonRequest, pk: int, **context: Any) -> HttpResponse:
    post = readable_post(request.user, pk)
    thread = thread_for(request.user, post.thread_id)
    if thread is None:
        raise Http404
    [card] = one_post(post.pk, thread, request.user).posts
    template = "community/post_menu.html" if request.htmx else "community/post_menu_page.html"
    return render(request, template, context | {"card": card, "thread": thread})
