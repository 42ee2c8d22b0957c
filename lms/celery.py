"""Celery, set so that a worker may be killed and the broker emptied at any moment."""

import os
from urllib.parse import parse_qs, urlsplit

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis address: it names a Unix socket differently from everyone else."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"


app = Celery("palabre")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """Django has set logging up (core/logs.py); without a listener here Celery would replace it."""
