from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from rest_framework.authtoken.models import Token

from core.access import signed_in
from people import actions
from people.requests import PersonRequest


@signed_in
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    return render(request, "people/programs.html", {"held": Token.objects.filter(user=request.user).first()})


@signed_in
@require_POST
@reauthentication_required
@never_cache
def make(request: PersonRequest) -> HttpResponse:
    """The only page that ever shows the key: hence no redirect to one that could be opened again."""
    key = actions.make_key(request.user)
    context = {"held": Token.objects.get(user=request.user), "key": key}
    return render(request, "people/programs.html", context)


@signed_in
@require_POST
def remove(request: PersonRequest) -> HttpResponse:
    actions.remove_key(request.user)
    messages.success(request, _("The key opens nothing any more."))
    return redirect("people:programs")
