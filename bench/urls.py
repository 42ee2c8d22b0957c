from django.http import HttpRequest, HttpResponse
from django.urls import path

from lms.urls import *  # noqa: F403
from lms.urls import urlpatterns as ours


def empty(request: HttpRequest) -> HttpResponse:
    """Through the same middleware, session and user as every page, and nothing else."""
    return HttpResponse(f"<!doctype html><title>{request.user.pk}</title>")


urlpatterns = [path("bench/empty/", empty, name="empty"), *ours]
