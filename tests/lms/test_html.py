"""HTML is written by templates, and by core/markdown.py of what people write: nowhere else."""

import ast
import re
from pathlib import Path

from django.conf import settings

from tests.lms.test_architecture import named, python_files

WRITER = Path("core/markdown.py")
# A tag as a page has it: a pattern that looks for one has other signs in it.
TAG = re.compile(
    r"</?(?:a|article|b|button|div|figure|form|h[1-6]|header|i|img|input|label|li|mark|ol|option|p|section|span|strong|svg|table|td|th|time|tr|ul|use)(?=[\s/>])"
)
MADE_SAFE = {"mark_safe", "format_html", "format_html_join", "json_script", "Markup", "SafeText"}


def docstrings(tree: ast.AST) -> set[int]:
    holders = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }


def drawn_in(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    apart = docstrings(tree)
    tags = [
        f"{named(path)}:{node.lineno} {node.value.strip()[:60]!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in apart and TAG.search(node.value)
    ]
    safe = [
        f"{named(path)}:{node.lineno} {alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in MADE_SAFE
    ]
    return tags + safe


def test_no_python_but_that_of_markdown_builds_html():
    found = [
        line
        for path in python_files()
        if path.relative_to(settings.BASE_DIR) != WRITER
        for line in drawn_in(path)
    ]

    assert found == []


def test_html_in_python_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    page = tmp_path / "page.py"
    page.write_text(
        '"""A <p> in words is none."""\nfrom django.utils.safestring import mark_safe\nx = f"<li>{1}</li>"\n'
    )

    assert drawn_in(page) == ["page.py:3 '<li>'", "page.py:3 '</li>'", "page.py:2 mark_safe"]


def test_safe_strings_are_made_by_the_engine_and_markdown_only():
    rules = (settings.BASE_DIR / "pyproject.toml").read_text()
    ignored = re.search(r"^ignore = \[(.*?)\]", rules, re.M | re.S)

    assert ignored
    assert "S308" not in ignored[1]


def test_nothing_drawn_is_kept():
    words = re.compile(r"\{%-?\s*(?:once|cache)\b|core\.drawn|\bDrawn\[|template_fragments")
    places = [*python_files(), *(settings.BASE_DIR / "templates").rglob("*.html")]

    assert [named(path) for path in places if words.search(path.read_text())] == []


# What people wrote: told in its own language, or drawn from their Markdown.
OF_PEOPLE = re.compile(
    r'<(?!track|option)\w+[^<>]*(?:lang="{{ [\w.]*lang(?:uage)? }}"[^<>]*>(?=\s*{{)|class="written[^<>]*>)'
)


def test_what_people_wrote_runs_in_the_direction_of_its_own_letters():
    """An Arabic title begins at the right of its line in a French page."""
    tags = [
        (str(page.relative_to(settings.BASE_DIR)), tag[0])
        for page in sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
        for tag in OF_PEOPLE.finditer(page.read_text())
    ]
    assert len(tags) > 60
    assert [tag for tag in tags if 'dir="auto"' not in tag[1]] == []


def test_every_table_is_the_component_that_scrolls_under_a_name():
    templates = Path(settings.BASE_DIR, "templates")
    found = {
        str(path.relative_to(templates)) for path in templates.rglob("*.html") if "<table" in path.read_text()
    }

    # The table of allauth has a slot and no words to name it by.
    assert found == {"components/surfaces.html", "django/allauth/elements/table.html"}
