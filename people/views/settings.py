from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import signed_in
from core.errors import Refused
from people import actions
from people.forms import ProfileForm, SettingsForm, SkillForm
from people.models import Profile, UserSkill
from people.queries.person_card import PersonCard
from people.requests import PersonRequest
from people.rules import is_trainer


@signed_in
@require_http_methods(["GET", "POST"])
def settings(request: PersonRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        actions.change_settings(request.user, **form.cleaned_data)
        with translation.override(request.user.language):
            messages.success(request, _("Your settings are saved."))
        return redirect("people:settings")
    return render(request, "people/settings.html", {"form": form}, status=422 if form.is_bound else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: PersonRequest) -> HttpResponse:
    mine, _made = Profile.objects.get_or_create(user=request.user)
    form = ProfileForm(
        request.POST or None, request.FILES or None, instance=mine, initial={"name": request.user.name}
    )
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        actions.change_profile(
            request.user,
            name=cleaned["name"],
            job_title=cleaned["job_title"],
            bio=cleaned["bio"],
            picture=False if cleaned["remove_picture"] else cleaned["picture"],
        )
        messages.success(request, _("Your profile is saved."))
        return redirect("people:profile")
    context = {
        "form": form,
        "card": card_with(mine),
        "skill_form": SkillForm(),
        "skills": held_skills(request.user),
    }
    return render(request, "people/profile.html", context, status=422 if form.is_bound else 200)


def card_with(profile: Profile) -> PersonCard:
    person = profile.user
    return PersonCard(person.pk, person.name, person.handle, picture=profile.picture.name)


def held_skills(user):
    return user.skills.select_related("skill").order_by("skill__name")


@signed_in
@require_POST
def declare_skill(request: PersonRequest) -> HttpResponse:
    form = SkillForm(request.POST)
    if form.is_valid():
        actions.declare_skill(request.user, name=form.cleaned_data["name"])
        return redirect("people:profile")
    mine, _made = Profile.objects.get_or_create(user=request.user)
    context = {
        "form": ProfileForm(instance=mine, initial={"name": request.user.name}),
        "card": card_with(mine),
        "skill_form": form,
        "skills": held_skills(request.user),
    }
    return render(request, "people/profile.html", context, status=422)


@signed_in
@require_POST
def drop_skill(request: PersonRequest, pk: int) -> HttpResponse:
    actions.drop_skill(get_object_or_404(UserSkill, pk=pk, user=request.user))
    return redirect("people:profile")


@signed_in
@require_POST
def validate_skill(request: PersonRequest, pk: int) -> HttpResponse:
    held = get_object_or_404(UserSkill, pk=pk, user__organisation_id=request.user.organisation_id)
    if not is_trainer(request.user):
        raise PermissionDenied
    try:
        actions.validate_skill(held, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(held.user)
