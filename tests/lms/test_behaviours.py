"""What the scripts do in a real browser, on the page that shows every component."""

import os
import re
import shutil

import pytest
from playwright.sync_api import Page, Route, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium found: apt-get install chromium"),
]
FORM = """
const form = document.createElement("form");
form.method = "post";
form.setAttribute("hx-post", "/fake/");
form.setAttribute("hx-swap", "none");
form.id = "fake";
form.innerHTML = `<button data-optimistic aria-pressed="false">Utile <span data-count>3</span></button>`;
document.getElementById("main").prepend(form);
htmx.process(form);
"""


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture
def shown(page: Page, live_server, settings) -> Page:
    """The page of the components; any error of a script fails the test."""
    settings.DEBUG = True
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{live_server.url}/components/")
    page.wait_for_load_state("networkidle")
    yield page
    assert errors == []


def answer(page: Page, *statuses: int) -> list[str]:
    """The fake address answers each status in turn, then the last one again."""
    seen: list[str] = []

    def fulfil(route: Route) -> None:
        seen.append(route.request.post_data or "")
        route.fulfill(status=statuses[min(len(seen), len(statuses)) - 1], body="")

    page.route("**/fake/", fulfil)
    page.evaluate(FORM)
    return seen


def test_a_draft_survives_a_reload(shown: Page):
    field = shown.locator("[data-composer] textarea")
    field.press_sequentially("Un texte qui compte")
    shown.reload()
    expect(field).to_have_value("Un texte qui compte")


def test_a_draft_stays_when_the_message_is_refused_and_goes_when_it_is_acknowledged(shown: Page):
    field = shown.locator("[data-composer] textarea")
    statuses = iter([500, 200])
    shown.route("**/fake/", lambda route: route.fulfill(status=next(statuses), body=""))
    shown.evaluate("""() => {
        const form = document.querySelector("[data-composer]").closest("form");
        form.setAttribute("hx-post", "/fake/");
        form.setAttribute("hx-swap", "none");
        htmx.process(form);
    }""")
    field.press_sequentially("Ma réponse")
    field.press("Control+Enter")
    expect(shown.locator("#toasts")).to_contain_text("Nothing was lost")
    expect(field).to_have_value("Ma réponse")
    assert "Ma réponse" in shown.evaluate("JSON.stringify(localStorage)")
    shown.get_by_role("button", name="Try again").click()
    expect(field).to_have_value("")
    assert "Ma réponse" not in shown.evaluate("JSON.stringify(localStorage)")


def test_a_text_sent_without_an_answer_is_offered_back_not_pushed(shown: Page):
    field = shown.locator("[data-composer] textarea")
    field.press_sequentially("Parti sans réponse")
    shown.evaluate(
        "document.querySelector('[data-composer]').closest('form').dispatchEvent(new Event('submit'))"
    )
    shown.reload()
    expect(field).to_have_value("")
    shown.get_by_role("button", name="Bring back what I sent").click()
    expect(field).to_have_value("Parti sans réponse")


def test_marks_wrap_what_is_chosen(shown: Page):
    field = shown.locator("[data-composer] textarea")
    field.fill("important")
    field.select_text()
    shown.get_by_role("button", name="Bold").click()
    expect(field).to_have_value("**important**")


def test_a_reaction_shows_at_once_and_goes_back_when_refused(shown: Page):
    answer(shown, 503)
    button = shown.locator("#fake button")
    shown.evaluate("""() => {
        window.states = [];
        const button = document.querySelector("#fake button");
        new MutationObserver(() => states.push(button.getAttribute("aria-pressed") + button.textContent.trim()))
            .observe(button, {attributes: true, attributeFilter: ["aria-pressed"]});
    }""")
    button.click()
    expect(shown.locator("#toasts")).to_contain_text("Try again")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_text("Utile 3")
    assert shown.evaluate("states") == ["trueUtile 4", "falseUtile 3"]


def test_an_accepted_reaction_stays(shown: Page):
    answer(shown, 200)
    shown.locator("#fake button").click()
    expect(shown.locator("#fake button")).to_have_attribute("aria-pressed", "true")
    expect(shown.locator("#fake button")).to_have_text("Utile 4")


def hold(page: Page) -> list[Route]:
    """The fake address keeps every request waiting, for the test to answer."""
    waiting: list[Route] = []
    page.route("**/fake/", lambda route: waiting.append(route))
    page.evaluate(FORM)
    return waiting


def arrived(page: Page, waiting: list[Route], number: int) -> Route:
    for _n in range(50):
        if len(waiting) >= number:
            break
        page.wait_for_timeout(20)
    assert len(waiting) == number
    return waiting[-1]


def test_a_second_press_on_a_slow_line_takes_the_reaction_back(shown: Page):
    waiting = hold(shown)
    button = shown.locator("#fake button")
    button.click()
    first = arrived(shown, waiting, 1)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_text("Utile 3")
    first.fulfill(status=200, body="")
    second = arrived(shown, waiting, 2)
    second.fulfill(status=200, body="")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_text("Utile 3")
    arrived(shown, waiting, 2)


def test_three_presses_on_a_slow_line_ask_for_nothing_more(shown: Page):
    waiting = hold(shown)
    button = shown.locator("#fake button")
    for _n in range(3):
        button.click()
    arrived(shown, waiting, 1).fulfill(status=200, body="")
    expect(button).not_to_have_class(re.compile("htmx-request"))
    shown.wait_for_timeout(100)
    arrived(shown, waiting, 1)
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text("Utile 4")


def test_a_second_press_shows_what_the_server_has_when_it_refused_the_first(shown: Page):
    waiting = hold(shown)
    button = shown.locator("#fake button")
    button.click()
    button.click()
    button.click()
    arrived(shown, waiting, 1).fulfill(status=503, body="")
    expect(shown.locator("#toasts")).to_contain_text("Try again")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_text("Utile 3")
    arrived(shown, waiting, 1)


def test_a_failure_can_be_tried_again(shown: Page):
    seen = answer(shown, 500, 200)
    shown.locator("#fake button").click()
    shown.get_by_role("button", name="Try again").click()
    expect(shown.locator("#fake button")).to_have_attribute("aria-pressed", "true")
    assert len(seen) == 2


def test_an_expired_session_never_swaps_the_sign_in_page_in(shown: Page, live_server):
    shown.route("**/fake/", lambda route: route.continue_(url=f"{live_server.url}/settings/"))
    shown.evaluate(FORM.replace('"hx-swap", "none"', '"hx-swap", "outerHTML"').replace("hx-post", "hx-get"))
    shown.locator("#fake button").click()
    expect(shown.locator("#toasts")).to_contain_text("Your session ended")
    expect(shown.locator("#fake")).to_have_count(1)
    expect(shown.locator("input[name=password]")).to_have_count(0)


def test_the_bar_shows_only_for_what_takes_long(shown: Page):
    held: list[Route] = []
    shown.route("**/fake/", lambda route: held.append(route))
    shown.evaluate(FORM)
    bar = shown.locator("#progress")
    shown.locator("#fake button").click()
    assert bar.get_attribute("data-busy") is None
    expect(bar).to_have_attribute("data-busy", "")
    held[0].fulfill(status=200, body="")
    expect(bar).not_to_have_attribute("data-busy", "")


def test_dialogs_give_the_focus_back(shown: Page):
    opener = shown.get_by_role("button", name="Dialog")
    opener.click()
    expect(shown.locator("#sample")).to_be_visible()
    shown.keyboard.press("Escape")
    expect(shown.locator("#sample")).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_menu_is_walked_by_arrows_and_left_by_escape(shown: Page):
    button = shown.get_by_role("button", name="Plus")
    button.click()
    expect(shown.get_by_role("link", name="Modifier")).to_be_focused()
    shown.keyboard.press("ArrowDown")
    expect(shown.get_by_role("link", name="Signaler")).to_be_focused()
    shown.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(button).to_be_focused()


def test_the_theme_changes_at_once_and_is_kept(shown: Page):
    assert shown.locator("html").get_attribute("data-theme") is None
    with shown.expect_response(re.compile("/appearance/")):
        shown.get_by_role("button", name="Change between light and dark").click()
    expect(shown.locator("html")).to_have_attribute("data-theme", "palabre-night")
    shown.reload()
    expect(shown.locator("html")).to_have_attribute("data-theme", "palabre-night")


def test_a_moment_grows_older_on_a_page_left_open(shown: Page):
    shown.clock.install()
    shown.reload()
    shown.evaluate("""() => {
        const moment = document.createElement("time");
        moment.dateTime = new Date(Date.now() - 59.5 * 60 * 1000).toISOString();
        moment.dataset.ago = moment.id = "ago";
        moment.textContent = "59 minutes ago";
        document.getElementById("main").prepend(moment);
    }""")
    shown.clock.run_for(61_000)
    expect(shown.locator("#ago")).to_have_text("1 hour ago")


def test_charts_are_drawn_when_they_come_into_view(shown: Page):
    figure = shown.locator("figure[data-chart]").first
    figure.scroll_into_view_if_needed()
    # Chart.js gives the canvas its size when it draws.
    expect(figure.locator("canvas")).to_have_attribute("style", re.compile("display: block"))
