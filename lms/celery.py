"""Celery, set so that a worker may be killed and the broker emptied at any moment."""

import os
import signal
import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

from celery import Celery
from celery.signals import celeryd_init, setup_logging, worker_ready
from celery.worker import state

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


@celeryd_init.connect
def load_before_forking(**kwargs: object) -> None:
    """The processes of a worker, and the schedule's beside them, share what their parent has loaded."""
    from lms.warm import share, warm_up

    app.loader.import_default_modules()
    warm_up()
    share()


@worker_ready.connect
def end_with_the_schedule(sender: Any, **kwargs: object) -> threading.Thread | None:
    """A worker that keeps the schedule (`-B`) is worth nothing without it: it ends, and who runs it starts it again."""
    schedule = sender.controller.beat

    def watch() -> None:
        schedule.join()
        if state.should_stop is None:
            os.kill(os.getpid(), signal.SIGTERM)

    if schedule is None:
        return None
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread
