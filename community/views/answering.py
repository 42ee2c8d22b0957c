"""How an act is answered: a toast and a sign to the page under htmx, a message and a redirect elsewhere."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.errors import Refused
from people.requests import PersonRequest

# Heard by assets/js/talk.js, which then asks for what changed.
TALK_CHANGED = json.dumps({"palabre:talk": {}})


def done(
    request: PersonRequest, message: str = "", *, back: str, undo: str = "", **pieces: Any
) -> HttpResponse:
    """The act is done. `back` is where a page without scripts goes; `undo` the address that takes it back;
    `pieces` what `answer.html` puts in its place besides the toast."""
    if not request.htmx:
        if message:
            # The toast of the next page takes it back: `frame/toasts.html` reads the address here.
            messages.success(request, message, extra_tags=undo)
        return redirect(back)
    context = {"message": message, "level": "success", "undo": undo, **pieces}
    answer = render(request, "community/answer.html", context)
    if not pieces.get("talk"):
        answer["HX-Trigger"] = TALK_CHANGED
    return answer


def again(request: PersonRequest, message: str, *, back: str, undo: str = "") -> HttpResponse:
    """The act changes a whole page: `back` is drawn anew, and its toast takes the act back at `undo`."""
    messages.success(request, message, extra_tags=undo)
    return HttpResponse(headers={"HX-Redirect": back}) if request.htmx else redirect(back)


def switched(request: PersonRequest, on: bool, words: str, words_off: str, *, back: str) -> HttpResponse:
    """A whole page was switched `on` or off: its toast says which, and asks the same address for the other."""
    undo = f"{request.path}?on={int(not on)}"
    return again(request, words if on else words_off, back=back, undo=undo)


def asked_state(request: PersonRequest) -> bool:
    """Whether `on` asks for a state or for its end; the address of an undo carries it, since a toast sends no field."""
    return (request.POST.get("on") or request.GET.get("on")) == "1"


def refused(request: PersonRequest, error: Refused, *, back: str) -> HttpResponse:
    """The act was refused, with a sentence. 422 lets an optimistic button take back what it showed."""
    if not request.htmx:
        messages.error(request, str(error))
        return redirect(back)
    return render(request, "community/answer.html", {"message": str(error), "level": "error"}, status=422)
