import codecs
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

log = structlog.get_logger("palabre.request")

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
QUIET_PATHS = ("/static/", "/livez", "/readyz", "/metrics")


class RequestIdMiddleware:
    """Gives every request a number, in its answer and on each line it logs, and logs what it cost.

    The line names the route, never the address typed: a slug or a search says who looked for what.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        number = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=number):
            response = self.get_response(request)
            if not request.path.startswith(QUIET_PATHS):
                match = request.resolver_match
                log.info(
                    "request",
                    method=request.method,
                    route=match.view_name or match.route if match else "-",
                    status=response.status_code,
                    milliseconds=round((time.perf_counter() - started) * 1000, 1),
                )
        response["X-Request-ID"] = number
        return response


class PrivatePagesMiddleware:
    """What somebody is shown by their session or token is kept by no proxy and no browser, unless the view says how
    long it may be. It asks for the cookie and not for the person: a page that says the database is away has none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = settings.SESSION_COOKIE_NAME
        personal = (
            session in request.COOKIES or session in response.cookies or "Authorization" in request.headers
        )
        if personal and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response


class BodyLimitMiddleware:
    """Refuses a body that is too large before anything reads it: films from authors, words and pictures from whoever
    is signed in, a form from everybody else. Stands behind what says who asks and before what reads forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "Transfer-Encoding" in request.headers:
            # Its end is not known before it is read, and Django would take it for empty.
            return refusal(_("Say with the request how long it is."), 411)
        given = request.META.get("CONTENT_LENGTH") or ""
        length = int(given) if given.isdigit() else 0
        if length > settings.LARGEST_ANONYMOUS_BODY and length > body_limit(request):
            return refusal(_("This is too large. Go back: what you wrote is still in its box."), 413)
        return self.get_response(request)


def body_limit(request: HttpRequest) -> int:
    """Bytes that this person may send to this address."""
    if not request.user.is_authenticated:
        return settings.LARGEST_ANONYMOUS_BODY
    return settings.LARGEST_UPLOAD if request.path.startswith("/studio/") else settings.LARGEST_BODY


def refusal(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")


class TextMiddleware:
    """What is asked or sent is text that PostgreSQL keeps: UTF-8, which has no lone surrogate, without U+0000, which
    no keyboard types."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Django would read a form as whatever text or bytes its head names, UTF-7 and "hex" included.
        if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            raise BadRequest("a body in another charset than UTF-8")
        if "\x00" in request.path:
            raise BadRequest("a null character in the address")
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        # The check against forged requests has read the form by now; a body of another kind is not read here.
        if request.method == "POST" and any(
            "\x00" in text for texts in request.POST.lists() for text in texts[1]
        ):
            raise BadRequest("a null character in the form")
