"""The pages of things that went wrong: each says what happened and where to go."""

import errno
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import public


def _page(request: HttpRequest, status: int, icon: str, title: str, text: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": f"{title}. {text}"}, status=status)
    return render(request, "lms/failure.html", {"icon": icon, "title": title, "text": text}, status=status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = _("You know this place, but this needs a right you do not have. Ask the person who runs it.")
    return _page(request, 403, "lock", _("This is not yours to open"), text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = _("The address may be mistyped, or this was removed, or it is not open to you.")
    return _page(request, 404, "map-pin-off", _("There is nothing at this address"), text)


def not_for_reading(request: HttpRequest) -> HttpResponse:
    text = _("This address takes what a button sends. Go back to where the button is and press it again.")
    return _page(request, 405, "undo-2", _("There is nothing to read here"), text)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = _("Go back, reload the page and try again. What you wrote is kept on this device.")
    return _page(request, 400, "circle-alert", _("The request could not be read"), text)


def too_many(request: HttpRequest) -> HttpResponse:
    text = _("Wait a minute, then try again. What you wrote is kept on this device.")
    return _page(request, 429, "hourglass", _("That is a lot at once"), text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _(
        "The page was open for too long. Reload it and send again: what you wrote is kept on this device."
    )
    return _page(request, 403, "rotate-ccw", _("This page has expired"), text)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without context processors: whatever broke must not break this page too.

    A database that is away, full or busy and a disk without room are no fault of the code: the page says so, and
    when to come back.
    """
    error = sys.exc_info()[1]
    no_room = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    if no_room or isinstance(error, OperationalError | InterfaceError):
        return away(seconds=5)
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": _("Something broke on our side")}, status=500)
    return HttpResponse(render_to_string("500.html"), status=500)


@public
@require_safe
def maintenance(request: HttpRequest) -> HttpResponse:
    return away(seconds=120)


def away(*, seconds: int) -> HttpResponse:
    page = render_to_string("maintenance.html")
    return HttpResponse(page, status=503, headers={"Retry-After": str(seconds)})
