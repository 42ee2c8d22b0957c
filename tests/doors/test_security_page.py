"""docs/security.md names only what exists, and speaks of every requirement of ASVS 5.0 level 2."""

import ast
import json
import re
from pathlib import Path

from django.conf import settings

from tests.samples import SAMPLES, needs_samples

ROOT = Path(settings.BASE_DIR)
PAGE = ROOT / "docs/security.md"


def defined_in(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def test_every_test_and_file_it_names_exists():
    named = re.findall(r"`([\w/.-]+\.(?:py|txt|lock))(?:::(\w+))?`", PAGE.read_text())

    assert len(named) > 60
    missing = [
        f"{path}::{name}"
        for path, name in set(named)
        if not (ROOT / path).exists() or (name and name not in defined_in(ROOT / path))
    ]
    assert missing == []


def test_every_setting_it_names_is_set():
    named = set(re.findall(r"`([A-Z][A-Z_]{6,})`", PAGE.read_text()))
    sources = "".join(path.read_text() for path in (ROOT / "lms/settings").glob("*.py"))

    assert {name for name in named if name not in sources} == set()


class TestRequirements:
    pytestmark = needs_samples

    def test_it_speaks_of_each_requirement_of_level_2(self):
        asked = json.loads((SAMPLES / "security/asvs-5.0.0-flat.json").read_text())["requirements"]
        spoken = set(re.findall(r"\bV\d+(?:\.\d+){0,2}\b", PAGE.read_text()))
        identifiers = [row["req_id"] for row in asked if row["L"] in ("1", "2")]
        silent = [
            each for each in identifiers if not spoken & {each, each.rsplit(".", 1)[0], each.split(".", 1)[0]}
        ]

        assert len(identifiers) > 200
        assert silent == []
        assert [
            name for name in spoken if name.count(".") == 2 and name not in {r["req_id"] for r in asked}
        ] == []
