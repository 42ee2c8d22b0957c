"""A conversation that is open: nothing typed is lost, what is new is shown or told, menus come when they are asked."""

import re
import time
from base64 import b64decode

from playwright.sync_api import expect

from tests.browser.test_journeys import go_to_module
from tests.browser.test_live import open_thread, write

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def requests_of(page):
    seen = []
    page.on("request", lambda request: seen.append((request.method, request.url)))
    return seen


def test_a_menu_is_fetched_when_it_is_opened(sign_in, thread):
    awa = sign_in("awa")
    open_thread(awa, thread())
    words = f"Avec un menu {time.time()}"
    write(awa, words)
    post = awa.locator("#posts > li", has_text=words)
    expect(post.locator("[popover]")).to_have_count(0)
    link = post.locator("[data-menu-from][href$='/menu/']")
    link.click()
    menu = awa.locator("[popover]:popover-open")
    expect(menu).to_have_count(1)
    expect(link).to_have_attribute("aria-expanded", "true")
    awa.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    link.click()
    menu.get_by_role("link", name="Modifier").click()
    expect(post.locator("textarea[name=body]")).to_be_focused()
    assert awa.errors == []


def test_a_reply_is_one_request_and_stands_once(sign_in, thread):
    awa = sign_in("awa")
    address = thread()
    open_thread(awa, address)
    seen = requests_of(awa)
    words = f"En une fois {time.time()}"
    write(awa, words)
    awa.wait_for_timeout(1500)
    expect(awa.locator("#posts").get_by_text(words)).to_have_count(1)
    talk = [(method, url) for method, url in seen if "/posts/" in url and "/threads/" in url]
    assert [method for method, _url in talk] == ["POST"]


def test_words_typed_under_a_post_that_goes_are_moved_to_the_composer(sign_in, thread):
    awa, julie, address = sign_in("awa"), sign_in("julie"), thread()
    open_thread(julie, address)
    words = f"Bientôt retiré {time.time()}"
    write(julie, words)
    open_thread(awa, address)
    post = awa.locator("#posts > li", has_text=words)
    post.get_by_role("link", name="Répondre").click()
    post.locator("textarea[name=body]").fill("Ma longue réponse")
    mine = julie.locator("#posts > li", has_text=words)
    mine.locator("[data-menu-from][href$='/menu/']").click()
    julie.locator("[popover]:popover-open").get_by_role("button", name="Supprimer").click()
    expect(awa.locator("#composer textarea[name=body]")).to_have_value("Ma longue réponse", timeout=5_000)
    expect(awa.locator("#toasts")).to_contain_text("Vos mots sont dans le cadre")


def test_filters_beside_a_film_let_it_play_and_a_moment_on_the_own_page_opens_it_there(sign_in):
    awa = sign_in("awa")
    go_to_module(awa, "Désamorcer une discussion tendue")
    video = awa.locator("video")
    video.evaluate("v => { v.muted = true; v.dataset.same = 'yes'; return v.play() }")
    unanswered = awa.locator("#conversation").get_by_role("link", name="Sans réponse")
    unanswered.click()
    expect(unanswered).to_have_attribute("aria-current", "true")
    expect(awa.locator("#conversation .btn-neutral:visible")).to_have_count(1)
    assert awa.url.endswith("?talk=unanswered")
    assert video.evaluate("v => v.dataset.same === 'yes' && !v.paused")
    awa.locator("#conversation [data-talk-all]").click()
    expect(awa.locator("#conversation [data-talk-all]")).to_have_attribute("aria-current", "true")
    assert not awa.url.endswith("unanswered")
    assert video.evaluate("v => v.dataset.same === 'yes' && !v.paused")

    module = awa.url
    awa.locator("#conversation a[href^='/threads/']").first.click()
    moment = awa.locator("#posts a[data-moment]").first
    at = float(moment.get_attribute("data-moment") or 0)
    moment.click()
    awa.wait_for_url(f"{module}?t=*")
    awa.wait_for_function("at => Math.abs(document.querySelector('video').currentTime - at) < 2", arg=at)
    assert awa.errors == []


def test_keys_answer_where_one_stands_and_mentions_are_not_cut(sign_in, thread):
    awa = sign_in("awa")
    open_thread(awa, thread())
    awa.keyboard.press("r")
    expect(awa.locator("#composer textarea[name=body]")).to_be_focused()
    post = awa.locator("#posts > li:has(a[data-slot][href$='/reply/'])").first
    post.evaluate("one => one.focus()")
    awa.keyboard.press("r")
    expect(post.locator("textarea[name=body]").first).to_be_focused()

    go_to_module(awa, "Désamorcer une discussion tendue")
    awa.keyboard.press("?")
    expect(awa.locator("#shortcuts")).to_contain_text("Quand un film a le focus")
    awa.keyboard.press("Escape")
    awa.locator("[data-transcript] a[data-moment]").first.click()
    awa.keyboard.press("j")
    assert awa.evaluate("document.activeElement.matches('[data-item]')")
    skip = awa.locator("a[href='#conversation-composer']")
    skip.focus()
    awa.keyboard.press("Enter")
    awa.keyboard.press("Tab")
    assert awa.evaluate("document.activeElement.closest('#conversation-composer') !== null")
    assert awa.evaluate("document.getElementById('conversation').scrollTop") == 0, (
        "the panel stands as it stood"
    )

    field = awa.locator("#conversation-composer textarea")
    field.press_sequentially("Bonjour @a")
    people = awa.locator("#conversation-composer [role=listbox]")
    expect(people.locator("[role=option]").first).to_be_visible()
    awa.wait_for_timeout(100)
    box, window = people.bounding_box(), awa.viewport_size
    assert box
    assert window
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= window["width"]
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= window["height"]
    picture = people.locator("[role=option] span.contents > *").first.bounding_box()
    assert picture
    assert abs(picture["width"] - picture["height"]) < 1
    awa.keyboard.press("Enter")
    expect(people).to_have_count(0)
    assert awa.errors == []


def test_words_typed_after_a_picture_was_added_leave_it_in_its_place(sign_in, thread):
    awa = sign_in("awa")
    open_thread(awa, thread())
    field = awa.locator("#composer textarea[name=body]")
    field.fill("")
    field.press_sequentially("Voir ")
    picture = {"name": "photo.png", "mimeType": "image/png", "buffer": b64decode(DOT)}
    awa.locator("#composer input[data-upload]").set_input_files(picture)
    expect(field).to_have_value(re.compile(r"Voir !\[.*\]\(/.+\)"))
    field.press_sequentially(" ici")
    expect(field).to_have_value(re.compile(r"Voir !\[.*\]\(/.+\) ici$"))
    field.fill("")


def test_a_reply_asked_for_by_its_key_beside_a_film_is_the_one_place_to_write(sign_in):
    awa = sign_in("awa")
    go_to_module(awa, "Désamorcer une discussion tendue")
    main, post = awa.locator("#conversation-composer"), awa.locator("#posts > [data-item]").last
    post.focus()
    awa.keyboard.press("r")
    reply = post.locator("[id^='slot-'] > form")
    expect(reply.locator("textarea[name=body]")).to_be_focused()
    expect(reply.get_by_role("button", name="Répondre")).to_be_in_viewport(ratio=1)
    expect(main).to_be_hidden()
    reply.get_by_role("button", name="Annuler").click()
    expect(main).to_be_visible()


def test_a_published_comment_leaves_no_moment_chosen(sign_in):
    awa = sign_in("awa")
    go_to_module(awa, "Désamorcer une discussion tendue")
    main = awa.locator("#conversation-composer")
    main.locator("[name=at_moment]").check()
    main.locator("textarea[name=body]").fill(f"À ce moment {time.time()}")
    main.get_by_role("button", name="Publier").click()
    expect(main.locator("textarea[name=body]")).to_have_value("")
    expect(main.locator("[name=at_moment]")).not_to_be_checked()


def test_what_was_sent_when_the_session_had_ended_waits_behind_the_sign_in(sign_in, thread):
    awa, address, words = sign_in("awa"), thread(), f"Après la fin de la session {time.time()}"
    open_thread(awa, address)
    cookies = awa.context.cookies()
    [ended] = [one["name"] for one in cookies if "sessionid" in one["name"]]
    awa.context.clear_cookies(name=ended)
    box = awa.locator("main textarea[name=body]").last
    box.fill(words)
    box.press("Control+Enter")
    with awa.expect_navigation(url=re.compile("/accounts/login/")):
        awa.get_by_role("button", name="Se reconnecter").click()
    awa.context.add_cookies([one for one in cookies if one["name"] == ended])
    awa.goto(address)
    expect(awa.locator("main textarea[name=body]").last).to_have_value(words)
    box = awa.locator("main textarea[name=body]").last
    box.press("Control+Enter")
    expect(awa.locator("#posts").get_by_text(words)).to_have_count(1)
