"""What the component macros of `templates/components/` compute; they alone write the HTML."""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.paginator import Page
from django.forms import BoundField
from django.http import HttpRequest

COLLECTED = Path("static/build/icons.json")
PACKAGE = Path("node_modules/lucide-static/icons")
SEATS = 24
FIELD_CLASSES = {
    "text": "input w-full",
    "textarea": "textarea w-full",
    "select": "select w-full",
    "file": "file-input w-full",
    "checkbox": "checkbox checkbox-sm",
}
FIELD_ERRORS = {
    "text": "input-error",
    "textarea": "textarea-error",
    "select": "select-error",
    "file": "file-input-error",
}
CHART_KEYS = ("kind", "labels", "series", "unit")
CHOICE_CLASSES = {"radio": "radio radio-sm", "checkbox": "checkbox checkbox-sm"}


@lru_cache(maxsize=1)
def _collected() -> dict[str, str]:
    path = settings.BASE_DIR / COLLECTED
    return json.loads(path.read_text()) if path.exists() else {}


@lru_cache(maxsize=512)
def icon_body(name: str) -> str | None:
    """The inside of a lucide icon's SVG, as the build collected it, else from its package; None for an unknown name."""
    if name in _collected():
        return _collected()[name]
    path = settings.BASE_DIR / PACKAGE / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.exists():
        return None
    drawing = path.read_text()
    return drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg")].strip()


class Seat(NamedTuple):
    """One dot of the ring, in a drawing of 44 by 44."""

    x: str
    y: str
    radius: float
    filled: bool


@lru_cache(maxsize=2000)
def ring_seats(done: int, total: int) -> tuple[Seat, ...]:
    """One dot per module; past 24 modules a dot stands for several."""
    seats = min(total, SEATS)
    filled = done if total <= SEATS else _share_of_seats(done, total)
    radius = 4.2 if seats <= 9 else 3 if seats <= 14 else 1.9
    angles = (index / seats * math.tau - math.pi / 2 for index in range(seats))
    return tuple(
        Seat(f"{22 + 17 * math.cos(angle):.2f}", f"{22 + 17 * math.sin(angle):.2f}", radius, index < filled)
        for index, angle in enumerate(angles)
    )


def _share_of_seats(done: int, total: int) -> int:
    # A first module must show, and the last seat fills only when all is done.
    if done >= total:
        return SEATS
    return min(max(round(done * SEATS / total), 1 if done else 0), SEATS - 1)


def chart_data(figure: dict[str, Any]) -> dict[str, Any]:
    """What assets/js/charts.js draws of a figure, its lazy words and decimals made plain."""
    return json.loads(json.dumps({key: figure.get(key) for key in CHART_KEYS}, default=str))


class Choice(NamedTuple):
    id: str
    control: str
    label: Any


class FieldParts(NamedTuple):
    """A form field as the macro `field` draws it; `kind` is hidden, choices, checkbox, select, file, textarea or text."""

    kind: str
    control: str
    choices: tuple[Choice, ...]
    optional: bool


def field_parts(bound: BoundField, attrs: dict[str, Any] | None = None) -> FieldParts:
    """The control of a form field with the classes of its kind; `attrs` are added to its own."""
    kind = _field_kind(bound)
    if kind == "choices":
        return FieldParts(kind, "", _choices(bound), optional=False)
    given = {name: value for name, value in (attrs or {}).items() if value is not None}
    error = FIELD_ERRORS.get(kind, "") if bound.errors else ""
    own = bound.field.widget.attrs.get("class", "")
    parts = (FIELD_CLASSES.get(kind, ""), error, own, given.get("class", ""))
    given["class"] = " ".join(part for part in parts if part)
    answered = kind == "select" and _is_always_answered(bound)
    optional = not bound.field.required and kind != "checkbox" and not answered
    return FieldParts(kind, bound.as_widget(attrs=given), (), optional)


def _is_always_answered(bound: BoundField) -> bool:
    """A list without an empty line holds an answer from the start: nobody can leave it out."""
    return all(str(value) for value, _label in bound.field.widget.choices)  # type: ignore[attr-defined]  # a select has them


def _choices(bound: BoundField) -> tuple[Choice, ...]:
    """Each choice with its own control, so that label and box stay together."""
    found = []
    for option in bound.subwidgets:
        option.data["attrs"]["class"] = CHOICE_CLASSES.get(option.data["type"], "")
        found.append(Choice(option.id_for_label, option.tag(), option.choice_label))
    return tuple(found)


def _field_kind(bound: BoundField) -> str:
    widget = bound.field.widget
    names = {cls.__name__ for cls in type(widget).__mro__}
    if widget.is_hidden:
        return "hidden"
    if names & {"RadioSelect", "CheckboxSelectMultiple"}:
        return "choices"
    if "CheckboxInput" in names:
        return "checkbox"
    if names & {"Select", "SelectMultiple"}:
        return "select"
    if "FileInput" in names:
        return "file"
    return "textarea" if "Textarea" in names else "text"


class PageAddresses(NamedTuple):
    previous: str
    next: str


def page_addresses(page: Page, request: HttpRequest | None, param: str = "page") -> PageAddresses:
    """The addresses of the pages before and after, keeping every other parameter of this one."""

    def address(number: int) -> str:
        if request is None:
            return f"?{param}={number}"
        query = request.GET.copy()
        query[param] = str(number)
        return f"?{query.urlencode()}"

    return PageAddresses(
        address(page.previous_page_number()) if page.has_previous() else "",
        address(page.next_page_number()) if page.has_next() else "",
    )
