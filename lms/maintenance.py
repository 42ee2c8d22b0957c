"""Closing the house for a while: every page asks to come back, the people who run it still enter.

`manage.py maintenance on` leaves a mark in the cache that each process looks at every two seconds. MAINTENANCE=1 in
the environment does the same where the cache itself is being worked on.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from lms.views.failures import away

KEY = "maintenance"
LOOK_EVERY = 2.0  # seconds
SHORTEST = 60  # seconds: whoever is told to come back sooner would only ask again
# Probes must see that the process lives, and whoever runs the house must be able to sign in.
OPEN = ("/livez", "/readyz", "/metrics", "/accounts/", "/appearance/", "/manifest.webmanifest", "/worker.js")


def close_for(minutes: int) -> datetime:
    """Stays closed until `reopen`, even past the time that people were told."""
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    cache.set(KEY, until.timestamp(), timeout=None)
    return until


def reopen() -> bool:
    """Returns whether it was closed."""
    return cache.delete(KEY)


def closed_until() -> float | None:
    """The moment that people are told, in seconds since 1970; None when the house is open."""
    if settings.MAINTENANCE:
        return 0.0
    return cache.get(KEY)


class MaintenanceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.until: float | None = None
        self.look_at = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = time.monotonic()
        if now >= self.look_at:
            self.until, self.look_at = closed_until(), now + LOOK_EVERY
        if self.until is None or request.path.startswith(OPEN) or request.user.is_staff:  # type: ignore[union-attr]
            return self.get_response(request)
        seconds = max(SHORTEST, round(self.until - time.time()))
        if request.path.startswith("/api/"):
            detail = _("Palabre is being looked after. Try again later.")
            return JsonResponse({"detail": detail}, status=503, headers={"Retry-After": str(seconds)})
        return away(seconds=seconds)
