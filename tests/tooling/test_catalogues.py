import gettext
import importlib
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real

from tooling import catalogues

PAGE = """
<p>don't take "this" apart, été</p>
   {{ _("Welcome") }}
 {% trans name=user.name %}
    Hello {{ name }},
    100% "warm"
 {% endtrans %}
{% trans n=total %}{{ n }} reply{% pluralize %}{{ n }} replies{% endtrans %}
{{ pgettext("month", "May") }} {{ ui.badge(_("New")) }}
"""
FOREIGN = """{% load i18n %}
<p>don't take "this" apart, été</p>
   {% translate "Second factor" %}
 {% blocktranslate trimmed with name=user.name %}
    Hello {{ name }},
    50% "cold"
 {% endblocktranslate %}
{% blocktranslate count n=total %}{{ n }} key{% plural %}{{ n }} keys{% endblocktranslate %}
{% translate "March" context "month" %} {% badge label=_("Old") %}
"""
CODE = """
from django.utils.translation import gettext as _, ngettext
def said(n):
    return _("Saved") + ngettext("%(n)s post", "%(n)s posts", n) + _("Hello {name}").format(name=n)
"""


@pytest.fixture
def project(tmp_path):
    for place, text in {
        "templates/courses/page.html": PAGE,
        "templates/emails/note.txt": '{{ _("Good morning") }}',
        "templates/404.html": '{{ _("Lost") }}',
        "templates/django/mfa/index.html": FOREIGN,
        "courses/said.py": CODE,
        "courses/migrations/0001_initial.py": '_("Never")',
    }.items():
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def found_in(project):
    return catalogues.sentences_of(project, ["core", "courses", "people"])


def bring_up_to_date(project):
    for area, sentences in found_in(project).items():
        catalogues.update(project, area, sentences)
    return polib.pofile(str(catalogues.catalogue_path(project, "courses")))


def holes_in(project):
    sentences = found_in(project)["courses"]
    return catalogues.holes(project, "courses", sentences)


def test_each_sentence_is_found_in_the_area_of_its_place(project):
    areas = {area: {msgid for msgid, _ in found} for area, found in found_in(project).items()}
    assert areas == {
        "courses": {
            *("Welcome", 'Hello %(name)s, 100%% "warm"', "%(n)s reply", "May", "New"),
            *("Saved", "%(n)s post", "Hello {name}"),
        },
        "core": {"Good morning", "Lost"},
        "people": {"Second factor", 'Hello %(name)s, 50%% "cold"', "%(n)s key", "March", "Old"},
    }


def test_writing_again_keeps_translations_and_drops_what_is_gone(project):
    catalogue = bring_up_to_date(project)
    catalogue.find("Welcome").msgstr = "Bienvenue"
    catalogue.find("%(n)s reply").msgstr_plural = {0: "%(n)s réponse", 1: "%(n)s réponses"}
    catalogue.save(str(catalogues.catalogue_path(project, "courses")))
    (project / "courses" / "said.py").write_text("")
    before = {entry.msgid: entry.msgstr for entry in bring_up_to_date(project)}
    assert before["Welcome"] == "Bienvenue"
    assert "Saved" not in before
    text = catalogues.catalogue_path(project, "courses").read_text()
    bring_up_to_date(project)
    assert catalogues.catalogue_path(project, "courses").read_text() == text
    assert "%(n)s réponses" in text


def translate_all(project):
    catalogue = bring_up_to_date(project)
    for entry in catalogue:
        entry.msgstr = "" if entry.msgid_plural else entry.msgid
        entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural} if entry.msgid_plural else {}
    return catalogue


@pytest.mark.parametrize(
    ("spoil", "hole"),
    [
        (lambda c: setattr(c.find("Saved"), "msgstr", ""), "courses: not translated: 'Saved'"),
        (lambda c: c.find("Saved").flags.append("fuzzy"), "courses: fuzzy: 'Saved'"),
        (lambda c: c.remove(c.find("Saved")), "courses: missing: 'Saved'"),
        (lambda c: c.append(polib.POEntry(msgid="Old", msgstr="x")), "courses: no longer used: 'Old'"),
        (
            lambda c: setattr(c.find("Hello {name}"), "msgstr", "Bonjour {nom}"),
            "courses: placeholders differ (name, nom): 'Hello {name}'",
        ),
        (
            lambda c: c.find("%(n)s post").msgstr_plural.update({1: "%(m)s messages"}),
            "courses: placeholders differ (m, n): '%(n)s post'",
        ),
        (
            lambda c: c.find("%(n)s post").msgstr_plural.update({1: ""}),
            "courses: not translated: '%(n)s post'",
        ),
    ],
)
def test_each_kind_of_hole_is_named(project, spoil, hole):
    catalogue = translate_all(project)
    path = str(catalogues.catalogue_path(project, "courses"))
    catalogue.save(path)
    assert holes_in(project) == []
    spoil(catalogue)
    catalogue.save(path)
    assert holes_in(project) == [hole]


def test_a_french_singular_may_leave_its_number_unsaid(project):
    catalogue = translate_all(project)
    catalogue.find("%(n)s post").msgstr_plural[0] = "un message"
    catalogue.save(str(catalogues.catalogue_path(project, "courses")))
    assert holes_in(project) == []


def test_compiled_catalogues_count_none_and_one_as_singular(project):
    translate_all(project).save(str(catalogues.catalogue_path(project, "courses")))
    folder = project / "locale" / "courses"
    assert catalogues.compile_catalogues([folder]) == 1
    assert catalogues.compile_catalogues([folder]) == 0
    with (folder / "fr" / "LC_MESSAGES" / "django.mo").open("rb") as handle:
        french = gettext.GNUTranslations(handle)
    said = [french.ngettext("%(n)s post", "%(n)s posts", n) for n in (0, 1, 2)]
    assert said == ["%(n)s post", "%(n)s post", "%(n)s posts"]


def test_what_was_looked_up_before_compiling_is_looked_up_again(project):
    translate_all(project).save(str(catalogues.catalogue_path(project, "courses")))
    with translation.override("fr"):
        translation.gettext("Search")
    assert trans_real._translations
    catalogues.compile_catalogues([project / "locale" / "courses"])
    assert not trans_real._translations


def test_two_catalogues_that_say_one_sentence_differently_are_named(project):
    for area, said in [("courses", "Fermer"), ("people", "Clore")]:
        path = catalogues.catalogue_path(project, area)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'msgid "Close"\nmsgstr "{said}"\n\nmsgctxt "shop"\nmsgid "Close"\nmsgstr "Fermer"\n')
    assert catalogues.disputes(project, ["courses", "people"]) == ["courses and people differ: 'Close'"]


def test_the_words_borrowed_from_a_library_are_still_its_words_and_complete_in_both_languages():
    for area in catalogues.BORROWED:
        package = Path(importlib.import_module(area).__file__).parent
        theirs = {e.msgid: e for e in polib.pofile(str(package / "locale/fr/LC_MESSAGES/django.po"))}
        said = {
            language: {
                e.msgid: e
                for e in polib.pofile(
                    str(settings.BASE_DIR / f"locale/{area}/{language}/LC_MESSAGES/django.po")
                )
            }
            for language in ("en", "fr")
        }
        assert said["en"].keys() == said["fr"].keys()
        assert said["en"].keys() - {msgid for msgid, entry in theirs.items() if not entry.obsolete} == set()
        for entries in said.values():
            for msgid, entry in entries.items():
                sentence = catalogues.Sentence(msgid, plural=theirs[msgid].msgid_plural)
                assert list(catalogues.faults(entry, sentence)) == [], msgid
