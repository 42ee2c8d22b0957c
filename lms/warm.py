"""What a process loads before it is asked: addresses, templates, words, the first page. Done before it forks, its
children share it."""

import gc
import io
from collections.abc import Callable
from typing import Any, cast
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.urls import get_resolver
from django.utils import translation

# Public pages that pass all middleware, draw the frame and ask no database.
FIRST_PAGES = ("/", "/offline/")


def warm_up() -> None:
    """Load what the first page, or the first task, would wait for. Opens no connection and asks nobody."""
    for resolver in (get_resolver(), *get_resolver().url_patterns):
        getattr(resolver, "reverse_dict", None)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):  # which reads its catalogues
            pass
    environment = cast(Jinja2, engines["jinja2"]).env
    for name in environment.list_templates(extensions=["html", "txt"]):
        if not name.startswith("django/"):
            environment.get_template(name)


def draw_first_pages(application: Callable[..., Any]) -> None:
    """Ask `application`, of WSGI, for pages that need no database."""
    for path in FIRST_PAGES:
        environ: dict[str, Any] = {
            "PATH_INFO": path,
            "HTTP_X_FORWARDED_PROTO": "https",
            "wsgi.input": io.BytesIO(),
        }
        environ["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].lstrip(".")
        setup_testing_defaults(environ)
        application(environ, lambda *_head: None).close()


def share() -> None:
    """Last thing before the fork. What the collector does not see it writes to no page of memory for, and of
    connections each process needs its own."""
    connection.close()
    cast(DatabaseWrapper, connection).close_pool()
    gc.collect()
    gc.freeze()
