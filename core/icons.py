"""Lucide icons as inline SVG: what the build collected, else the package it collects from."""

import json
import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

COLLECTED = Path("static/build/icons.json")
PACKAGE = Path("node_modules/lucide-static/icons")


@lru_cache(maxsize=1)
def _collected() -> dict[str, str]:
    path = settings.BASE_DIR / COLLECTED
    return json.loads(path.read_text()) if path.exists() else {}


@lru_cache(maxsize=512)
def icon_body(name: str) -> str | None:
    """The inside of the SVG, or None for a name nobody drew."""
    if name in _collected():
        return _collected()[name]
    path = settings.BASE_DIR / PACKAGE / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.exists():
        return None
    return re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", path.read_text(), flags=re.S).strip()


@lru_cache(maxsize=1024)
def icon_svg(name: str, classes: str) -> SafeString:
    """An icon that screen readers skip: the words beside it, or the button's label, say what it is."""
    return format_html(
        '<svg class="{} shrink-0" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>',
        classes,
        mark_safe(icon_body(name) or ""),
    )
