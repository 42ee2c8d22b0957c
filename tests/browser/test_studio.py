"""Where authors write: files go into the text, two tabs are told of each other, captions stand beside their film; and
what a browser refuses is said in the language of the page."""

import base64
import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

FIND = """
from courses.models import Caption, Enrolment, Module
from people.models import User
awa, julie = (User.objects.get(email=f"{name}@demo.palabre.test") for name in ("awa", "julie"))
written = Module.objects.editable_by(julie).published()
lesson = written.filter(kind="text").order_by("pk").first()
followed = Enrolment.objects.begun().filter(user=awa).values("session__course")
caption = Caption.objects.filter(video__module__in=written.filter(course__in=followed)).order_by("pk").first()
print("FOUND", lesson.pk, caption.pk)
"""
PASTE = """
(field, encoded) => {
  const bytes = Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], "plan.png", { type: "image/png" }));
  field.focus();
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
}
"""


@pytest.fixture(scope="session")
def places(academy):
    lesson, caption = re.search(r"FOUND (\d+) (\d+)", academy.manage("shell", "-c", FIND)).groups()
    return {"lesson": f"/studio/modules/{lesson}/", "caption": f"/studio/captions/{caption}/"}


def picture() -> str:
    written = io.BytesIO()
    Image.new("RGB", (40, 40), "green").save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


def test_a_picture_pasted_into_a_lesson_stands_in_its_text(sign_in, places):
    julie = sign_in("julie")
    julie.goto(places["lesson"])
    text = julie.locator("textarea[name=body]")
    text.evaluate(PASTE, picture())
    expect(text).to_have_value(re.compile(r"!\[plan\.webp\]\(/media/lessons/\d+/plan\.webp\)"))
    address = re.search(r"/media/lessons/\d+/plan\.webp", text.input_value())[0]
    assert julie.request.get(address).status == 200
    expect(julie.locator("[data-autosave-status]")).to_contain_text("Gardé à")
    julie.reload()
    julie.locator("button[value=discard]").click()
    assert julie.errors == []


def test_what_is_kept_while_one_types_moves_no_caret_and_says_who_saved_meanwhile(sign_in, places):
    first, second = sign_in("julie"), sign_in("julie")
    for page in (first, second):
        page.goto(places["lesson"])
    objective = second.locator("input[name=objective]")
    objective.fill("Savoir dire non")
    second.locator("#module-form").get_by_role("button", name="Enregistrer").last.click()
    expect(second.get_by_text("Enregistré.", exact=False).first).to_be_visible()

    title = first.locator("input[name=title]")
    title.focus()
    title.evaluate("field => field.setSelectionRange(3, 3)")
    first.keyboard.type("xyz")
    status = first.locator("[data-autosave-status]")
    expect(status).to_have_class(re.compile("text-warning"))
    assert title.evaluate("field => [field.selectionStart, field.selectionEnd]") == [6, 6]
    expect(title).to_be_focused()
    first.keyboard.type("!")
    assert title.input_value()[3:7] == "xyz!"

    first.locator("#module-form").get_by_role("button", name="Enregistrer").last.click()
    expect(first.get_by_text("Savoir dire non").first).to_be_visible()
    assert title.input_value()[3:7] == "xyz!"
    first.goto(places["lesson"])
    first.locator("button[value=discard]").click()
    assert first.errors == second.errors == []


def test_the_film_plays_from_the_caption_being_edited(sign_in, places):
    julie = sign_in("julie")
    julie.goto(places["caption"])
    text = julie.locator("textarea[name=vtt]")
    text.fill("WEBVTT\n\n00:00.000 --> 00:01.000\nUn\n\n00:02.500 --> 00:03.000\nDeux\n")
    text.evaluate("field => field.setSelectionRange(field.value.length - 2, field.value.length - 2)")
    film = julie.locator("video")
    film.evaluate("film => { film.play = () => {}; }")
    julie.get_by_role("button", name="Lire à partir du sous-titre").click()
    assert film.evaluate("film => film.currentTime") == 2.5
    assert julie.errors == []


def test_what_a_field_asks_is_said_in_the_language_of_the_page(sign_in):
    julie = sign_in("julie")
    julie.goto("/studio/courses/new/")
    title = julie.locator("input[name=title]")
    julie.get_by_role("button", name="Créer le brouillon").click()
    assert title.evaluate("field => field.validationMessage") == "Remplissez ce champ."
    title.fill("Un cours")
    assert title.evaluate("field => field.checkValidity()")
    assert julie.errors == []
