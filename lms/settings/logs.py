"""What is written down and reported of requests and errors, and what is left out."""

import os
from typing import Any

from core.logs import log_settings
from lms.settings.environment import Unsafe
from lms.settings.house import PRODUCTION


def report_errors() -> None:
    """Sends errors to Sentry when SENTRY_DSN is set: where and what broke, never who was there or what they wrote."""
    dsn = os.environ.get("SENTRY_DSN")
    if not dsn:
        return
    try:
        import sentry_sdk
    except ImportError:
        raise Unsafe("SENTRY_DSN is set but the package sentry-sdk is not installed.") from None
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=anonymous,
        traces_sample_rate=0,
        release=os.environ.get("RELEASE") or None,
    )


def anonymous(event: Any, hint: dict[str, Any]) -> Any:
    """An address names people and searches; the route and the request's number are enough to find the cause."""
    event.pop("user", None)
    event.pop("breadcrumbs", None)
    given = event.pop("request", None)
    if given:
        event["request"] = {"method": given.get("method")}
    return event


LOGGING = log_settings(production=PRODUCTION)
# Empty: there is no /metrics.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
if PRODUCTION:
    report_errors()
