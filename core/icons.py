"""Lucide icons as inline SVG, for templates in Django's language until none is left."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.components import icon_body


@lru_cache(maxsize=1024)
def icon_svg(name: str, classes: str) -> SafeString:
    """An icon that screen readers skip: the words beside it, or the button's label, say what it is."""
    return format_html(
        '<svg class="{} shrink-0" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>',
        classes,
        mark_safe(icon_body(name) or ""),
    )
