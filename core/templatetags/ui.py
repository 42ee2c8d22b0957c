"""The components every page is drawn with. They are built in: no template has to load them.

Small ones, repeated many times on a page, are written in Python; the others are templates of `components/`.
`templates/lms/components.html` shows each of them alive.
"""

import html
import json
import math
from datetime import datetime
from functools import lru_cache, partial
from itertools import zip_longest
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join, json_script, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.addresses import address_if_any
from core.icons import icon_svg
from core.moments import draw_moment

register = template.Library()

TINTS = 8
SEATS = 24
AVATAR_SIZES = {
    "xs": "size-6 text-[.625rem]",
    "sm": "size-8 text-xs",
    "md": "size-9 text-sm",
    "lg": "size-11 text-base",
    "xl": "size-20 text-2xl",
}
BADGE_TONES = {
    "plain": "badge-soft",
    "primary": "badge-soft badge-primary",
    "success": "badge-soft badge-success",
    "warning": "badge-soft badge-warning",
    "error": "badge-soft badge-error",
    "info": "badge-soft badge-info",
    "ask": "badge-accent",
    "new": "badge-secondary",
    "count": "badge-neutral",
    "expert": "bg-accent/30 border-transparent text-base-content",
}
BUTTON_KINDS = {
    "primary": "btn-primary",
    "soft": "btn-soft btn-primary",
    "outline": "btn-outline",
    "outline-primary": "btn-outline btn-primary",
    "ghost": "btn-ghost",
    "danger": "btn-outline btn-error",
    "neutral": "btn-neutral",
}
BUTTON_SIZES = {"xs": "btn-xs", "sm": "btn-sm", "md": "", "lg": "btn-lg"}
FIELD_CLASSES = {
    "text": "input w-full",
    "textarea": "textarea w-full",
    "select": "select w-full",
    "file": "file-input w-full",
    "checkbox": "checkbox checkbox-sm",
    "choices": "",
}
FIELD_ERRORS = {
    "text": "input-error",
    "textarea": "textarea-error",
    "select": "select-error",
    "file": "file-input-error",
}


@register.simple_tag
def icon(name: str, **attrs: str) -> SafeString:
    """`{% icon "play" class="size-4" %}`: a lucide icon, hidden from screen readers."""
    return icon_svg(name, attrs.get("class") or "size-5")


@register.filter
def plain(written: str) -> str:
    """The words of rendered Markdown, without its marks: escaped again wherever a template shows them."""
    return html.unescape(strip_tags(written)).strip()


@register.simple_tag
def avatar(person: Any, size: str = "md", picture: str = "") -> SafeString:
    """A picture, else initials in a circle whose colour stays the person's own. None is someone who left."""
    classes = AVATAR_SIZES[size]
    if person is None:
        return format_html(
            '<span class="inline-grid place-items-center {} rounded-full bg-base-300 shrink-0">{}</span>',
            classes,
            icon_svg("user", "size-4"),
        )
    profile = _joined(person, "profile")
    picture = picture or getattr(person, "picture_url", "")
    if not picture and profile is not None and profile.picture:
        picture = profile.picture.url
    if picture:
        return format_html(
            '<img class="{} rounded-full object-cover shrink-0" src="{}" alt="" loading="lazy">',
            classes,
            picture,
        )
    return format_html(
        '<span class="inline-grid place-items-center {} tint-{} rounded-full font-semibold text-white shrink-0" '
        'aria-hidden="true">{}</span>',
        classes,
        tint(person.pk),
        person.initials,
    )


def _joined(row: Any, relation: str) -> Any:
    """A related row if the page's query brought it (select_related), never a query of our own."""
    state = getattr(row, "_state", None)  # a PersonCard has none, and holds all it shows
    return state.fields_cache.get(relation) if state else None


@register.filter
def tint(number: int | None) -> int:
    """The colour class (0 to 7) of a person, always the same for the same id."""
    return (number or 0) % TINTS


@register.simple_tag
def dot(colour: str) -> SafeString:
    """The coloured point that stands before the name of a space."""
    return format_html(
        '<span class="size-2.5 rounded-full shrink-0 tint-{}" aria-hidden="true"></span>', colour
    )


@register.simple_tag
def person_chip(
    person: Any, size: str = "md", note: str = "", link: bool = True, role: str = ""
) -> SafeString:
    """Avatar, name and standing badges; `note` is the quiet second line, `role` what they do in this place."""
    name: SafeString | str = str(person) if person is not None else _("Former member")
    if link and person is not None:
        name = format_html('<a class="link link-hover" href="{}">{}</a>', _address(person), name)
    return format_html(
        '<span class="flex items-center gap-3 min-w-0 text-sm">{}<span class="min-w-0">'
        '<span class="flex flex-wrap items-center gap-x-1.5"><b class="font-semibold">{}</b>{}</span>{}</span></span>',
        avatar(person, size),
        name,
        standing_badges(person, role),
        format_html('<span class="quiet block">{}</span>', note) if note else "",
    )


def _address(person: Any) -> str:
    return person.url if hasattr(person, "role_label") else person.get_absolute_url()


@register.simple_tag
def standing_badges(person: Any, role: str = "") -> SafeString:
    """What a person is known for (role, expertise), as small badges, when `standing` was joined.

    A `role` in this very place is said instead of the one they are known for everywhere.
    """
    standing = _joined(person, "standing") if person is not None else None
    found = [(role, "primary")]
    if hasattr(person, "role_label"):
        found = [(role or person.role_label, "primary"), (person.expertise, "expert")]
    elif standing is not None:
        found = [(role or standing.get_role_display(), "primary"), (standing.expertise, "expert")]
    return format_html_join(
        "", "{}", ((badge(label, tone=tone, size="xs"),) for label, tone in found if label)
    )


@register.simple_tag
def badge(label: Any, tone: str = "plain", size: str = "sm", icon: str = "") -> SafeString:
    """A short word on a shape. Tones: plain primary success warning error info ask new count expert."""
    drawn = icon_svg(icon, "size-3.5") if icon else ""
    return format_html('<span class="badge badge-{} {}">{}{}</span>', size, BADGE_TONES[tone], drawn, label)


@register.simple_tag
def ring(done: int, total: int, size: int = 64) -> SafeString:
    """The circle of seats: one dot per module. Past 24 modules a dot stands for several, the words stay exact."""
    return _ring(done, total, size, get_language())


@lru_cache(maxsize=2000)
def _ring(done: int, total: int, size: int, language: str) -> SafeString:
    """`language` is the active one."""
    seats = min(total, SEATS)
    filled = done if total <= SEATS else _share_of_seats(done, total)
    radius = 4.2 if seats <= 9 else 3 if seats <= 14 else 1.9
    dots = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="{}" class="{}"/>',
        (
            (
                f"{22 + 17 * math.cos(index / seats * math.tau - math.pi / 2):.2f}",
                f"{22 + 17 * math.sin(index / seats * math.tau - math.pi / 2):.2f}",
                radius,
                "fill-primary" if index < filled else "fill-base-300",
            )
            for index in range(seats)
        ),
    )
    label = _("%(done)s of %(total)s modules done") % {"done": done, "total": total}
    return format_html(
        '<svg width="{}" height="{}" viewBox="0 0 44 44" role="img" aria-label="{}" class="shrink-0">{}'
        '<text x="22" y="26" text-anchor="middle" font-size="{}" class="display" fill="currentColor">{}/{}</text></svg>',
        size, size, label, dots, 11 if total < 10 else 9 if total < 100 else 7, done, total,
    )  # fmt: skip


def _share_of_seats(done: int, total: int) -> int:
    # A first module must show, and the last seat fills only when all is done.
    if done >= total:
        return SEATS
    return min(max(round(done * SEATS / total), 1 if done else 0), SEATS - 1)


@register.simple_tag(name="time")
def time_tag(value: datetime | None, *, spoken: bool = False, **attrs: str) -> SafeString:
    """“2 hours ago” or the day, with the full date on hovering, in the reader's zone and language."""
    return mark_safe("") if value is None else draw_moment(value, attrs.get("class", ""), spoken=spoken)


@register.simple_tag
def skeleton(lines: int = 3) -> SafeString:
    """Room kept for something that is on its way."""
    widths = ("w-full", "w-11/12", "w-2/3")
    bars = format_html_join(
        "", '<span class="skeleton-line {}"></span>', ((widths[n % 3],) for n in range(lines))
    )
    return format_html(
        '<span class="grid gap-2.5" role="status" aria-label="{}">{}</span>', _("Loading"), bars
    )


def _button_classes(kind: str, size: str, extra: str) -> str:
    return f"btn {BUTTON_KINDS[kind]} {BUTTON_SIZES[size]} {extra}".strip()


def _html_attributes(attrs: dict[str, Any]) -> SafeString:
    """`hx_get` becomes hx-get, `data_x` data-x; True stands alone, False and None are left out."""
    pairs = (
        (name.replace("_", "-"), value) for name, value in attrs.items() if value not in (False, None, "")
    )
    return format_html_join("", "{}", ((_attribute(name, value),) for name, value in pairs))


def _attribute(name: str, value: Any) -> SafeString:
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)


@register.simple_tag
def button(
    label: str, *, kind: str = "primary", size: str = "md", href: str = "", icon: str = "",
    icon_end: str = "", hidden_label: bool = False, type: str = "submit", **attrs: Any,
) -> SafeString:  # fmt: skip
    """A button, or a link that looks like one when `href` is given. `hidden_label` leaves the icon alone."""
    extra = attrs.pop("class", "")
    classes = _button_classes(kind, size, f"{'btn-square ' if hidden_label else ''}{extra}")
    drawn = icon_svg(icon, "size-4") if icon else ""
    drawn_end = icon_svg(icon_end, "size-4") if icon_end else ""
    words = "" if hidden_label else label
    if hidden_label:
        attrs |= {"aria_label": label, "title": label}
    if href:
        return format_html(
            '<a class="{}" href="{}"{}>{}{}{}</a>',
            classes,
            href,
            _html_attributes(attrs),
            drawn,
            words,
            drawn_end,
        )
    return format_html(
        '<button type="{}" class="{}"{}>{}{}{}</button>',
        type, classes, _html_attributes(attrs), drawn, words, drawn_end,
    )  # fmt: skip


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, label: str = "", hidden_label: bool = False, **attrs: Any) -> dict:
    """A form field with its label, help, errors, and the wiring between them; the typed text stays."""
    kind = _field_kind(bound)
    classes = FIELD_CLASSES.get(kind, "")
    if bound.errors:
        classes += f" {FIELD_ERRORS.get(kind, '')}"
    attrs = {name.replace("_", "-"): value for name, value in attrs.items()}
    attrs["class"] = f"{classes} {bound.field.widget.attrs.get('class', '')} {attrs.get('class', '')}".strip()
    return {
        "bound": bound,
        "kind": kind,
        "label": label or bound.label,
        "hidden_label": hidden_label,
        "control": bound.as_widget(attrs=attrs) if kind != "choices" else "",
        "options": _choices(bound) if kind == "choices" else [],
        "optional": not bound.field.required
        and kind not in ("checkbox", "choices")
        and not (kind == "select" and _is_always_answered(bound)),
    }


def _is_always_answered(bound: BoundField) -> bool:
    """A list without an empty line holds an answer from the start: nobody can leave it out."""
    return all(str(value) for value, _label in bound.field.choices)  # type: ignore[attr-defined]  # a select has them


@register.inclusion_tag("components/composer.html", takes_context=True)
def composer(
    context: template.Context, bound: BoundField, *, place: str, sequence: int | str = "", label: str = "",
    hidden_label: bool = True, uploads: bool = True, **attrs: Any,
) -> dict:  # fmt: skip
    """A text area inside its form, with toolbar, mentions, pasted files and a draft that is never lost.

    `place` is the address of the draft ("thread:12"), `sequence` the one of the draft the server kept. In a page
    that knows its thread, mentions offer whoever can read it, and nobody else.
    """
    errors, suggest_url = tuple(bound.errors), _who_can_be_mentioned(context.get("thread"))
    # All that a composer shows: two readers of one thread see the same one, whoever left a draft another.
    state = type(bound.form), bound.auto_id, bound.html_name, bound.value(), errors, sequence
    said = place, label, hidden_label, uploads, suggest_url, *attrs.items()
    return {
        "look": (state, said), "bound": bound, "place": place, "sequence": sequence,
        "label": label or bound.label, "hidden_label": hidden_label,
        "control": partial(_text_area, bound, attrs), "marks": _composer_marks,
        "draft_url": address_if_any("community:draft"), "suggest_url": suggest_url,
        "upload_url": address_if_any("community:attachments") if uploads else "",
    }  # fmt: skip


def _text_area(bound: BoundField, given: dict[str, Any]) -> SafeString:
    """What `bound.as_widget` draws, without a template."""
    given = {"rows": 4, "dir": "auto", **{name.replace("_", "-"): value for name, value in given.items()}}
    invalid = " textarea-error" if bound.errors else ""
    given["class"] = f"textarea w-full text-base{invalid} {given.get('class', '')}".strip()
    attrs = {"name": bound.html_name, **bound.field.widget.attrs, **bound.build_widget_attrs(given)}
    attrs.setdefault("id", bound.auto_id)
    return format_html("<textarea{}>\n{}</textarea>", flatatt(attrs), bound.value() or "")


def _composer_marks() -> list[tuple[str, str, str]]:
    return [
        ("bold", _("Bold"), "bold"),
        ("italic", _("Italic"), "italic"),
        ("link", _("Link"), "link"),
        ("list", _("List"), "list"),
        ("quote", _("Quotation"), "quote"),
    ]


def _who_can_be_mentioned(thread: Any) -> str:
    pk = getattr(thread, "pk", None)
    return address_if_any("community:thread_people", pk) if pk else address_if_any("people:suggest")


def _choices(bound: BoundField) -> list[dict]:
    """Each choice with its own drawn control, so that label and box stay together."""
    shape = {"radio": "radio radio-sm", "checkbox": "checkbox checkbox-sm"}
    found = []
    for option in bound.subwidgets:
        option.data["attrs"]["class"] = shape.get(option.data["type"], "")
        found.append({"id": option.id_for_label, "tag": option.tag(), "label": option.choice_label})
    return found


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


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    icon: str, title: str, text: str = "", action: str = "", href: str = "", level: int = 2
) -> dict:
    """Nothing here yet: what this place is for, and the first thing to do."""
    return {"icon": icon, "title": title, "text": text, "action": action, "href": href, "level": level}


@register.inclusion_tag("components/stat.html")
def stat(
    label: str, value: Any, *, note: str = "", change: str = "", good: bool | None = None,
    icon: str = "", href: str = "", definition: str = "",
) -> dict:  # fmt: skip
    """A figure that carries its meaning. `good` colours the change; None leaves it plain."""
    return {
        "label": label, "value": value, "note": note, "change": change, "good": good,
        "icon": icon, "href": href, "definition": definition,
    }  # fmt: skip


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*steps: Any) -> dict:
    """`{% breadcrumbs "Spaces" spaces_url space.name space_url "Here" %}`: words and addresses in turn."""
    words, addresses = map(str, steps[::2]), steps[1::2]
    return {"steps": tuple(zip_longest(words, addresses, fillvalue=""))}


@register.inclusion_tag("components/tabs.html")
def tabs(items: list[dict], label: str = "", target: str = "") -> dict:
    """Views of one thing, each with an address. items: label, url, active, count. `target` lets htmx swap it."""
    return {"items": items, "label": label or _("Views"), "target": target}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.Context, page_obj: Page, param: str = "page") -> dict:
    """Older and newer, keeping every other parameter of the address."""
    query = context["request"].GET.copy() if "request" in context else None

    def address(number: int) -> str:
        if query is None:
            return f"?{param}={number}"
        query[param] = str(number)
        return f"?{query.urlencode()}"

    previous = address(page_obj.previous_page_number()) if page_obj.has_previous() else ""
    following = address(page_obj.next_page_number()) if page_obj.has_next() else ""
    return {"page": page_obj, "previous": previous, "next": following}


@register.inclusion_tag("components/toast.html")
def toast(message: str, level: str = "info", undo: str = "", undo_label: str = "") -> dict:
    """A sentence that appears and goes. `undo` is the address that takes the act back."""
    return {"message": message, "level": level, "undo": undo, "undo_label": undo_label or _("Undo")}


@register.inclusion_tag("components/chart.html", takes_context=True)
def chart(context: template.Context, id: str, figure: dict, level: int = 2) -> dict:
    """A figure with its table and its definition.

    figure: kind (line, bar, lorenz), title, labels, series [{label, values, tone}], unit, definition, note.
    """
    rows = [
        (label, [one["values"][n] for one in figure["series"]]) for n, label in enumerate(figure["labels"])
    ]
    drawn = {key: figure.get(key) for key in ("kind", "labels", "series", "unit")}
    data = json_script(json.loads(json.dumps(drawn, default=str)), f"{id}-data")
    return {"id": id, "figure": figure, "rows": rows, "data": data, "level": level}


@register.simple_block_tag(takes_context=True)
def card(context: template.Context, content: str, **props: Any) -> SafeString:
    """`{% card title="…" level=2 eyebrow="…" id="…" %} … {% endcard %}`: a surface with a heading."""
    return _draw(
        "card", content, {"level": 2, "padding": "p-5"} | props | {"classes": props.get("class", "")}
    )


@register.simple_block_tag(takes_context=True)
def dialog(context: template.Context, content: str, id: str, title: str, **props: Any) -> SafeString:
    """A native dialog. Open it with `data-dialog-open="<id>"`; Escape and the cross close it."""
    return _draw("dialog", content, {"id": id, "title": title} | props)


@register.simple_block_tag(takes_context=True)
def menu(context: template.Context, content: str, id: str, label: str, **props: Any) -> SafeString:
    """A button and what it unfolds (a popover). The content is list items with links or buttons."""
    defaults: dict[str, Any] = {"kind": "ghost", "size": "sm", "icon": "ellipsis", "hidden_label": True}
    found = defaults | props
    classes = _button_classes(found["kind"], found["size"], "btn-square" if found["hidden_label"] else "")
    return _draw("menu", content, found | {"id": id, "label": label, "classes": classes})


def _draw(name: str, content: str, props: dict) -> SafeString:
    return render_to_string(f"components/{name}.html", props | {"content": content})
