"""What a reading page makes the browser load, built as it is shipped."""

import gzip
import json
import re
from pathlib import Path

import django_htmx
import pytest
from django.conf import settings

from core.components import CHOICE_CLASSES, FIELD_CLASSES, FIELD_ERRORS

JAVASCRIPT = 60 * 1024
CSS = 25 * 1024


@pytest.fixture(scope="module")
def built() -> Path:
    """What `make test` built before it: two workers that each built would take files from under one another."""
    return settings.BASE_DIR / "static/build"


def weight(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), mtime=0))


def test_a_reading_page_loads_at_most_60_kb_of_javascript(built):
    htmx = Path(django_htmx.__file__).parent / "static/django_htmx/htmax-4.min.js"
    assert weight(htmx) + weight(built / "app.js") <= JAVASCRIPT


def test_the_stylesheet_weighs_at_most_25_kb(built):
    assert weight(built / "app.css") <= CSS


def test_the_stylesheet_asks_nothing_of_another_host(built):
    css = (built / "app.css").read_text()
    assert re.findall(r"""url\(["']?(?:https?:)?//[^)]*|@import[^;]*//[^;]*""", css) == []
    for name in ["instrument-sans-latin-wght-normal.woff2", "bricolage-grotesque-latin-wght-normal.woff2"]:
        assert name in css
        assert (built / "fonts" / name).stat().st_size > 10_000


def test_every_icon_named_in_the_templates_is_drawn(built):
    icons = json.loads((built / "icons.json").read_text())
    named = {
        name
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        for name in re.findall(
            r'(?:{% |\b)icon[( ]"([^"]+)"|\bicon(?:_end)?="([a-z0-9-]+)"', path.read_text()
        )
        for name in name
        if name
    }
    assert len(named) > 20
    assert sorted(named - set(icons)) == []


def test_classes_that_python_names_are_in_the_stylesheet(built):
    css = (built / "app.css").read_text()
    named = {*FIELD_CLASSES.values(), *FIELD_ERRORS.values(), *CHOICE_CLASSES.values()}
    used = {name for classes in named for name in classes.split()}
    assert "textarea-error" in used
    assert sorted(name for name in used if f".{name}" not in css) == []
