from typing import Any

from django.http import HttpRequest


def csp_nonce(request: HttpRequest) -> dict[str, Any]:
    """django-csp says CSP_NONCE; django-htmx's tags and Django 6 say csp_nonce."""
    return {"csp_nonce": getattr(request, "csp_nonce", "")}
