"""How often one person may ask for what is dear: whoever works fast never meets the limit, a program does.

Signing in and joining have allauth's limits, the API that of rest framework; this is for the pages.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger("palabre.limits")

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class WriteLimitMiddleware:
    """Answers 429 to whoever sent more than `settings.REQUESTS_A_MINUTE` forms within a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READING and is_over_the_limit(request, "write"):
            return respond_429(request)
        return self.get_response(request)


def limited(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page that searches as one types: each of them counts, all together, like the forms do."""

    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (
            respond_429(request) if is_over_the_limit(request, "search") else view(request, *args, **kwargs)
        )

    return within


def is_over_the_limit(request: HttpRequest, action: str) -> bool:
    """Counts this request. Without the cache nobody is counted, hence nobody stopped."""
    most = settings.REQUESTS_A_MINUTE
    if not most or not request.user.is_authenticated:
        return False
    key = f"limit:{action}:{request.user.pk}:{int(time.time() // 60)}"
    cache.add(key, 0, timeout=120)
    try:
        count = cache.incr(key)
    except ValueError:
        return False
    if count == most + 1:
        log.warning("limit reached", action=action)
    return count > most
