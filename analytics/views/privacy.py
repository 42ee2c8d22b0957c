"""What is measured about me, and who sees it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics.queries import my_measures
from core.access import signed_in
from people.requests import PersonRequest
from people.rules import is_learner


@signed_in
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    context = {
        "weeks": my_measures.weeks_of(request.user),
        "courses": my_measures.progress_of(request.user),
        "columns": my_measures.WEEKLY,
        "measured": my_measures.MEASURED,
        "never": my_measures.NEVER,
        "is_learner": is_learner(request.user),
        "organisation": request.user.organisation,
    }
    return render(request, "analytics/privacy.html", context)
