"""What is measured about me, and who sees it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics import mine
from core.access import signed_in
from people.requests import PersonRequest
from people.rules import is_learner


@signed_in
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    context = {
        "weeks": mine.weeks_of(request.user),
        "courses": mine.progress_of(request.user),
        "measured": mine.MEASURED,
        "never": mine.NEVER,
        "is_learner": is_learner(request.user),
        "organisation": request.user.organisation,
    }
    return render(request, "analytics/privacy.html", context)
