"""Three people do what they come for, in Chromium, on the academy as `make demo` starts it."""

import csv
import io
import re
import uuid
import zipfile

from playwright.sync_api import Page, expect

COURSE = "/courses/relation-client-niveau-1/"
CANARY = "zirconeige"


def go_to_module(page: Page, title: str) -> None:
    page.goto("/courses/")
    page.get_by_role("link", name="Relation client, niveau 1").first.click()
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


def say(page: Page, words: str) -> None:
    composer = page.locator("form[action$='/posts/']:visible").last
    composer.locator("textarea[name=body]").fill(words)
    composer.locator("button[type=submit]").last.click()


def test_awa_watches_talks_answers_and_hears_that_her_answer_is_accepted(sign_in):
    awa, sarah = sign_in("awa"), sign_in("julie")
    words = f"Chez nous on rappelle à heure fixe ({uuid.uuid4().hex[:6]})."

    go_to_module(awa, "Désamorcer une discussion tendue")
    video = awa.locator("video")
    started = video.evaluate("v => v.currentTime")
    video.evaluate("v => { v.muted = true; return v.play() }")
    awa.wait_for_function("from => document.querySelector('video').currentTime > from + 1", arg=started)
    video.evaluate("v => v.pause()")
    awa.locator("input[name=at_moment]").check()
    say(awa, words)
    mine = awa.locator("#posts > li", has_text=words)
    expect(mine).to_have_count(1)
    expect(mine.locator("[data-moment]")).to_be_visible()

    go_to_module(awa, "Quiz : à vous de jouer".replace(" :", "\u00a0:"))
    begin = awa.locator("form[action$='/attempts/'] button")
    if begin.count():
        begin.first.click()
    expect(awa.locator("#group-title")).to_have_count(0)
    awa.locator("input[name=option]").first.check()
    awa.locator("form[action$='/answers/'] button[type=submit]").click()
    expect(awa.locator("#group-title")).to_be_visible()

    # Julie asks, Awa answers, Julie keeps the answer: the bell rings on Awa's open page.
    question = f"Qui prévient le client d'un retard ? {uuid.uuid4().hex[:6]}"
    sarah.goto("/spaces/mes-premieres-semaines/threads/new/")
    sarah.locator("input[name=title]").fill(question)
    sarah.locator("[name=kind][value=question], select[name=kind]").first.evaluate(
        "e => { if (e.tagName === 'SELECT') { e.value = 'question' } else { e.checked = true } }"
    )
    sarah.locator("textarea[name=body]").fill("Je ne sais pas si c'est moi.")
    sarah.get_by_role("button", name="Publier").click()
    expect(sarah.get_by_role("heading", level=1)).to_contain_text("Qui prévient")

    awa.goto(sarah.url)
    say(awa, "C'est vous, avant la fin de la matinée.")
    answer = sarah.locator("#posts > li", has_text="avant la fin de la matinée")
    expect(answer).to_be_visible(timeout=5_000)  # without a reload: the stream said that something changed
    expect(answer).to_have_count(1)
    awa.goto("/")
    before = unread(awa)
    answer.locator("[data-menu-from][href$='/menu/']").click()
    answer.get_by_role("button", name="Retenir cette réponse").click()
    awa.wait_for_function(
        "n => Number((document.querySelector('#bell')?.textContent.match(/\\d+/) || ['0'])[0]) > n",
        arg=before,
        timeout=15_000,
    )
    awa.goto("/notifications/")
    expect(awa.get_by_text("Qui prévient le client").first).to_be_visible()
    assert awa.errors == []
    assert sarah.errors == []


def unread(page: Page) -> int:
    found = re.search(r"\d+", page.locator("#bell").first.inner_text() or "")
    return int(found[0]) if found else 0


def test_julie_publishes_a_module_and_decides_on_a_flag_and_thinks_again(sign_in):
    julie = sign_in("julie")
    title = f"Refuser en proposant autre chose {uuid.uuid4().hex[:6]}"
    julie.goto("/studio/")
    julie.get_by_role("link", name="Relation client, niveau 1").first.click()
    adding = julie.locator("form:has(select[name=kind]):visible").first
    adding.locator("select[name=kind]").select_option("text")
    adding.locator("input[name=title]").fill(title)
    adding.locator("button[type=submit]").click()
    julie.locator("textarea[name=body]").fill("## Trois phrases\n\nUn non qui propose reste un oui.")
    julie.locator("textarea[name=prompt]").fill("Quel non avez-vous dit cette semaine ?")
    julie.get_by_role("button", name=re.compile("Enregistrer")).first.click()
    julie.get_by_role("button", name=re.compile("Publier")).first.click()
    julie.goto(COURSE)
    julie.get_by_role("link", name=title).click()
    expect(julie.locator("#conversation")).to_contain_text("Quel non avez-vous dit")

    julie.goto("/facilitation/")
    case = julie.locator("form[action$='/decision/']").first.get_attribute("action")
    deciding = julie.locator(f"form[action='{case}']")
    waiting = julie.locator("[id^='decide-']").count() - 1
    sentence = f"{waiting} message" if waiting else "Rien n’attend votre décision"
    deciding.get_by_role("button", name="Garder").click()
    expect(deciding).to_have_count(0)
    expect(julie.locator("h1 + p")).to_contain_text(sentence)
    meanwhile = julie.context.new_page()
    meanwhile.goto("/facilitation/")
    expect(meanwhile.locator(f"form[action='{case}']")).to_have_count(0)
    julie.get_by_role("button", name="Annuler").last.click()
    expect(deciding).to_have_count(1)
    assert julie.errors == []


def test_marc_reads_filters_and_exports_the_same_figures(sign_in):
    marc = sign_in("marc")
    marc.goto("/reports/")
    expect(marc.get_by_role("heading", level=1)).to_contain_text("Engagement")
    expect(marc.locator("table", has_text="Ventes").first).to_be_attached()
    marc.locator("select[name=unit]").select_option(label="Ventes")
    marc.locator("form:has(select[name=unit]) button[type=submit]").first.click()
    expect(marc).to_have_url(re.compile("unit="))
    with marc.expect_download() as waiting:
        marc.get_by_role("link", name=re.compile("Exporter")).first.click()
    with zipfile.ZipFile(waiting.value.path()) as tables:
        texts = [tables.read(name).decode("utf-8-sig") for name in tables.namelist()]
    rows = [row for text in texts for row in csv.reader(io.StringIO(text), delimiter=";")]
    assert len(texts) > 1
    assert any("M03" in cell for row in rows for cell in row)
    assert marc.errors == []


def test_ines_finds_nothing_of_a_hidden_space_of_lumen(sign_in):
    """The word exists in one hidden space of the other organisation, and for her nowhere."""
    ines, marc = sign_in("ines"), sign_in("marc")
    api = ["/api/v1/spaces/", "/api/v1/courses/"]
    for place in ["/", "/spaces/", "/notifications/", "/people/", "/courses/", "/privacy/", *api]:
        assert CANARY not in ines.goto(place).text().lower(), place
    for place in (f"/search/?q={CANARY}", f"/people/?q={CANARY}"):
        text = ines.goto(place).text().lower()
        # Only what she typed herself comes back: the field, the title, the sentence that nothing was found.
        assert "comité" not in text
        assert "/threads/" not in ines.locator("main").inner_html()
    assert CANARY in marc.goto(f"/search/?q={CANARY}").text().lower()
