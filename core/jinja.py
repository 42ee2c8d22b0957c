"""The Jinja2 environment of every page, fragment and mail that Palabre writes.

Templates of others (allauth, admin, DRF) keep Django's language in `templates/django/` and reach the same frame and
components by `core/templatetags/components.py`.
"""

from __future__ import annotations

import html
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.template.defaultfilters import floatformat
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.html import strip_tags
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment

from core import components, live
from core.addresses import address_if_any, address_of
from core.markdown import excerpt
from core.moments import clock, delay, moment


def environment(**options: Any) -> Environment:
    """Called once by Django's Jinja2 backend; `options` are those of the setting TEMPLATES."""
    env = Environment(  # noqa: S701 - the backend sets autoescape, for every template
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        **options,
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]  # the i18n extension adds it
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.policies["ext.i18n.trimmed"] = True
    env.globals |= {
        "url": address_of,
        "url_if_any": address_if_any,
        "static": static,
        "language": get_language,
        "moment": moment,
        "live_page": live.page,
        "icon_body": components.icon_body,
        "ring_seats": components.ring_seats,
        "field_parts": components.field_parts,
        "chart_data": components.chart_data,
        "page_addresses": components.page_addresses,
        "DEBUG": settings.DEBUG,
    }
    env.filters |= {
        "plain": plain,
        "excerpt": excerpt,
        "clock": clock,
        "delay": delay,
        "weight": weight,
        "day": day,
        "number": localize,
        "query": quote,
    }
    return env


def plain(written: str) -> str:
    """The words of rendered Markdown, without its marks: escaped again wherever a template shows them."""
    return html.unescape(strip_tags(written)).strip()


def weight(size: int) -> str:
    """What a file weighs, in thousands like the limits that uploads are told: 606 kB, 12.4 MB.

    Django's `filesizeformat` divides by 1024 and writes « Kio » in French.
    """
    if size < 999_500:
        return gettext("%(n)s\N{NO-BREAK SPACE}kB") % {"n": floatformat(size / 1_000, 0)}
    if size < 999_950_000:
        return gettext("%(n)s\N{NO-BREAK SPACE}MB") % {"n": floatformat(size / 1_000_000, 1)}
    return gettext("%(n)s\N{NO-BREAK SPACE}GB") % {"n": floatformat(size / 1_000_000_000, 1)}


def day(value: datetime | date | None, shape: str = "DATE_FORMAT") -> str:
    """A date in the reader's language and zone; `shape` is a format of Django's ("DATE_FORMAT", "l", "j F")."""
    if value is None:
        return ""
    return date_format(timezone.localtime(value) if isinstance(value, datetime) else value, shape)
