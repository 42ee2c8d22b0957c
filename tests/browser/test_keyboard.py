"""Whoever has no mouse reads, writes, answers, watches and decides; the focus is seen at every step."""

import json
import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import go_to, walk
from tests.browser.pages import PAGES, SIZES

MAIN = [one for one in PAGES if one.main]


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("who", sorted({one.who for one in MAIN}), ids=lambda who: who or "nobody")
def test_the_focus_is_marked_and_never_under_a_bar(visit, who, width):
    faults = {}
    with visit.of(who, "fr", width) as context:
        page = context.new_page()
        for named in (one for one in MAIN if one.who == who and width in one.widths):
            visit.open(page, named)
            if found := walk(page):
                faults[named.name] = found
    assert faults == {}, json.dumps(faults, indent=1, ensure_ascii=False)


def test_the_judge_sees_a_focus_under_a_bar_and_one_without_a_mark(browser):
    page = browser.new_page()
    links = "".join(f"<p><a href='#{n}'>Lien {n}</a></p>" for n in range(8))
    page.set_content(f"<style>a {{outline: 0}} div {{position: fixed; inset: 0}}</style>{links}")
    assert walk(page)[0] == "Tab to a Lien 0: is not marked"
    page.set_content(f"<style>div {{position: fixed; inset: 0}}</style>{links}<div></div>")
    assert walk(page)[0] == "Tab to a Lien 0: is hidden"
    page.close()


def test_a_discussion_is_found_and_read(sign_in):
    awa = sign_in("awa")
    awa.goto("/spaces/")
    awa.keyboard.press("Tab")
    expect(awa.get_by_role("link", name="Aller au contenu")).to_be_focused()
    awa.keyboard.press("Enter")
    expect(awa.locator("#main")).to_be_focused()
    go_to(awa, awa.locator("main").get_by_role("link", name="Managers de proximité").first)
    awa.keyboard.press("Enter")
    expect(awa.get_by_role("heading", level=1)).to_contain_text("Managers de proximité")
    go_to(awa, awa.locator("main a[href^='/threads/']").first)
    awa.keyboard.press("Enter")
    awa.wait_for_url(re.compile("/threads/"))
    awa.keyboard.press("j")
    awa.keyboard.press("j")
    expect(awa.locator("[data-item]:focus")).to_be_in_viewport()
    awa.keyboard.press("?")
    expect(awa.locator("#shortcuts")).to_be_visible()
    awa.keyboard.press("Escape")
    expect(awa.locator("[data-item]:focus")).to_be_in_viewport()
    assert awa.errors == []


def test_an_answer_is_written_and_a_colleague_thanked(sign_in, thread):
    awa, words = sign_in("awa"), f"Écrit sans souris {uuid.uuid4().hex[:6]}"
    awa.goto(thread())
    composer = awa.locator("#composer")
    go_to(awa, composer.locator("textarea[name=body]"))
    awa.keyboard.type(words)
    go_to(awa, composer.locator("button[type=submit]").last)
    awa.keyboard.press("Enter")
    expect(awa.locator("#posts").get_by_text(words)).to_have_count(1)
    expect(composer.locator("textarea[name=body]")).to_have_value("")

    useful = awa.locator("#posts button[data-optimistic]").last
    before = useful.get_attribute("aria-pressed")
    go_to(awa, useful, "Shift+Tab")  # from where one wrote: the focus is still near
    awa.keyboard.press("Enter")
    expect(useful).not_to_have_attribute("aria-pressed", before)
    expect(useful).not_to_have_class(re.compile("htmx-request"))
    expect(useful).to_be_focused()
    awa.keyboard.press("Space")
    expect(useful).to_have_attribute("aria-pressed", before)
    assert awa.errors == []


def test_the_focus_goes_on_from_where_a_part_of_the_page_is_drawn_again(sign_in, thread):
    awa = sign_in("awa")
    awa.goto(thread(1))
    for words in ("Jamais", "Tout suivre"):
        follow = awa.get_by_role("button", name=words)
        go_to(awa, follow)
        awa.keyboard.press("Enter")
        expect(follow).to_have_attribute("aria-pressed", "true")
        expect(follow).to_be_focused()
    post = awa.locator("#posts > [data-post]").first
    go_to(awa, post.get_by_role("link", name="Réagir").first, "Shift+Tab")
    awa.keyboard.press("Enter")
    expect(post.locator("[popover] button").first).to_be_focused()
    react = post.locator("[popover] button").first.element_handle()
    awa.keyboard.press("Enter")
    awa.wait_for_function("one => !one.isConnected", arg=react)  # the message was drawn again
    expect(post.get_by_role("link", name="Réagir").first).to_be_focused()
    assert awa.errors == []


def test_a_form_asked_for_under_a_message_has_the_focus_and_gives_it_back(sign_in, thread):
    awa = sign_in("awa")
    awa.goto(thread())
    post = awa.locator("#posts > [data-post]").first
    go_to(awa, post.get_by_role("link", name="Répondre").first)
    awa.keyboard.press("Enter")
    expect(post.locator("textarea[name=body]")).to_be_focused()
    go_to(awa, post.get_by_role("button", name="Annuler"))
    awa.keyboard.press("Enter")
    expect(post.locator("textarea[name=body]")).to_have_count(0)
    expect(post).to_be_focused()
    go_to(awa, post.get_by_role("link", name="Citer").first)
    awa.keyboard.press("Enter")
    expect(post.locator("textarea[name=body]")).to_be_focused()
    ends = "field => field.value.startsWith('> ') && field.selectionStart === field.value.length"
    assert post.locator("textarea[name=body]").evaluate(ends)
    assert awa.errors == []


def test_a_question_of_the_quiz_is_answered(visit):
    with visit.of("halfway", "fr") as context:
        page = context.new_page()
        page.goto(visit.told["addresses"]["quiz"])
        begin = page.locator("form[action$='/attempts/'] button")
        if begin.count():
            go_to(page, begin.first)
            page.keyboard.press("Enter")
        option = page.locator("input[name=option]").first
        go_to(page, option)
        page.keyboard.press("Space")
        expect(option).to_be_checked()
        go_to(page, page.locator("form[action$='/answers/'] button[type=submit]"))
        page.keyboard.press("Enter")
        expect(page.locator("#group-title")).to_be_visible()


def test_a_film_is_watched(visit):
    with visit.of("awa", "fr") as context:
        page = context.new_page()
        page.goto(visit.told["addresses"]["video"])
        film = page.locator("video")
        film.evaluate("film => { film.muted = true; film.currentTime = 0 }")
        go_to(page, page.locator(".player-bar [data-play]"))
        page.keyboard.press("Space")
        page.wait_for_function("!document.querySelector('video').paused")
        page.keyboard.press("Space")
        page.wait_for_function("document.querySelector('video').paused")
        before = film.evaluate("film => film.currentTime")
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "from => document.querySelector('video').currentTime >= from + 4.5", arg=before
        )
        go_to(page, page.locator("[data-speed]"))
        page.keyboard.press("ArrowDown")
        page.wait_for_function("document.querySelector('video').playbackRate === 1.25")
        page.keyboard.press("ArrowUp")
        line = page.locator("a[data-moment]:visible").nth(2)
        moment = float(line.get_attribute("data-moment"))
        go_to(page, line)
        page.keyboard.press("Enter")
        page.wait_for_function(
            "at => Math.abs(document.querySelector('video').currentTime - at) < 2", arg=moment
        )


def test_the_conversation_opens_on_a_phone_and_closes_behind_whoever_leaves(visit):
    with visit.of("awa", "fr", 390) as context:
        page = context.new_page()
        page.goto(visit.told["addresses"]["video"])
        sheet, opener = page.locator("#conversation"), page.locator("[popovertarget=conversation]").first
        go_to(page, opener)
        page.keyboard.press("Enter")
        expect(sheet).to_be_visible()
        go_to(page, sheet.locator("textarea[name=body]"))
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        expect(opener).to_be_focused()
        page.keyboard.press("Enter")
        go_to(page, page.locator("nav.fixed a").first)
        expect(sheet).to_be_hidden()


def test_a_flag_is_decided_on_and_the_decision_taken_back(sign_in):
    julie = sign_in("julie")
    julie.goto("/facilitation/")
    case = julie.locator("form[action$='/decision/']").first.get_attribute("action")
    deciding = julie.locator(f"form[action='{case}']")
    go_to(julie, deciding.get_by_role("button", name="Garder"))
    julie.keyboard.press("Enter")
    expect(deciding).to_have_count(0)
    expect(julie.locator("[data-item]:focus, #main:focus")).to_have_count(1)
    go_to(julie, julie.locator("#toasts").get_by_role("button", name="Annuler"))
    julie.keyboard.press("Enter")
    expect(deciding).to_have_count(1)
    assert julie.errors == []


def test_the_panel_of_the_bell_closes_behind_whoever_walks_out_of_it(sign_in):
    awa = sign_in("awa")
    awa.goto("/")
    bell, panel = awa.locator("#bell"), awa.locator("#bell-panel")
    for leave in ("Tab", "Escape"):
        go_to(awa, bell)
        awa.keyboard.press("Enter")
        expect(panel.get_by_role("link").last).to_be_visible()
        expect(bell).to_have_attribute("aria-expanded", "true")
        if leave == "Tab":
            panel.locator("a, button").last.focus()
        awa.keyboard.press(leave)
        expect(panel).to_be_hidden()
        expect(bell).to_have_attribute("aria-expanded", "false")
    assert awa.errors == []
