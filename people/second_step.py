"""Two-step sign-in as a duty of the roles that settings.SECOND_STEP_FOR names."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission

from people.models import User

# What it takes to set one up, to confirm an address first, to leave, and to read the page in one's language.
ON_THE_WAY = ("mfa_", "account_", "appearance", "manifest", "worker", "offline", "livez", "readyz", "metrics")
API = "/api/v1/"  # Programs are answered by the permission below, which also knows who a key is for.


def misses_second_step(user: User | AnonymousUser) -> bool:
    if not settings.SECOND_STEP_FOR or not isinstance(user, User):
        return False
    roles = user.roles | ({"administrator"} if user.is_staff else set())
    return bool(roles & set(settings.SECOND_STEP_FOR)) and not is_mfa_enabled(user)


class SecondStepMiddleware:
    """Leads whoever must sign in by two steps, and does not, to the page where they set the second one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if request.path.startswith(API):
            return None
        request.misses_second_step = misses_second_step(request.user)  # type: ignore[attr-defined]  # the page says why
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not request.misses_second_step or name.startswith(ON_THE_WAY):  # type: ignore[attr-defined]
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": reverse("mfa_index")})
        return redirect("mfa_index")


class HasSecondStep(BasePermission):
    message = _("Your role asks for two-step sign-in: set it up on Palabre, in your settings.")

    def has_permission(self, request: Any, view: Any) -> bool:
        return not misses_second_step(request.user)
