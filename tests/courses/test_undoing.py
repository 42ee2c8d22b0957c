"""An import, or a course that nobody has begun, is taken back; what people worked with stays."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

from community.actions import write_post
from community.models import Space, Thread
from courses.actions import compose_quiz, create_question, publish_all
from courses.actions.questions import Choice
from courses.formats import markdown_course
from courses.models import Course, Module, Question, Quiz, Session
from tests import making

GIFT = b"::Un:: Quel port ? {=80 ~443}\n\n::Deux:: Lequel ? {=22 ~23}\n"


def bring(client, content, name):
    file = SimpleUploadedFile(name, content)
    address = client.post("/studio/imports/", {"file": file, "language": "fr"}).url
    return client.post(address)


def zipped(**lessons):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, text in lessons.items():
            archive.writestr(f"{name}.md", text)
    return written.getvalue()


def test_a_course_is_named_after_what_it_says_and_not_after_its_file(tmp_path):
    def named(**lessons):
        folder = tmp_path / f"export-{len(list(tmp_path.iterdir()))}-final"
        folder.mkdir()
        for name, text in lessons.items():
            (folder / f"{name}.md").write_text(text)
        return markdown_course.read(folder).title

    assert named(a="# Accueillir\n\ntexte", b="# Suite\n\ntexte") == "Accueillir"
    assert named(a="# Accueillir\n\ntexte", README="# Le métier\n\ntexte") == "Le métier"
    assert named(a="seulement du texte").endswith("final")


def test_an_imported_course_is_taken_back_in_one_click_and_a_yes(sign_in, julie):
    client = sign_in(julie)
    page = client.get(bring(client, zipped(a="# Accueillir\n\ntexte"), "export-final-2.zip").url)
    course = Course.objects.get()
    assert course.title == "Accueillir"
    assert "Supprimer la formation" in page.text
    publish_all(course, by=julie)

    address = f"/studio/courses/{course.slug}/removal/"
    asked = client.post(address)
    assert asked.status_code == 200
    assert Course.objects.exists()
    assert client.post(address, {"sure": "yes"}).url == "/studio/"
    assert [model.objects.count() for model in (Course, Module, Session, Space, Thread)] == [0] * 5


def test_a_course_that_somebody_began_stays(sign_in, julie, awa, lumen):
    courses = [making.make_course(lumen, title) for title in ("Suivi", "Discuté")]
    making.enrol(awa, courses[0])
    thread = making.make_thread(courses[1].sessions.get().space, julie)
    making.join(courses[1].sessions.get().space, julie, role="facilitator")
    write_post(thread, author=julie, body="Un mot")
    client = sign_in(julie)
    for course in courses:
        assert f"/{course.slug}/removal/" not in client.get(f"/studio/courses/{course.slug}/").text
        answer = client.post(f"/studio/courses/{course.slug}/removal/", {"sure": "yes"})
        assert answer.status_code == 422
        assert Course.objects.filter(pk=course.pk).exists()


def test_only_who_writes_a_course_deletes_it(sign_in, awa, ines, lumen):
    making.grant_role(ines, "trainer")
    course = making.make_course(lumen)
    address = f"/studio/courses/{course.slug}/removal/"
    assert sign_in(awa).post(address, {"sure": "yes"}).status_code == 403
    assert sign_in(ines).post(address, {"sure": "yes"}).status_code == 404
    assert Course.objects.exists()


def test_a_bank_that_was_brought_in_is_taken_back_but_for_what_is_in_use(sign_in, julie, ines, course):
    own = create_question(by=julie, text="Ici ?", options=[Choice("Oui", True), Choice("Non", False)])
    client = sign_in(julie)
    address = bring(client, GIFT, "banque.gift").url
    page = client.get(address).text
    assert "Quel port" in page
    assert "Ici ?" not in page
    batch = Question.objects.exclude(pk=own.pk).first().batch
    quiz = making.make_module(course, "Quiz", kind="quiz")
    held = Question.objects.get(name="Un")
    compose_quiz(Quiz.objects.create(module=quiz), by=julie, questions=[held])

    making.grant_role(ines, "trainer")
    undo = f"/studio/imports/{batch}/undoing/"
    sign_in(ines).post(undo, {"sure": "yes"})
    client = sign_in(julie)
    assert client.post(undo).status_code == 200
    assert Question.objects.count() == 3
    assert client.post(undo, {"sure": "yes"}).url == "/studio/questions/"
    assert set(Question.objects.all()) == {own, held}


def test_the_bank_is_narrowed_to_a_language_and_shows_each_question_as_it_reads(sign_in, julie):
    options = [Choice("Le *manager*", True), Choice("Personne", False)]
    create_question(by=julie, text="Qui **valide** ?", options=options, language="fr")
    create_question(by=julie, text="Who **approves**?", options=options, language="en")
    client = sign_in(julie)
    assert all(word in client.get("/studio/questions/").text for word in ("valide", "approves"))
    french = client.get("/studio/questions/?language=fr").text
    assert "approves" not in french
    assert "<strong>valide</strong>" in french
    assert "<em>manager</em>" in french
