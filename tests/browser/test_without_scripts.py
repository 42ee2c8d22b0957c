"""Reading, posting, the quiz and moderation in a browser that runs no script at all."""

import re
import uuid

import pytest
from playwright.sync_api import expect

UNDO = """
from community import actions
from community.models import Decision
made = Decision.objects.get(post={post}, undone_at=None)
actions.undo_decision(made, by=made.by)
"""


@pytest.fixture
def sign_in(sign_in):
    return lambda who: sign_in(who, java_script_enabled=False)


def test_the_judge_runs_no_script(sign_in):
    awa = sign_in("awa")
    assert awa.locator("[data-htmx-powered]").count() == 0
    assert awa.locator("[data-needs-js]:visible").count() == 0


def test_a_course_a_module_and_its_conversation_are_read(sign_in):
    awa = sign_in("awa")
    awa.goto("/courses/")
    awa.locator("main").get_by_role("link", name="Relation client, niveau 1").first.click()
    awa.get_by_role("link", name="Désamorcer une discussion tendue").first.click()
    expect(awa.get_by_role("heading", level=1)).to_contain_text("Désamorcer")
    expect(awa.locator("video[controls]")).to_be_visible()
    expect(awa.locator("#posts > li").first).to_be_visible()
    awa.goto("/search/?q=client")
    awa.locator("main a[href*='/threads/'], main a[href*='/posts/']").first.click()
    expect(awa.locator("[id^=post-]").first).to_be_visible()


def test_a_discussion_is_opened_answered_and_an_answer_kept(sign_in):
    julie, awa = sign_in("julie"), sign_in("awa")
    title, answer = f"Sans script {uuid.uuid4().hex[:6]}", f"Une réponse {uuid.uuid4().hex[:6]}"
    julie.goto("/spaces/mes-premieres-semaines/threads/new/")
    julie.locator("input[name=title]").fill(title)
    julie.locator("select[name=kind]").select_option("question")
    julie.locator("textarea[name=body]").fill("Comment faites-vous ?")
    julie.locator("main form button[type=submit]:not([formnovalidate])").last.click()
    expect(julie.get_by_role("heading", level=1)).to_contain_text(title)

    awa.goto(julie.url)
    awa.locator("#composer textarea[name=body]").fill(answer)
    awa.locator("#composer button[type=submit]").last.click()
    mine = awa.locator("#posts > li", has_text=answer)
    expect(mine).to_have_count(1)
    mine.locator("[data-menu-from][href$='/menu/']").click()
    awa.get_by_role("link", name="Modifier").click()
    awa.locator("textarea[name=body]").last.fill(f"{answer}, corrigée")
    awa.locator("main form:has(textarea[name=body]) button[type=submit]").last.click()
    expect(awa.locator("#posts > li", has_text=f"{answer}, corrigée")).to_have_count(1)

    julie.reload()
    theirs = julie.locator("#posts > li", has_text=answer)
    theirs.get_by_role("button", name="Utile").click()
    expect(theirs.locator("button[aria-pressed=true]")).to_have_count(1)
    theirs.locator("[data-menu-from][href$='/menu/']").click()
    julie.get_by_role("button", name="Retenir cette réponse").click()
    expect(julie.locator("#posts > li", has_text=answer)).to_contain_text("Réponse retenue")


def test_what_is_refused_comes_back_with_what_was_typed(sign_in):
    awa = sign_in("awa")
    awa.goto("/spaces/mes-premieres-semaines/threads/new/")
    form = awa.locator("main form:has(textarea[name=body])")
    form.evaluate("form => { form.noValidate = true }")
    form.locator("textarea[name=body]").fill("Un message sans titre")
    form.locator("button[type=submit]:not([formnovalidate])").last.click()
    expect(awa.locator("textarea[name=body]")).to_have_value("Un message sans titre")
    expect(awa.locator("[aria-invalid=true]").first).to_be_visible()


def test_a_question_of_the_quiz_is_answered(visit):
    with visit.of("halfway", "fr", java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(visit.told["addresses"]["quiz"])
        begin = page.locator("form[action$='/attempts/'] button")
        if begin.count():
            begin.first.click()
        page.locator("input[name=option]").first.check()
        page.locator("form[action$='/answers/'] button[type=submit]").click()
        expect(page.locator("#group-title")).to_be_visible()


def test_a_flag_is_decided_on(sign_in, academy):
    julie = sign_in("julie")
    julie.goto("/facilitation/")
    case = julie.locator("form[action$='/decision/']").first.get_attribute("action")
    deciding = julie.locator(f"form[action='{case}']")
    deciding.locator("summary").click()
    deciding.locator("textarea[name=note]").fill("Le ton est vif, le fond est juste.")
    deciding.get_by_role("button", name="Garder").click()
    expect(julie).to_have_url(re.compile("/facilitation/$"))
    expect(deciding).to_have_count(0)
    expect(julie.locator("#toasts")).to_contain_text("Le message est gardé")
    academy.manage("shell", "-c", UNDO.format(post=case.split("/")[2]))


def test_a_menu_opens_beside_its_button(sign_in, thread):
    awa = sign_in("awa")
    awa.goto(thread())
    button = awa.locator("[data-menu] > button:visible").last
    button.click()
    menu = awa.locator("[popover]:popover-open")
    expect(menu).to_have_count(1)
    at, near = menu.bounding_box(), button.bounding_box()
    gaps = (at["y"] - near["y"] - near["height"], near["y"] - at["y"] - at["height"])
    assert max(gaps) == pytest.approx(0, abs=10)
    assert at["x"] <= near["x"] <= at["x"] + at["width"]
