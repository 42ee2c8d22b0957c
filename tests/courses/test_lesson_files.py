"""Pictures and files in the text of a module: who puts them there, who opens them, and when they go."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from core.importing import Report
from courses.actions import publish_module, put_into_lesson, save_state, withdraw_module
from courses.actions.lesson_files import forget_unused_files
from courses.imports import import_course
from courses.models import LessonFile, ModuleDraft
from people.privacy import REGISTRY
from tests import making


def picture(name="schema.png"):
    written = io.BytesIO()
    Image.new("RGB", (32, 32), "green").save(written, "PNG")
    return SimpleUploadedFile(name, written.getvalue(), "image/png")


def paper(name="fiche.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.4 words", "application/pdf")


@pytest.fixture
def lesson(course, julie):
    module = making.make_module(course, "Préparer", kind="text")
    module.rules.create(kind="opened")
    module.refresh_from_db()
    return module


def show(module, file, by):
    module.refresh_from_db()
    save_state(module, by=by, edition=module.edition, state={"body": f"Voici {file.markdown}"})


def test_what_an_author_puts_in_is_shown_to_who_reads_the_lesson(sign_in, julie, awa, course, lesson):
    author = sign_in(julie)
    page = author.get(f"/studio/modules/{lesson.pk}/")
    address = f"/studio/modules/{lesson.pk}/files/"
    assert f'data-upload-url="{address}"' in page.text
    answers = [author.post(address, {"file": file}) for file in (picture(), paper())]
    assert [answer.status_code for answer in answers] == [201, 201]
    marks = [answer.json()["markdown"] for answer in answers]
    assert re.fullmatch(r"!\[schema\.webp\]\(/media/lessons/\d+/schema\.webp\)", marks[0])
    assert re.fullmatch(r"\[fiche\.pdf\]\(/media/lessons/\d+/fiche\.pdf\)", marks[1])

    typed = {"title": "Préparer", "minutes": 3, "language": "fr", "body": "\n\n".join(marks), "opened": "on"}
    author.post(f"/studio/modules/{lesson.pk}/", {**typed, "edition": lesson.edition, "mandatory": "on"})

    making.enrol(awa, course)
    reader = sign_in(awa)
    shown = reader.get(lesson.get_absolute_url()).text
    image, file = LessonFile.objects.order_by("pk")
    assert f'src="{image.get_absolute_url()}"' in shown
    assert f'href="{file.get_absolute_url()}"' in shown
    answer = reader.get(image.get_absolute_url())
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    answer = reader.get(file.get_absolute_url())
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 words"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_only_readers_of_the_lesson_open_what_it_shows(sign_in, julie, awa, karim, ines, course, lesson):
    """Karim is of the house and not enrolled, Ines a trainer of another house."""
    making.grant_role(ines, "trainer")
    file = put_into_lesson(lesson, by=julie, upload=paper())
    making.enrol(awa, course)

    def answers():
        people = (awa, karim, ines, julie)
        return [sign_in(person).get(file.get_absolute_url()).status_code for person in people]

    assert answers() == [404, 404, 404, 200], "nothing shows it yet"
    show(lesson, file, julie)
    assert answers() == [200, 404, 404, 200]
    withdraw_module(lesson, by=julie)
    assert answers() == [404, 404, 404, 200]
    lesson.refresh_from_db()
    publish_module(lesson, by=julie)
    save_state(lesson, by=julie, edition=lesson.edition, state={"body": "Rien"})
    assert answers() == [404, 404, 404, 200], "the text no longer shows it"


def test_only_its_authors_put_files_in_and_known_kinds_only(sign_in, julie, awa, ines, course, lesson):
    making.grant_role(ines, "trainer")
    making.enrol(awa, course)
    address = f"/studio/modules/{lesson.pk}/files/"
    assert sign_in(awa).post(address, {"file": paper()}).status_code == 403
    assert sign_in(ines).post(address, {"file": paper()}).status_code == 404
    author = sign_in(julie)
    assert author.post(address).status_code == 422
    wrong = [SimpleUploadedFile("a.svg", b"<svg/>"), SimpleUploadedFile("a.pdf", b"<script>")]
    for file in wrong:
        answer = author.post(address, {"file": file})
        assert (answer.status_code, bool(answer.json()["detail"])) == (422, True)
    assert not LessonFile.objects.exists()


def test_what_no_text_shows_goes_after_a_day(julie, lesson, django_capture_on_commit_callbacks):
    files = [put_into_lesson(lesson, by=julie, upload=paper()) for _ in range(5)]
    shown_now, shown_before, in_a_draft, unused, fresh = files
    show(lesson, shown_before, julie)
    show(lesson, shown_now, julie)
    ModuleDraft.objects.create(module=lesson, user=julie, edition=0, fields={"body": in_a_draft.markdown})
    before = timezone.now() - timedelta(days=2)
    LessonFile.objects.exclude(pk=fresh.pk).update(created_at=before)

    with django_capture_on_commit_callbacks(execute=True):
        assert forget_unused_files() == 1

    assert set(LessonFile.objects.all()) == {shown_now, shown_before, in_a_draft, fresh}
    assert not unused.file.storage.exists(unused.file.name)
    assert shown_now.file.storage.exists(shown_now.file.name)


def test_an_author_takes_the_names_along_and_the_lesson_keeps_the_file(julie, lesson):
    file = put_into_lesson(lesson, by=julie, upload=paper())
    (row,) = REGISTRY[LessonFile].export(julie)
    assert (row["name"], row["module__title"]) == ("fiche.pdf", "Préparer")
    REGISTRY[LessonFile].erase(julie)
    file.refresh_from_db()
    assert file.user is None


def test_pictures_beside_an_imported_lesson_come_with_it(sign_in, julie, tmp_path):
    folder = tmp_path / "cours"
    folder.mkdir()
    (folder / "plan.png").write_bytes(picture().read())
    (folder / "cassée.png").write_bytes(b"not a picture")
    (folder / "1-un.md").write_text("# Un\n\nAvant ![Le plan](plan.png) ![Perdue](cassée.png) après")
    report = Report()
    taken_back = []
    course = import_course(folder, by=julie, report=report, abandon=taken_back.append)

    module, file = course.modules.get(), LessonFile.objects.get()
    assert module.body == f"Avant ![Le plan]({file.get_absolute_url()}) Perdue après"
    assert f'src="{file.get_absolute_url()}"' in module.html
    assert sign_in(julie).get(file.get_absolute_url()).status_code == 200
    assert [item.where for item in report.changed_items] == ["1-un.md"]
    for take_back in taken_back:
        take_back()
    assert not file.file.storage.exists(file.file.name)
