"""The page server: granian, with Palabre imported before its processes fork, so that they share that memory.

    python -m lms.web --host 127.0.0.1 --port 8000

WEB_PROCESSES and WEB_THREADS say how many pages are made at once. Beyond that, WEB_BACKPRESSURE requests a process
wait for a thread; further connections wait unread in the kernel's queue. A body is read by the thread that needs it:
whoever sends it slowly holds that thread, so a proxy that reads bodies first stands before it (docs/operations.md).
"""

import os
from argparse import ArgumentParser
from typing import Any, cast

# A thread that ends takes its caches with it: it may rest for as long as granian allows.
IDLE_SECONDS = 600

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")


def main() -> None:
    parser = ArgumentParser(description="Palabre's pages")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()

    from django.conf import settings
    from granian import Granian

    from lms.warm import draw_first_pages, share, warm_up
    from lms.wsgi import application

    if not settings.DEBUG:  # Whoever changes a line each minute waits for no page but their own.
        warm_up()
        draw_first_pages(application)
    share()
    server = Granian(
        "lms.wsgi:application",
        address=options.host,
        port=options.port,
        interface="wsgi",  # type: ignore[arg-type]
        workers=settings.WEB_PROCESSES,
        blocking_threads=settings.WEB_THREADS,
        blocking_threads_idle_timeout=IDLE_SECONDS,
        backpressure=settings.WEB_BACKPRESSURE,
        websockets=False,
        workers_kill_timeout=20,
        respawn_failed_workers=True,
        log_level="warning",  # type: ignore[arg-type]
    )
    server.serve(target_loader=in_each_process, wrap_loader=False)


def in_each_process() -> Any:
    """The application, once forked: connections to the database begin to open before anybody asks."""
    from django.db import connection
    from django.db.backends.postgresql.base import DatabaseWrapper

    from lms.wsgi import application

    pool = cast(DatabaseWrapper, connection).pool
    if pool:
        pool.open()
    return application


if __name__ == "__main__":
    main()
