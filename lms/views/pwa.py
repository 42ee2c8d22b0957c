"""What makes Palabre installable: a manifest, an offline page, and the worker that shows it."""

import json
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from core.access import public

SHELL = ["build/app.css", "build/app.js", "django_htmx/htmax-4.min.js", "icons/palabre.svg"]
FONTS = [
    "build/fonts/instrument-sans-latin-wght-normal.woff2",
    "build/fonts/bricolage-grotesque-latin-wght-normal.woff2",
]
ICONS = [
    ("palabre-192.png", "192x192", "any"),
    ("palabre-512.png", "512x512", "any"),
    ("palabre-maskable.png", "512x512", "maskable"),
]


@public
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    icons = [
        {"src": static(f"icons/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in ICONS
    ]
    body = {
        "name": "Palabre",
        "short_name": "Palabre",
        "description": _("Learn together, by talking about the work."),
        "lang": get_language(),
        "id": "/",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#F7F2EA",
        "theme_color": "#14594C",
        "icons": icons,
    }
    return JsonResponse(body, content_type="application/manifest+json")


@public
@require_safe
@cache_control(max_age=0, must_revalidate=True)
def worker(request: HttpRequest) -> HttpResponse:
    """Served from the root, so that it may look after every page; it keeps the shell, never what people wrote."""
    kept = json.dumps([reverse("offline"), *(static(name) for name in [*SHELL, *FONTS])])
    source = Path(settings.BASE_DIR / "assets/js/worker.js").read_text()
    body = source.replace("__KEPT__", kept).replace("__OFFLINE__", json.dumps(reverse("offline")))
    return HttpResponse(body, content_type="text/javascript")


@public
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "lms/offline.html")
