"""Two people on one thread: what one writes the other sees, through cuts, once."""

import re
import time

from playwright.sync_api import expect

REVOKE = """
from core import live
from people.models import User
live.revoke(User.objects.get(email="awa@demo.palabre.test").pk)
"""


def write(page, words):
    box = page.locator("main textarea[name=body]").last
    box.fill(words)
    box.press("Control+Enter")
    expect(page.locator("#posts").get_by_text(words)).to_have_count(1)


def open_thread(page, address):
    with page.expect_response(lambda response: "/live/?token" in response.url):
        page.goto(address)
    page.wait_for_timeout(300)


def test_a_second_browser_sees_a_new_post_within_a_second(sign_in, thread):
    awa, julie, address = sign_in("awa"), sign_in("julie"), thread()
    open_thread(awa, address)
    open_thread(julie, address)

    delays = []
    for n in range(3):
        words = f"Message vif {n} {time.time()}"
        write(julie, words)
        written = time.monotonic()
        expect(awa.locator("#posts").get_by_text(words)).to_have_count(1)
        delays.append(time.monotonic() - written)

    assert sorted(delays)[1] < 1
    assert awa.errors == julie.errors == []


def test_a_page_cut_for_15_seconds_misses_none_and_shows_none_twice(sign_in, thread):
    awa, julie, address = sign_in("awa"), sign_in("julie"), thread()
    open_thread(awa, address)
    open_thread(julie, address)

    awa.context.set_offline(True)
    words = [f"Pendant la coupure {n} {time.time()}" for n in range(3)]
    for sentence in words:
        write(julie, sentence)
    awa.wait_for_timeout(15_000)
    expect(awa.locator("#posts").get_by_text(words[0])).to_have_count(0)
    awa.context.set_offline(False)

    for sentence in words:
        expect(awa.locator("#posts").get_by_text(sentence)).to_have_count(1, timeout=10_000)
    after = f"Après la coupure {time.time()}"
    write(julie, after)
    expect(awa.locator("#posts").get_by_text(after)).to_have_count(1)
    for sentence in words:
        expect(awa.locator("#posts").get_by_text(sentence)).to_have_count(1)
    assert awa.errors == []


def test_a_page_whose_token_died_meanwhile_asks_for_another_and_misses_none(sign_in, thread, academy):
    """What 15 minutes in a tunnel leave: no line, and a token that opens nothing any more."""
    awa, julie, address = sign_in("awa"), sign_in("julie"), thread()
    open_thread(awa, address)
    open_thread(julie, address)

    awa.context.set_offline(True)
    academy.manage("shell", "-c", REVOKE)
    words = f"Très longue coupure {time.time()}"
    write(julie, words)
    awa.context.set_offline(False)

    expect(awa.locator("#posts").get_by_text(words)).to_have_count(1, timeout=15_000)
    after = f"Et la suite {time.time()}"
    write(julie, after)
    expect(awa.locator("#posts").get_by_text(after)).to_have_count(1)
    expect(awa.locator("#posts").get_by_text(words)).to_have_count(1)


def test_a_mention_rings_the_bell_on_any_page_and_reading_silences_it(sign_in, thread):
    awa, julie, address = sign_in("awa"), sign_in("julie"), thread(1)
    awa.goto("/notifications/")
    if awa.get_by_role("button", name="Tout marquer comme lu").count():
        awa.get_by_role("button", name="Tout marquer comme lu").click()
    open_thread(awa, "/people/")
    handle = awa.evaluate("document.documentElement.innerHTML.match(/\\/people\\/(awa[a-z0-9-]*)\\//)[1]")
    julie.goto(address)
    write(julie, f"@{handle} qu'en dites-vous ?")

    expect(awa.locator("#bell .badge")).to_have_text("1", timeout=15_000)
    awa.locator("#bell").click()
    panel = awa.locator("#bell-panel")
    expect(panel.get_by_text("vous a mentionné")).to_be_visible()
    panel.get_by_role("link").first.click()
    expect(awa).to_have_url(re.compile("/threads/"))
    expect(awa.locator("#bell .badge")).to_have_count(0)
    assert awa.errors == []


def test_signing_out_leaves_no_draft_that_the_server_has(sign_in, thread):
    page, address = sign_in("awa"), thread(1)
    open_thread(page, address)
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('palabre:draft:'))"
    with page.expect_response("**/drafts/**"):
        page.locator("main textarea[name=body]").last.fill("Une phrase pas finie")
    expect(page.locator("[data-draft-status]").last).not_to_be_empty()
    assert len(page.evaluate(kept)) == 1

    page.goto("/accounts/logout/")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: "logout" not in url)
    assert page.evaluate(kept) == []

    page = sign_in("awa")
    page.goto(address)
    expect(page.locator("main textarea[name=body]").last).to_have_value("Une phrase pas finie")


def test_a_draft_emptied_just_before_leaving_stays_empty(sign_in, thread):
    page, address = sign_in("julie"), thread(1)
    open_thread(page, address)
    field = page.locator("main textarea[name=body]").last
    with page.expect_response("**/drafts/**"):
        field.fill("À ne pas dire")
    expect(page.locator("[data-draft-status]").last).not_to_be_empty()

    page.evaluate("navigator.sendBeacon = () => false")  # as if the line broke on leaving
    field.fill("")
    page.goto("/spaces/")
    with page.expect_response("**/drafts/**"):
        page.goto(address)
        expect(page.locator("main textarea[name=body]").last).to_have_value("")

    elsewhere = sign_in("julie")
    elsewhere.goto(address)
    expect(elsewhere.locator("main textarea[name=body]").last).to_have_value("")
