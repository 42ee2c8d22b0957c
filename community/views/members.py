from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community import actions, rules
from community.models import JoinRequest, Space
from community.queries.spaces import member_rows, members_of, open_join_requests
from community.views.answering import again, done, refused
from community.views.spaces import fetch, frame_of
from core.access import by_row, signed_in
from core.confirming import question_before
from core.errors import Refused
from people.models import User
from people.requests import PersonRequest

PER_PAGE = 60


@signed_in
@require_http_methods(["GET", "POST"])
def index(request: PersonRequest, slug: str) -> HttpResponse:
    """GET lists the members; POST brings one in, by their `handle` (facilitators)."""
    space = fetch(request.user, slug)
    if not space.is_readable:
        raise Http404
    if request.method == "POST":
        return _add(request, space)
    words = request.GET.get("q", "").strip()[:80]
    frame = frame_of(space, request.user, "members")
    page = Paginator(members_of(space, words=words), PER_PAGE).get_page(request.GET.get("page"))
    context = frame | {
        "page": page,
        "members": member_rows(page.object_list),
        "words": words,
        "requests": open_join_requests(space) if frame["can_change"] else [],
    }
    return render(request, "community/space_members.html", context)


def _add(request: PersonRequest, space: Space) -> HttpResponse:
    if not rules.can_change_space(rules.seat_of(request.user, space)):
        raise PermissionDenied
    back = f"{space.get_absolute_url()}members/"
    handle = request.POST.get("handle", "").strip().lstrip("@").lower()
    person = User.objects.visible_to(request.user).filter(handle=handle).first()
    try:
        if person is None:
            raise Refused(_("Nobody here has this identifier."))
        actions.add_member(space, user=person, by=request.user)
    except Refused as error:
        return refused(request, error, back=back)
    return done(request, _("%(name)s is now a member.") % {"name": person}, back=back)


@signed_in
@require_POST
def membership(request: PersonRequest, slug: str) -> HttpResponse:
    """One's own seat: `do` is join, ask, withdraw, accept (the charter), leave or notify."""
    space = fetch(request.user, slug)
    act = request.POST.get("do")
    words, edition = "", request.POST.get("charter_edition", "")
    try:
        if act == "join":
            actions.join_space(
                space,
                user=request.user,
                charter_accepted=request.POST.get("charter") == "on",
                edition=edition,
            )
            words = _("Welcome to %(space)s.") % {"space": space}
        elif act == "ask":
            actions.ask_to_join(space, user=request.user, message=request.POST.get("message", ""))
            words = _("The facilitators will answer you.")
        elif act == "withdraw":
            actions.withdraw_join_request(space, user=request.user)
            words = _("Your request is withdrawn.")
        elif act == "accept":
            actions.accept_charter(space, user=request.user, edition=edition)
            words = _("Thank you. You can write here now.")
        elif act == "leave":
            return _leave(request, space)
        elif act == "notify":
            actions.set_notify(space, user=request.user, notify=request.POST.get("notify", ""))
            words = _("Noted.")
        else:
            raise Refused(_("This page is out of date: reload it, then choose again."))
    except Refused as error:
        return refused(request, error, back=space.get_absolute_url())
    return done(request, words, back=space.get_absolute_url())


def _leave(request: PersonRequest, space: Space) -> HttpResponse:
    """Asked first where one cannot come back by oneself; elsewhere the toast takes it back."""
    can_return = space.visibility == Space.Visibility.OPEN
    if not can_return:
        question = question_before(
            request,
            title=_("Leave %(space)s?") % {"space": space},
            words=_("To come back you will have to be let in again. What you wrote here stays."),
            yes=_("Leave the space"),
            back=space.get_absolute_url(),
        )
        if question is not None:
            return question
    departure = actions.leave_space(space, user=request.user)
    undo = reverse("community:departure_undoing", args=[departure.pk]) if departure and can_return else ""
    words = _("You have left %(space)s.") if departure else _("You are no longer a member of %(space)s.")
    return done(request, words % {"space": space}, back=reverse("community:spaces"), undo=undo)


@by_row
@require_POST
def join_request(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Answer somebody who asks to come in: `admitted` is 1 or 0."""
    space = fetch(request.user, slug)
    found = get_object_or_404(JoinRequest.objects.select_related("space", "user"), pk=pk, space=space)
    try:
        actions.answer_join_request(found, by=request.user, admitted=request.POST.get("admitted") == "1")
    except Refused as error:
        return refused(request, error, back=f"{space.get_absolute_url()}members/")
    return redirect("community:space_members", slug=slug)


@by_row
@require_POST
def facilitator(request: PersonRequest, slug: str) -> HttpResponse:
    """`handle` becomes a facilitator (`on=1`) or a plain member again (`on=0`); the toast takes it back."""
    space = fetch(request.user, slug)
    if not rules.can_change_space(rules.seat_in(space, request.user)):
        raise PermissionDenied
    # The address that takes it back names both: a toast sends no field.
    asked = {**request.GET.dict(), **request.POST.dict()}
    person = get_object_or_404(User.objects.visible_to(request.user), handle=asked.get("handle", ""))
    named, back = asked.get("on") == "1", reverse("community:space_members", args=[slug])
    change = actions.add_facilitator if named else actions.remove_facilitator
    try:
        change(space, user=person, by=request.user)
    except Refused as error:
        return refused(request, error, back=back)
    words = _("%(name)s facilitates this space now.") if named else _("%(name)s is a plain member now.")
    undo = f"{request.path}?{urlencode({'handle': person.handle, 'on': 0 if named else 1})}"
    may_undo = rules.can_change_space(rules.seat_of(request.user, space))
    return again(request, words % {"name": person}, back=back, undo=undo if may_undo else "")
