"""The named pages of Palabre (pages.yaml): `make screens` draws them, test_access.py reads them."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.academy import Academy
from tests.browser.looks import look

LANGUAGES = ("fr", "en")
THEMES = ("light", "dark")
SEE_ALL = look("see_all")
SIZES = {1440: 900, 390: 844}


@dataclass(frozen=True)
class Named:
    """A page by its name: who opens which address, and what they do there before one looks."""

    name: str
    address: str
    who: str = ""
    act: str = ""
    widths: Sequence[int] = tuple(SIZES)
    main: bool = False


def open_sheet(page: Page) -> None:
    page.locator("[popovertarget=conversation]").first.click()


def begin_quiz(page: Page) -> None:
    begin = page.locator("form[action$='/attempts/'] button")
    if begin.count():
        begin.first.click()
        page.locator("input[name=option], #group-title").first.wait_for()


def open_panel(page: Page) -> None:
    page.locator("#bell").click()
    page.wait_for_load_state("networkidle")


def refuse(page: Page) -> None:
    """Sends the form of the page empty, past what the browser itself would ask."""
    form = page.locator("main form[method=post]:has(input[required], textarea)").first
    form.evaluate("form => { form.noValidate = true }")
    form.locator("[type=submit]:not([formnovalidate])").last.click()
    page.wait_for_load_state("networkidle")


def code_unknown(page: Page) -> None:
    page.locator("input[name=code]").fill("inconnu-au-bataillon")
    page.locator("main form [type=submit]").last.click()
    page.locator(".input-error").wait_for()
    page.wait_for_load_state()


ACTS = {act.__name__: act for act in (open_sheet, begin_quiz, open_panel, refuse, code_unknown)}
NAMED = yaml.safe_load((Path(__file__).parent / "pages.yaml").read_text())
PAGES = [Named(name, **page) for name, page in NAMED.items()]
# Mails are looked at with `make screens`; axe has no say in what a mail program makes of them.
LETTERS = [
    Named(f"mail-{name}{form}", f"/letters/{name}{form}", widths=(390,) if form else tuple(SIZES))
    for name in (
        *("notice", "digest", "invitation", "password-reset", "address-to-confirm", "unknown-account"),
        *("known-account", "password-changed", "address-changed", "app-activated", "codes-made"),
        *("passkey-added", "provider-connected"),
    )
    for form in ("", "-text")
]


def show(html: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")


class Visit:
    """Opens named pages in one browser, one context for each person, language and size."""

    def __init__(self, browser: Browser, academy: Academy) -> None:
        self.browser, self.academy = browser, academy
        self.told = json.loads(
            academy.manage(
                "shell", "--no-imports", "-c", "from tests.browser.places import tell; tell()"
            ).splitlines()[-1]
        )

    @contextmanager
    def of(self, who: str, language: str, width: int = 1440, **options) -> Iterator[BrowserContext]:
        size = {"width": width, "height": SIZES.get(width, 844)}
        context = self.browser.new_context(
            base_url=self.academy.url,
            viewport=size,
            locale="fr-FR" if language == "fr" else "en-GB",
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
            service_workers="block",
            **options,
        )
        cookies = [{"name": "django_language", "value": language, "url": self.academy.url}]
        if who:
            cookies.append(
                {"name": "sessionid", "value": self.told["sessions"][who], "url": self.academy.url}
            )
        context.add_cookies(cookies)
        for name in ("500", "maintenance", "429"):
            context.route(f"**/failure/{name}", show(self.told["failures"][f"{name}-{language}"]))
        for letter in LETTERS:
            said = letter.address.removeprefix("/letters/")
            context.route(f"**{letter.address}", show(self.told["letters"][f"{said}-{language}"]))
        if who:
            self.speak(context, language)
        yield context
        if who and language != "fr":
            self.speak(context, "fr")  # as the next reader expects to find them
        context.close()

    def speak(self, context: BrowserContext, language: str) -> None:
        """The language of a person is kept with them: it is changed as they would change it."""
        page = context.new_page()
        page.goto("/settings/")
        token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
        answer = context.request.post(
            "/appearance/",
            form={"language": language, "csrfmiddlewaretoken": token, "next": "/offline/"},
            headers={"Referer": self.academy.url + "/settings/"},
        )
        assert answer.ok, answer.status
        page.close()

    def open(self, page: Page, named: Named) -> None:
        page.goto(named.address.format(**self.told["addresses"]))
        if named.act:
            ACTS[named.act](page)
        page.evaluate(SEE_ALL)
