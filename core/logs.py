"""One line of JSON per fact, with the request's number and nobody's name."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

ADDRESS = re.compile(r"[^\s@<>()'\"=]+@[^\s@<>()'\"]+\.\w+")


def log_settings(*, production: bool) -> dict[str, Any]:
    """Django's LOGGING; also tells structlog to go through it."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer() if production else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [route_for_address, *shared],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    without_mail_addresses,
                    renderer,
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": _loggers(production=production),
    }


def _loggers(*, production: bool) -> dict[str, Any]:
    return {
        "palabre": {"level": "INFO" if production else "WARNING"},
        # Django would add a handler of its own, which writes addresses.
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # Passing robots ask under any name; the 400 they get is counted below.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # What was refused is counted by RequestIdMiddleware, under the route's name.
        "django.request": {"level": "ERROR"},
    }


def route_for_address(logger: Any, method: str, event: EventDict) -> EventDict:
    """Django writes the address that failed, which names people and searches: the route says enough."""
    record = event.get("_record")
    request = getattr(record, "request", None)
    if request is not None and record is not None and record.name.startswith("django."):
        match = getattr(request, "resolver_match", None)
        event["route"] = match.route if match else "-"
        event["event"] = str(event["event"]).partition(": /")[0]
    return event


def without_mail_addresses(logger: Any, method: str, event: EventDict) -> EventDict:
    """Also out of tracebacks: a database names the e-mail it refuses."""
    return {
        key: ADDRESS.sub("[address]", value) if isinstance(value, str) else value
        for key, value in event.items()
    }
