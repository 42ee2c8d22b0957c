import gettext
import shutil
import subprocess
import sys

from django.conf import settings

from tooling import setup


def test_an_installation_by_hand_compiles_its_translations(tmp_path):
    for name in ("tooling", "locale"):
        shutil.copytree(
            settings.BASE_DIR / name, tmp_path / name, ignore=shutil.ignore_patterns("*.mo", "__pycache__")
        )

    command = [sys.executable, "-m", "tooling.catalogues"]
    said = [subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout for _ in range(2)]

    assert int(said[0]) > 5
    assert said[1] == "0\n"
    with (tmp_path / "locale/core/fr/LC_MESSAGES/django.mo").open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert words.gettext("Say with the request how long it is.").startswith("Dites avec la demande")


def test_whatever_is_asked_of_the_set_up_translations_are_among_its_steps(monkeypatch):
    steps = []
    monkeypatch.setattr(setup, "step", lambda title, work: steps.append(title))
    setup.prepare(development=False)
    assert steps[-1] == "Translations"
