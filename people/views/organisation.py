"""Where an administrator keeps the people of their organisation: invitations, units, roles, accounts."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import role
from core.errors import Refused
from people import actions
from people.actions.privacy import DAYS_TO_THINK
from people.forms import InvitationForm, MoveForm, PeopleForm, RoleForm, UnitForm, UnitPlaceForm
from people.models import DataRequest, Invitation, Organisation, RoleGrant, Unit, User
from people.processing import PROCESSINGS
from people.queries.directory import member_row, members, request_row, request_summary, unit_tree
from people.queries.person_card import PersonCard
from people.requests import PersonRequest
from people.rules import can_keep_people, is_administrator

PER_PAGE = 50


def organisation_of(user: User) -> Organisation:
    assert user.organisation is not None  # a role is given over an organisation
    return user.organisation


@role(can_keep_people)
@require_safe
def people(request: PersonRequest) -> HttpResponse:
    organisation = organisation_of(request.user)
    words = request.GET.get("q", "").strip()[:100]
    page = Paginator(members(organisation, words=words), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "page": page,
        "rows": [member_row(one) for one in page.object_list],
        "words": words,
    }
    return render(request, "people/organisation_people.html", context)


@role(can_keep_people)
@require_safe
def member(request: PersonRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(User.objects.visible_to(request.user).select_related("profile"), pk=pk)
    return render(request, "people/organisation_member.html", member_page(shown, request))


def member_page(shown: User, request: PersonRequest, **forms) -> dict:
    organisation = shown.organisation
    assert organisation is not None
    today = timezone.now().astimezone(organisation.zone).date()
    return {
        "shown": shown,
        "card": PersonCard.of(shown),
        "today": today,
        "memberships": shown.unit_memberships.select_related("unit").order_by("-starts_on"),
        "grants": shown.role_grants.filter(revoked_at=None).select_related("unit", "granted_by"),
        "move_form": MoveForm(organisation=organisation, initial={"on": today.isoformat()}),
        "role_form": RoleForm(),
        "administers": is_administrator(request.user),
        **forms,
    }


@role(can_keep_people)
@require_POST
def move(request: PersonRequest, pk: int) -> HttpResponse:
    organisation = organisation_of(request.user)
    shown = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = MoveForm(request.POST, organisation=organisation)
    if form.is_valid():
        try:
            actions.move_to_unit(
                shown, form.cleaned_data["unit"], on=form.cleaned_data["on"], by=request.user
            )
            messages.success(request, _("The change of unit is noted."))
            return redirect("people:member", pk=pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(
        request, "people/organisation_member.html", member_page(shown, request, move_form=form), status=422
    )


@role(can_keep_people)
@require_POST
def cancel_move(request: PersonRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    try:
        actions.cancel_move(shown, by=request.user)
        messages.success(request, _("The move no longer takes place."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("people:member", pk=pk)


@role(is_administrator)
@require_POST
def grant(request: PersonRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return render(
            request,
            "people/organisation_member.html",
            member_page(shown, request, role_form=form),
            status=422,
        )
    actions.grant_role(shown, role=form.cleaned_data["role"], by=request.user)
    return redirect("people:member", pk=pk)


@role(is_administrator)
@require_POST
def revoke(request: PersonRequest, pk: int) -> HttpResponse:
    held = get_object_or_404(RoleGrant, organisation=organisation_of(request.user), pk=pk)
    try:
        actions.revoke_role(held, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("people:member", pk=held.user_id)


@role(is_administrator)
@require_POST
def account(request: PersonRequest, pk: int) -> HttpResponse:
    """Close or reopen an account."""
    shown = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    try:
        if request.POST.get("state") == "open":
            actions.reactivate(shown, by=request.user)
        else:
            actions.deactivate(shown, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("people:member", pk=pk)


@role(can_keep_people)
@require_http_methods(["GET", "POST"])
def invitations(request: PersonRequest) -> HttpResponse:
    organisation = organisation_of(request.user)
    form = InvitationForm(
        request.POST or None, organisation=organisation, initial={"kind": Invitation.Kind.LINK}
    )
    context: dict[str, Any] = {"form": form, "organisation": organisation, "secret": "", "made": None}
    if request.method == "POST" and form.is_valid():
        template = request.build_absolute_uri(reverse("people:join_link", args=["TOKEN"]))
        invitation, secret = actions.invite(
            organisation, by=request.user, address=template, **form.cleaned_data
        )
        is_code = invitation.kind == Invitation.Kind.CODE
        context |= {"made": invitation, "secret": secret if is_code else template.replace("TOKEN", secret)}
        context["form"] = InvitationForm(organisation=organisation, initial={"kind": invitation.kind})
    usable = Invitation.objects.usable().filter(organisation=organisation)
    context["usable"] = usable.select_related("unit", "created_by").order_by("-created_at")
    return render(
        request, "people/organisation_invitations.html", context, status=422 if form.errors else 200
    )


@role(can_keep_people)
@require_http_methods(["GET", "POST"])
def bring_in(request: PersonRequest) -> HttpResponse:
    """Many people at once: first what would happen, then the same list is sent again to do it."""
    organisation = organisation_of(request.user)
    form = PeopleForm(request.POST or None, request.FILES or None)
    report, done = None, request.POST.get("step") == "do"
    if request.method == "POST" and form.is_valid():
        template = request.build_absolute_uri(reverse("people:join_link", args=["TOKEN"]))
        rows, text = form.cleaned_data["rows"], form.cleaned_data["text"]
        report = actions.bring_in(organisation, rows, by=request.user, address=template, dry_run=not done)
        # What a file held is in the field now: it is not chosen a second time. A line keeps its number.
        form = PeopleForm(initial={"people": "" if done else text})
    context = {"form": form, "organisation": organisation, "report": report, "done": done}
    return render(request, "people/organisation_bring_in.html", context, status=422 if form.errors else 200)


@role(can_keep_people)
@require_POST
def revoke_invitation(request: PersonRequest, pk: int) -> HttpResponse:
    organisation = organisation_of(request.user)
    actions.revoke_invitation(get_object_or_404(Invitation, organisation=organisation, pk=pk))
    messages.success(request, _("The invitation can no longer be used."))
    return redirect("people:invitations")


@role(is_administrator)
@require_http_methods(["GET", "POST"])
def units(request: PersonRequest) -> HttpResponse:
    organisation = organisation_of(request.user)
    form = UnitForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_unit(organisation, **form.cleaned_data)
            return redirect("people:units")
        except Refused as refusal:
            form.add_error("name", str(refusal))
    context = {"organisation": organisation, "form": form, "tree": unit_tree(organisation)}
    return render(request, "people/organisation_units.html", context, status=422 if form.is_bound else 200)


@role(is_administrator)
@require_POST
def rename_unit(request: PersonRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit, organisation=organisation_of(request.user), pk=pk)
    try:
        actions.rename_unit(unit, name=request.POST.get("name", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("people:units")


@role(is_administrator)
@require_http_methods(["GET", "POST"])
def move_unit(request: PersonRequest, pk: int) -> HttpResponse:
    """Where a unit stands in the tree: a page of its own, for the choice is as long as the tree."""
    unit = get_object_or_404(Unit, organisation=organisation_of(request.user), pk=pk)
    form = UnitPlaceForm(request.POST or None, unit=unit, initial={"parent": unit.parent_id})
    if request.method == "POST" and form.is_valid():
        try:
            actions.move_unit(unit, parent=form.cleaned_data["parent"])
            return redirect("people:units")
        except Refused as refusal:
            form.add_error("parent", str(refusal))
    context = {"form": form, "unit": unit}
    return render(request, "people/organisation_unit.html", context, status=422 if form.errors else 200)


@role(is_administrator)
@require_POST
def remove_unit(request: PersonRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit, organisation=organisation_of(request.user), pk=pk)
    try:
        actions.remove_unit(unit)
        messages.success(request, _("“%(unit)s” is removed.") % {"unit": unit.name})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("people:units")


@role(is_administrator)
@require_safe
def data_requests(request: PersonRequest) -> HttpResponse:
    """What people asked about their data, with how long it took: for who answers for data protection."""
    organisation = organisation_of(request.user)
    asked = DataRequest.objects.filter(user__organisation=organisation).select_related("user")
    page = Paginator(asked.order_by("-requested_at"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "page": page,
        "rows": [request_row(one) for one in page.object_list],
        "days": DAYS_TO_THINK,
    }
    return render(request, "people/organisation_requests.html", context)


@role(can_keep_people)
@require_safe
def data_protection(request: PersonRequest) -> HttpResponse:
    """For the data protection officer: the register of processing, and how requests are answered."""
    organisation = organisation_of(request.user)
    context = {
        "organisation": organisation,
        "administers": is_administrator(request.user),
        "requests": request_summary(organisation),
        "days": DAYS_TO_THINK,
        "register": PROCESSINGS,
    }
    return render(request, "people/organisation_data_protection.html", context)


@role(is_administrator)
@require_POST
def ask_erasure(request: PersonRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    try:
        actions.ask_erasure_for(shown, by=request.user)
        messages.success(request, _("The erasure is asked for; it can be withdrawn until it is done."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("people:member", pk=pk)
