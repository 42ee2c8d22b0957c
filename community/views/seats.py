"""What a facilitator decides about one member of a space, and where that member reads it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community import actions, rules
from community.forms import MuteForm, RemovalForm
from community.models import Departure, Membership, Mute, Space
from community.queries.spaces import mute_of
from community.views.answering import again, done, refused
from community.views.spaces import fetch, frame_of
from core.access import by_row, signed_in
from core.errors import Refused
from people.models import User
from people.queries.person_card import PersonCard
from people.requests import PersonRequest


def _member(request: PersonRequest, space: Space, handle: str) -> User:
    if not rules.can_change_space(rules.seat_of(request.user, space)):
        raise PermissionDenied
    people = User.objects.select_related("profile", "standing")
    was_here = Q(pk__in=space.memberships.values("user")) | Q(pk__in=space.departures.values("user"))
    return get_object_or_404(people.filter(was_here), handle=handle)


def _page(
    request: PersonRequest,
    space: Space,
    person: User,
    *,
    removal: RemovalForm | None = None,
    mute: MuteForm | None = None,
) -> HttpResponse:
    theirs = rules.seat_of(person, space)
    if not theirs.is_member:
        gone = Refused(_("This person is no longer a member."), "gone")
        return refused(request, gone, back=reverse("community:space_members", args=[space.slug]))
    frame = frame_of(space, request.user, "members")
    context = frame | {
        "member": PersonCard.of(person),
        "is_facilitator": theirs.is_facilitator,
        "can_remove": rules.can_remove(frame["seat"], theirs) and not theirs.is_facilitator,
        "can_mute": rules.can_mute(frame["seat"], theirs) and not theirs.is_facilitator,
        "standing_mute": mute_of(space, person),
        "removal": removal or RemovalForm(auto_id="removal_%s"),
        "muting": mute or MuteForm(auto_id="mute_%s"),
    }
    status = 422 if removal or mute else 200
    return render(request, "community/space_member.html", context, status=status)


@by_row
@require_safe
def show(request: PersonRequest, slug: str, handle: str) -> HttpResponse:
    """One member, as whoever facilitates the space sees them: their role, a silence, taking them out."""
    space = fetch(request.user, slug)
    return _page(request, space, _member(request, space, handle))


@by_row
@require_POST
def removal(request: PersonRequest, slug: str, handle: str) -> HttpResponse:
    """Take a member out, with a `reason` that they read; the toast takes it back."""
    space = fetch(request.user, slug)
    person = _member(request, space, handle)
    form = RemovalForm(request.POST, auto_id="removal_%s")
    if form.is_valid():
        try:
            departure = actions.remove_member(space, user=person, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            words = _("%(name)s is no longer a member, and reads why.") % {"name": person}
            undo = reverse("community:departure_undoing", args=[departure.pk]) if departure else ""
            back = reverse("community:space_members", args=[slug])
            return done(request, words, back=back, undo=undo)
    return _page(request, space, person, removal=form)


@by_row
@require_POST
def mute(request: PersonRequest, slug: str, handle: str) -> HttpResponse:
    """Ask a member to be silent for some `days`, with a `reason` that they read; the toast takes it back."""
    space = fetch(request.user, slug)
    person = _member(request, space, handle)
    form = MuteForm(request.POST, auto_id="mute_%s")
    if form.is_valid():
        try:
            made = actions.mute_member(space, user=person, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            words = _("%(name)s is asked to be silent here, and reads why.") % {"name": person}
            undo = reverse("community:mute_undoing", args=[made.pk])
            back = reverse("community:space_member", args=[slug, handle])
            return done(request, words, back=back, undo=undo)
    return _page(request, space, person, mute=form)


@by_row
@require_POST
def mute_undoing(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a silence back, as the toast offers: the one that it replaced stands again."""
    made, back = _mute(request, pk)
    try:
        actions.undo_mute(made, by=request.user)
    except Refused as error:
        return refused(request, error, back=back)
    return again(request, _("The silence is taken back."), back=back)


@by_row
@require_POST
def lift_mute(request: PersonRequest, pk: int) -> HttpResponse:
    """Let a member write again before the time is over; with `?on=0` take that back."""
    made, back = _mute(request, pk)
    is_back = request.GET.get("on") == "0"
    try:
        (actions.mute_again if is_back else actions.unmute_member)(made, by=request.user)
    except Refused as error:
        return refused(request, error, back=back)
    if is_back:
        return again(request, _("The silence stands again."), back=back)
    words = _("%(name)s may write here again.") % {"name": made.user}
    return again(request, words, back=back, undo=f"{request.path}?on=0")


def _mute(request: PersonRequest, pk: int) -> tuple[Mute, str]:
    """A silence, and the page of its member, or of the members where they are out meanwhile."""
    spaces = Space.objects.visible_to(request.user)
    made = get_object_or_404(Mute.objects.filter(space__in=spaces).select_related("space", "user"), pk=pk)
    if made.space.memberships.filter(user=made.user).exists():
        return made, reverse("community:space_member", args=[made.space.slug, made.user.handle])
    return made, reverse("community:space_members", args=[made.space.slug])


@by_row
@require_POST
def return_to_space(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a departure back: one's own from an open space, or somebody's whom one took out."""
    spaces = Space.objects.visible_to(request.user)
    found = Departure.objects.filter(space__in=spaces).select_related("space", "user")
    departure = get_object_or_404(found, pk=pk)
    back = departure.space.get_absolute_url()
    try:
        actions.return_to_space(departure, by=request.user)
    except Refused as error:
        return refused(request, error, back=back)
    if departure.user_id == request.user.pk:
        return again(request, _("You are a member again."), back=back)
    words = _("%(name)s is a member again.") % {"name": departure.user}
    return again(request, words, back=reverse("community:space_members", args=[departure.space.slug]))


@signed_in
@require_safe
def departure(request: PersonRequest, slug: str) -> HttpResponse:
    """Whoever was taken out of a space reads why, also where the space hides from them now."""
    found = Departure.objects.removals_of(request.user).filter(space__slug=slug).select_related("space", "by")
    gone = found.first()
    if gone is None:
        if Membership.objects.filter(space__slug=slug, user=request.user).exists():
            return redirect("community:space", slug)
        raise Http404
    is_visible = Space.objects.visible_to(request.user).filter(pk=gone.space_id).exists()
    context = {"departure": gone, "by": PersonCard.of(gone.by) if gone.by else None, "is_visible": is_visible}
    return render(request, "community/departure.html", context)
