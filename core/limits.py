"""How often one person may ask for what is dear: whoever works fast never meets the limit, a program does.

The rates and their counting are allauth's (ACCOUNT_RATE_LIMITS), as for signing in and joining; the API has those of
rest framework.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from allauth.core.internal.ratelimit import consume, respond_429
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger("palabre.limits")

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class WriteLimitMiddleware:
    """Answers 429 to whoever sent more forms than the rate "write" allows."""

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
    if not request.user.is_authenticated:
        return False
    over = not consume(request, app="allauth.account", action=action, limit_get=True)
    if over:
        log.warning("limit reached", action=action)
    return over
