"""The dashboard of who facilitates spaces. What it changes is changed by the pages of community."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics.queries import facilitation
from core.access import by_row
from people.requests import PersonRequest
from people.rules import is_trainer


@by_row
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    spaces = facilitation.spaces_of(request.user)
    if not spaces and not is_trainer(request.user):
        raise PermissionDenied
    dashboard = facilitation.dashboard_of(request.user, spaces) if spaces else None
    return render(request, "analytics/facilitation.html", {"dashboard": dashboard})
