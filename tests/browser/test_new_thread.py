"""A new discussion: its choices unfold with its kind, its draft comes back whole, it is seen before it is published."""

import re
import time
import uuid

from playwright.sync_api import expect

from tests.browser.test_live import open_thread, write

ADDRESS = "/spaces/mes-premieres-semaines/threads/new/"


def clear(page):
    """What another test left in the draft."""
    page.goto("/drafts/")
    for _n in range(page.locator("form[action$='/drafts/removal/']").count()):
        page.locator("form[action$='/drafts/removal/'] button").first.click()
        page.wait_for_url("**/drafts/removal/")
        page.get_by_role("button", name="Retirer le brouillon").click()
        page.wait_for_url("**/drafts/")
    page.evaluate("localStorage.clear()")
    page.goto(ADDRESS)


def test_the_choices_unfold_with_the_kind_and_a_draft_comes_back_whole(sign_in):
    awa = sign_in("awa")
    clear(awa)
    choices = awa.locator("textarea[name=choices]")
    expect(choices).to_be_hidden()
    awa.locator("select[name=kind]").select_option("poll")
    expect(choices).to_be_visible()
    choices.fill("Oui\nNon")
    awa.locator("input[name=title]").fill("Qui signe le devis ?")
    with awa.expect_response("**/drafts/**"):
        awa.locator("input[name=tags]").fill("ventes, devis")
    awa.reload()
    expect(choices).to_have_value("Oui\nNon")
    expect(choices).to_be_visible()
    expect(awa.locator("input[name=tags]")).to_have_value("ventes, devis")
    elsewhere = sign_in("awa")
    elsewhere.goto(ADDRESS)
    expect(elsewhere.locator("select[name=kind]")).to_have_value("poll")
    expect(elsewhere.locator("input[name=tags]")).to_have_value("ventes, devis")
    clear(elsewhere)
    assert awa.errors == []


def test_titles_alike_show_while_one_types_tags_are_completed_and_the_text_is_seen_before(sign_in):
    awa = sign_in("awa")
    clear(awa)
    title = f"Déjà posée {uuid.uuid4().hex}"
    awa.locator("input[name=title]").fill(title)
    awa.locator("textarea[name=body]").fill("Je cherche.")
    awa.get_by_role("button", name="Publier").click()
    awa.wait_for_url("**/threads/*/")
    awa.goto(ADDRESS)
    awa.locator("input[name=title]").press_sequentially(title[:-8])
    expect(awa.locator("#similar a", has_text=title)).to_be_visible()
    awa.locator("textarea[name=body]").fill("Avec du **gras**.")
    awa.get_by_role("button", name="Aperçu").click()
    expect(awa.locator("#preview strong")).to_have_text("gras")
    expect(awa.locator("textarea[name=body]")).to_have_value("Avec du **gras**.")
    assert awa.url.endswith(ADDRESS)
    tags = awa.locator("input[name=tags]")
    first = awa.locator("#known-tags option").first.get_attribute("value")
    tags.fill(f"{first}, ")
    offered = awa.locator("#known-tags option").evaluate_all("all => all.map((one) => one.value)")
    assert offered
    assert all(one.startswith(f"{first}, ") for one in offered)
    assert f"{first}, {first}" not in offered
    clear(awa)
    assert awa.errors == []


def test_without_scripts_the_choices_show_and_the_text_is_seen_before(sign_in):
    julie = sign_in("julie", java_script_enabled=False)
    julie.goto(ADDRESS)
    julie.locator("select[name=kind]").select_option("case")
    expect(julie.locator("textarea[name=choices]")).to_be_visible()
    julie.locator("textarea[name=body]").fill("Avec du **gras**.")
    julie.get_by_role("button", name="Aperçu").click()
    expect(julie.locator("#preview strong")).to_have_text("gras")
    expect(julie.locator("textarea[name=choices]")).to_be_visible()


def test_a_browser_that_is_killed_loses_less_than_a_second(sign_in, thread):
    """The page dies without a word while somebody types: what was typed until then is on the server."""
    awa, address = sign_in("awa"), thread(2)
    open_thread(awa, address)
    field = awa.locator("main textarea[name=body]").last
    field.fill("")
    typed = ""
    until = time.monotonic() + 3
    while time.monotonic() < until:
        field.press_sequentially("mot ")
        typed += "mot "
    awa.wait_for_timeout(900)
    field.press_sequentially("fin")
    awa.context.set_offline(True)  # not even the last beacon of a page arrives
    awa.close()
    elsewhere = sign_in("awa")
    elsewhere.goto(address)
    kept = elsewhere.locator("main textarea[name=body]").last
    expect(kept).to_have_value(re.compile(f"^{typed}"))  # and what of the last word had its time
    with elsewhere.expect_response("**/drafts/**"):
        kept.fill("")


def test_a_quotation_takes_the_words_that_were_chosen(sign_in, thread):
    awa, julie, address = sign_in("awa"), sign_in("julie"), thread(3)
    open_thread(awa, address)
    mark = f"{time.time()}"
    write(awa, f"Avant tout {mark}, puis le reste.")
    open_thread(julie, address)
    post = julie.locator("#posts > li", has_text=mark)
    number = post.get_attribute("data-post")
    post.locator(".written p").first.evaluate(
        """(words) => {
          const range = document.createRange();
          range.setStart(words.firstChild, 0);
          range.setEnd(words.firstChild, "Avant tout".length);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }"""
    )
    post.get_by_role("link", name="Citer").click()
    quoted = post.locator("textarea[name=body]")
    expect(quoted).to_be_visible()
    lines = quoted.input_value().splitlines()
    assert lines[0].startswith("> @awa")
    assert f"[#{number}](/posts/" in lines[0]
    assert [line for line in lines[1:] if line.strip("> ")] == ["> Avant tout"]


def test_the_first_reply_is_counted_above_on_both_screens(sign_in):
    awa, julie = sign_in("awa"), sign_in("julie")
    clear(awa)
    awa.locator("input[name=title]").fill(f"Encore sans réponse {time.time()}")
    awa.locator("textarea[name=body]").fill("Je cherche.")
    with awa.expect_response(lambda response: "/live/?token" in response.url):
        awa.get_by_role("button", name="Publier").click()
    open_thread(julie, awa.url)
    for page in (awa, julie):
        expect(page.locator("#replies-title")).to_have_text("0 réponse")
        expect(page.locator("[data-talk-empty]")).to_be_visible()
    write(julie, "La première.")
    for page in (julie, awa):
        expect(page.locator("#replies-title")).to_have_text("1 réponse")
        expect(page.locator("[data-talk-empty]")).to_be_hidden()
