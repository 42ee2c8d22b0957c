"""How an act is answered: a toast and a sign to the page under htmx, a message and a redirect elsewhere."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.errors import Refused
from people.requests import PersonRequest

# Heard by assets/js/talk.js, which then asks for what changed.
TALK_CHANGED = json.dumps({"palabre:talk": {}})


def done(
    request: PersonRequest, message: str = "", *, back: str, undo: str = "", and_draw: SafeString | str = ""
) -> HttpResponse:
    """The act is done. `back` is where a page without scripts goes; `undo` the address that takes it back."""
    if not request.htmx:
        if message:
            messages.success(request, message)
        return redirect(back)
    drawn = and_draw + (_toast(message, "success", undo) if message else "")
    return HttpResponse(drawn, headers={"HX-Trigger": TALK_CHANGED})


def refused(request: PersonRequest, error: Refused, *, back: str) -> HttpResponse:
    """The act was refused, with a sentence. 422 lets an optimistic button take back what it showed."""
    if not request.htmx:
        messages.error(request, str(error))
        return redirect(back)
    return HttpResponse(_toast(str(error), "error"), status=422)


def partial(target: str, html: Any, swap: str = "outerHTML") -> SafeString:
    """A piece of the answer that goes to its own place in the page."""
    return format_html('<hx-partial hx-target="{}" hx-swap="{}">{}</hx-partial>', target, swap, html)


def _toast(message: str, level: str, undo: str = "") -> SafeString:
    drawn = render_to_string(
        "components/toast.html", {"message": message, "level": level, "undo": undo, "undo_label": _("Undo")}
    )
    return partial("#toasts", drawn, "beforeend")
