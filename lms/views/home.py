from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.access import public


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The day's page of whoever is signed in; for everyone else, what Palabre is."""
    if not request.user.is_authenticated:
        return render(request, "lms/landing.html")
    return render(request, "lms/home.html")
