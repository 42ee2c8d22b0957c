"""An upgrade as operators do it: the data that the commit before wrote, under the code of this one."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tooling import embedded

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parents[2]
COUNTS = """
import json
from django.apps import apps
# What a migration itself writes (permissions, content types, its own record) may differ.
own = {"auth_permission", "django_content_type", "django_migrations"}
tables = {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}
print(json.dumps({name: count for name, count in tables.items() if name not in own}))
"""


@pytest.fixture
def var(tmp_path, monkeypatch):
    yield tmp_path / "var"
    monkeypatch.delenv("PALABRE_TEST", raising=False)  # as `manage` below: the servers are not the tests' own
    embedded.forget(tmp_path / "var")


@pytest.fixture
def before(tmp_path):
    """The tree of the commit before, or of the one that PALABRE_UPGRADE_FROM names."""
    commit = os.environ.get("PALABRE_UPGRADE_FROM", "HEAD~1")
    archive = tmp_path / "before.tar"
    made = subprocess.run(
        ["git", "archive", "-o", archive, commit], cwd=ROOT, capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"there is no commit {commit} here to upgrade from")
    with tarfile.open(archive) as tree:
        tree.extractall(tmp_path / "before")  # Our own; `filter` came with Python 3.11.4.
    return tmp_path / "before"


def manage(folder: Path, var: Path, *arguments: str) -> str:
    """What `manage.py` of this tree prints, on the servers and files in `var`."""
    environment = {name: value for name, value in os.environ.items() if name != "PALABRE_TEST"}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=folder,
        env=environment | {"PALABRE_VAR": str(var)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"manage.py {arguments[0]} in {folder.name}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def counts(folder: Path, var: Path) -> dict[str, int]:
    return json.loads(manage(folder, var, "shell", "--no-imports", "-c", COUNTS).splitlines()[-1])


def test_data_written_by_the_commit_before_stand_under_this_one(before, var):
    manage(before, var, "migrate", "--verbosity", "0")
    manage(before, var, "seed_demo")
    written = counts(before, var)
    shutil.rmtree(before)

    manage(ROOT, var, "migrate", "--verbosity", "0")
    kept = counts(ROOT, var)

    assert written["community_post"] > 100
    # A table that a migration takes away on purpose is the migration linter's to question.
    assert {name: kept[name] for name in written if name in kept} == {
        name: count for name, count in written.items() if name in kept
    }
    manage(ROOT, var, "check_integrity")
