"""The shape of the house (DESIGN §1), checked on the code as it is."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

LAYERS = [
    {"lms"},
    {"gamification", "notifications", "analytics"},
    {"courses"},
    {"community"},
    {"people"},
    {"events"},
    {"core", "tooling"},
]
FLOORS = {app: len(LAYERS) - height for height, level in enumerate(LAYERS) for app in level}
APPS = sorted(FLOORS)
FOREIGN = ("allauth", "admin", "django", "drf_spectacular", "rest_framework")
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE, LONGEST_LINE = 500, 40, 80, 160


def python_files():
    for app in APPS:
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def templates():
    return sorted((settings.BASE_DIR / "templates").rglob("*.html"))


def named(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


def test_each_app_imports_only_what_stands_below_it():
    linter = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )

    assert linter.returncode == 0, linter.stdout
    assert "ignore_imports" not in (settings.BASE_DIR / "pyproject.toml").read_text()


def test_foreign_keys_point_down_or_stay():
    up = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields()
        if field.concrete
        and field.is_relation
        and field.related_model
        and field.related_model._meta.app_label in FLOORS
        and FLOORS[field.related_model._meta.app_label] > FLOORS[model._meta.app_label]
    ]

    assert up == []


def test_a_foreign_key_that_leaves_its_app_leaves_no_name_behind():
    people = {"people"}
    named_back = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields()
        if field.concrete
        and (field.many_to_one or field.one_to_one)
        and field.related_model._meta.app_label not in {model._meta.app_label}
        and model._meta.app_label not in people
        and not field.remote_field.hidden
    ]

    assert named_back == []


INCLUDE = re.compile(r"""{%-?\s*(?:include|extends|import|from)\s+["']([^"']+)["']""")


def owner_of(path: Path) -> str:
    """The app a template belongs to; pages of others are in a folder of their own."""
    parts = path.relative_to(settings.BASE_DIR / "templates").parts
    return parts[1] if parts[0] == "django" else parts[0]


def test_templates_include_only_what_stands_below_them():
    up = []
    for path in templates():
        owner = owner_of(path)
        for target in INCLUDE.findall(path.read_text()):
            other = target.split("/")[0]
            if owner in FLOORS and other in FLOORS and FLOORS[other] > FLOORS[owner]:
                up.append(f"{named(path)} includes {target}")

    assert up == []


def test_templates_load_only_tags_that_stand_below_them():
    libraries = {
        path.stem: path.parts[-3]
        for app in APPS
        for path in (settings.BASE_DIR / app / "templatetags").glob("*.py")
    }
    up = []
    for path in templates():
        owner = owner_of(path)
        for line in re.findall(r"{%\s*load\s+([^%]+)%}", path.read_text()):
            for library in line.split():
                home = libraries.get(library)
                if owner in FLOORS and home and FLOORS[home] > FLOORS[owner]:
                    up.append(f"{named(path)} loads {library}")

    assert up == []


def length(function) -> int:
    """Lines of a function's body; its arguments and its docstring may take the room they need."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_files_functions_and_templates_stay_small():
    large = [named(path) for path in python_files() if len(path.read_text().splitlines()) > LONGEST_FILE]
    large += [named(path) for path in templates() if len(path.read_text().splitlines()) > LONGEST_TEMPLATE]
    # What libraries draw keeps Django's language, whose tags cannot be broken over lines.
    ours = [path for path in templates() if settings.BASE_DIR / "templates" / "django" not in path.parents]
    for path in ours:
        lines = enumerate(path.read_text().splitlines(), 1)
        large += [f"{named(path)}:{number}" for number, line in lines if len(line) > LONGEST_LINE]
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > LONGEST_FUNCTION:
                large.append(f"{named(path)}:{node.lineno} {node.name}")

    assert large == []


def test_no_file_is_named_after_nothing():
    nameless = {"utils.py", "helpers.py", "services.py", "common.py"}

    assert [named(path) for path in python_files() if path.name in nameless] == []


def test_no_page_carries_inline_code():
    """The CSP forbids it; a browser would drop it without a word."""
    inline = re.compile(
        r"""<script(?![^>]*\b(?:src\b|type="application/json"))|<style|\sstyle=|\son[a-z]+=["']"""
    )
    pages = [path for path in templates() if owner_of(path) != "emails"]

    assert [named(path) for path in pages if inline.search(path.read_text())] == []


def views(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if not (entry.app_name or str(entry.urlconf_name)).startswith(FOREIGN):
                yield from views(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern) and not entry.callback.__module__.startswith(FOREIGN):
            yield prefix + str(entry.pattern), entry.callback


def access_of(callback) -> str | None:
    of_class = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    return getattr(callback, "access", None) or getattr(of_class, "access", None)


def test_every_address_declares_who_may_open_it():
    silent = [pattern for pattern, callback in views() if not access_of(callback)]

    assert silent == []


def test_a_view_without_declaration_is_noticed():
    def view(request): ...

    assert access_of(view) is None


@pytest.mark.parametrize("word", ["objects.all()", "objects.filter("])
def test_views_fetch_what_has_a_rule_through_the_person(word):
    """Models that have `visible_to` are never fetched around it in a view or an API."""
    ruled = {
        m.__name__ for m in apps.get_models() if hasattr(m._default_manager.get_queryset(), "visible_to")
    }
    around = []
    for path in python_files():
        if "views" in path.parts or "api" in path.parts or path.name in {"views.py", "api.py"}:
            text = path.read_text()
            around += [
                f"{named(path)}: {model}.{word}"
                for model in ruled
                if re.search(rf"\b{model}\.{re.escape(word)}", text)
            ]

    assert around == []
