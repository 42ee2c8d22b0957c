from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Q

from community.models import Thread
from courses.models import Course, Module, Option, Question, Section
from events.models import Event
from tests.making import make_user
from tests.samples import SAMPLES, needs_samples

pytestmark = pytest.mark.usefixtures("english")

GIFT = """$CATEGORY: $course$/top/Bases

::Un:: Quel *signe* ? {=oui ~non#<b>Relisez</b> ####Voir le cours.}

::Deux:: Le soleil se lève à l'est. {T#Regardez.}

::Trois:: Expliquez. {}

::Un:: Une autre du même nom {=a ~b}

::Un:: Une autre du même nom {=a ~b}
"""


def everything():
    models = (Course, Section, Module, Question, Option, Thread, Event)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture
def bank(tmp_path):
    (tmp_path / "bank.gift").write_text(GIFT)
    return tmp_path / "bank.gift"


def bring_questions(path, by, **options):
    call_command("import_questions", path, organisation=by.organisation.slug, by=by.handle, **options)


def test_questions_come_into_the_bank_and_the_others_are_named(bank, julie, capsys):
    bring_questions(bank, julie)
    rows = Question.objects.order_by("pk").values_list(
        "name", "category", "text", "kind", "language", "organisation"
    )
    assert list(rows) == [
        ("Un", "Bases", r"Quel \*signe\* ?", "single", "fr", julie.organisation_id),
        ("Deux", "Bases", "Le soleil se lève à l'est.", "single", "fr", julie.organisation_id),
        ("Un", "Bases", "Une autre du même nom", "single", "fr", julie.organisation_id),
    ]
    first, second = Question.objects.order_by("pk")[:2]
    assert first.html == "<p>Quel *signe* ?</p>\n"
    assert first.feedback == "Voir le cours."
    assert list(first.options.values_list("text", "correct", "feedback")) == [
        ("oui", True, ""),
        ("non", False, "**Relisez**"),
    ]
    assert list(second.options.values_list("correct", "feedback")) == [(True, ""), (False, "Regardez.")]
    out = capsys.readouterr().out
    assert "essay" in out
    assert "The same question is in the file twice." in out
    event = Event.objects.get(verb="courses.questions_imported")
    assert (event.actor_id, event.data) == (julie.pk, {"made": 3, "refused": 2})


def test_questions_twice_change_nothing_and_a_dry_run_keeps_nothing(bank, julie):
    bring_questions(bank, julie, dry_run=True)
    assert everything() == [[], [], [], [], [], [], []]
    bring_questions(bank, julie)
    before = everything()
    bring_questions(bank, julie)
    assert everything() == before


def test_a_question_reworded_here_is_kept_and_the_difference_named(bank, julie, capsys):
    bring_questions(bank, julie)
    Question.objects.filter(name="Deux").update(text="Reformulée", html="<p>Reformulée</p>\n")
    bring_questions(bank, julie)
    assert Question.objects.get(name="Deux").text == "Reformulée"
    assert "1 × already there in other words, which were kept" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"<quiz>", b"<html></html>", b"\xff\xfe\x00"])
def test_a_file_of_another_kind_is_refused_with_a_sentence(julie, tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(CommandError, match="Nothing was imported"):
        bring_questions(tmp_path / "x", julie)


def test_learners_and_strangers_bring_nothing_in(bank, julie, awa, ines):
    with pytest.raises(CommandError, match="Only trainers"):
        bring_questions(bank, awa)
    with pytest.raises(CommandError, match="Nobody"):
        call_command("import_questions", bank, organisation=julie.organisation.slug, by=ines.handle)
    assert not Question.objects.exists()


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "securite"
    root.mkdir()
    (root / "course.yml").write_text("title: Sécurité\nobjectives: [Voir, Agir]\nsections: {1: Bases}\n")
    (root / "1.1-un.md").write_text("# Un\n\nVoir [la suite](1.2-deux.md) ![](absente.png)\n")
    (root / "1.2-deux.md").write_text("---\nobjective: Savoir\nminutes: 9\n---\n# Deux\n\n**texte**\n")
    (root / "2.1-vide.md").write_text("# Vide\n")
    return root


def bring_course(path, by, **options):
    call_command("import_course", path, organisation=by.organisation.slug, by=by.handle, **options)


def test_a_folder_becomes_a_course_of_drafts_with_its_space(folder, julie, capsys):
    bring_course(folder, julie)
    course = Course.objects.get()
    assert (course.title, course.objective_list, course.published_at) == ("Sécurité", ["Voir", "Agir"], None)
    assert [section.title for section in course.sections.all()] == ["Bases"]
    rows = course.modules.values_list("title", "kind", "objective", "minutes", "published_at")
    assert list(rows) == [("Un", "text", "", 1, None), ("Deux", "text", "Savoir", 9, None)]
    first, second = course.modules.all()
    assert first.body == f"Voir [la suite]({second.get_absolute_url()})"
    assert second.html == "<p><strong>texte</strong></p>\n"
    assert course.sessions.get().is_open
    out = capsys.readouterr().out
    assert "2.1-vide.md" in out
    assert "1 × pictures that are missing were left out" in out


def test_published_lessons_have_their_conversation(folder, julie):
    bring_course(folder, julie, publish=True)
    assert sorted(Thread.objects.values_list("title", flat=True)) == ["Deux", "Un"]
    assert Course.objects.get().published_at is not None


def test_a_course_twice_changes_nothing_and_a_dry_run_keeps_nothing(folder, julie):
    bring_course(folder, julie, dry_run=True)
    assert everything() == [[], [], [], [], [], [], []]
    bring_course(folder, julie, publish=True)
    before = everything()
    bring_course(folder, julie, publish=True)
    assert everything() == before


def test_a_lesson_added_later_joins_its_section_even_renamed(folder, julie):
    bring_course(folder, julie)
    Section.objects.update(title="Fondations")
    (folder / "1.3-trois.md").write_text("# Trois\n\ntexte")
    bring_course(folder, julie)
    assert list(Module.objects.values_list("title", "section__title")) == [
        ("Un", "Fondations"),
        ("Deux", "Fondations"),
        ("Trois", "Fondations"),
    ]


def test_a_course_that_fails_in_the_middle_leaves_nothing(folder, julie, monkeypatch):
    monkeypatch.setattr("courses.imports._link_lessons", lambda bringing: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bring_course(folder, julie)
    assert everything() == [[], [], [], [], [], [], []]


class TestOnSamples:
    pytestmark = needs_samples

    def test_the_french_questions_come_in_from_gift_and_are_found_again_in_moodle_xml(self, julie, capsys):
        bring_questions(SAMPLES / "quiz-fr" / "openquizzdb-fr.gift", julie)
        assert Question.objects.count() == 240
        assert Option.objects.count() == 960
        right = Question.objects.annotate(right=Count("options", filter=Q(options__correct=True)))
        assert Counter(right.values_list("right", flat=True)) == {1: 240}
        assert Counter(Question.objects.values_list("category", flat=True)).most_common(1)[0][1] == 30
        bring_questions(SAMPLES / "quiz-fr" / "openquizzdb-fr-extrait.moodle.xml", julie)
        assert Question.objects.count() == 240
        line = next(row for row in capsys.readouterr().out.splitlines()[::-1] if row.startswith("questions"))
        assert line.split()[1:] == ["60", "0", "60", "0"]

    def test_sixty_questions_of_moodle_xml_come_in(self, lumen):
        other = make_user("Paul", organisation=lumen)
        other.role_grants.create(role="trainer", organisation=lumen)
        bring_questions(SAMPLES / "quiz-fr" / "openquizzdb-fr-extrait.moodle.xml", other)
        assert (Question.objects.count(), Option.objects.count()) == (60, 240)

    def test_the_french_course_comes_in_whole(self, julie, capsys):
        bring_course(SAMPLES / "course-fr-cyber", julie, publish=True, title="Les bases de la cybersécurité")
        course = Course.objects.get()
        modules = list(course.modules.select_related("section"))
        assert Counter(module.section.position for module in modules) == {1: 6, 2: 3, 3: 3}
        assert modules[0].title == "La triade CIA et autres concepts clés"
        assert all("CO_OP_TRANSLATOR" not in module.html and module.html for module in modules)
        assert Thread.objects.count() == 12
        out = capsys.readouterr().out
        assert "16 × pictures that are missing were left out" in out
        assert "1 × pictures that are elsewhere became links" in out
        before = everything()
        bring_course(SAMPLES / "course-fr-cyber", julie, publish=True)
        assert everything() == before
