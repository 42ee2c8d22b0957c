"""The named pages of Palabre: `make screens` draws them, test_access.py reads them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.academy import Academy

LANGUAGES = ("fr", "en")
THEMES = ("light", "dark")
# A long page is drawn whole: pictures that wait for the reader to come nearer would be missing.
SEE_ALL = """async () => {
  const pictures = [...document.images];
  pictures.forEach((one) => { one.loading = "eager" });
  const drawn = Promise.all(pictures.map((one) => one.decode().catch(() => null)));
  await Promise.race([drawn, new Promise((done) => setTimeout(done, 3000))]);
  await document.fonts.ready;
}"""
SIZES = {1440: 900, 390: 844}


@dataclass(frozen=True)
class Named:
    """A page by its name: who opens which address, and what they do there before one looks."""

    name: str
    who: str
    address: str
    act: Callable[[Page], None] | None = None
    widths: tuple[int, ...] = tuple(SIZES)
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
    form.locator("[type=submit]").last.click()
    page.wait_for_load_state("networkidle")


def code_unknown(page: Page) -> None:
    page.locator("input[name=code]").fill("inconnu-au-bataillon")
    page.locator("main form [type=submit]").last.click()
    page.locator(".input-error").wait_for()
    page.wait_for_load_state()


PAGES = [
    Named("landing", "", "/", main=True),
    Named("sign-in", "", "/accounts/login/", main=True),
    Named("sign-in-refused", "", "/accounts/login/", act=refuse),
    Named("sign-up", "", "/accounts/signup/"),
    Named("password-reset", "", "/accounts/password/reset/"),
    Named("password-reset-sent", "", "/accounts/password/reset/done/"),
    Named("password-reset-key", "", "{password_key}"),
    Named("password-reset-late", "", "/accounts/password/reset/key/1-late/"),
    Named("password-reset-done", "", "/accounts/password/reset/key/done/"),
    Named("join", "", "/join/"),
    Named("join-refused", "", "/join/", act=code_unknown),
    Named("home-learner", "awa", "/", main=True),
    Named("home-trainer", "julie", "/", main=True),
    Named("home-hr", "marc", "/"),
    Named("home-ines", "ines", "/"),
    Named("catalogue", "awa", "/courses/", main=True),
    Named("catalogue-empty", "awa", "/courses/?q=zzzz"),
    Named("course", "awa", "{course}", main=True),
    Named("module-video", "awa", "{video}", main=True),
    Named("module-sheet", "awa", "{video}", act=open_sheet, widths=(390,), main=True),
    Named("module-text", "awa", "{text}"),
    Named("quiz-start", "beginner", "{quiz}"),
    Named("quiz-question", "halfway", "{quiz}", act=begin_quiz, main=True),
    Named("quiz-answered", "finisher", "{quiz_answered}", main=True),
    Named("quiz-result", "finisher", "{quiz}"),
    Named("spaces", "awa", "/spaces/", main=True),
    Named("space", "awa", "/spaces/managers-de-proximite/", main=True),
    Named("space-about", "awa", "/spaces/managers-de-proximite/about/"),
    Named("space-members", "awa", "/spaces/managers-de-proximite/members/"),
    Named("space-facilitated", "julie", "/spaces/mes-premieres-semaines/members/"),
    Named("space-new", "julie", "/spaces/new/"),
    Named("space-edit", "julie", "/spaces/mes-premieres-semaines/edit/"),
    Named("thread-case", "awa", "{case}", main=True),
    Named("thread-question", "awa", "{question}", main=True),
    Named("thread-resource", "julie", "{resource}"),
    Named("thread-new", "awa", "/spaces/mes-premieres-semaines/threads/new/", main=True),
    Named("thread-new-refused", "awa", "/spaces/mes-premieres-semaines/threads/new/", act=refuse),
    Named("directory", "awa", "/people/", main=True),
    Named("directory-empty", "awa", "/people/?q=zzzz"),
    Named("person", "awa", "/people/julie-dubois/", main=True),
    Named("person-me", "awa", "/people/awa-mbaye/"),
    Named("recognitions", "awa", "/people/awa-mbaye/recognitions/"),
    Named("search", "awa", "/search/?q=client", main=True),
    Named("search-empty", "awa", "/search/?q=zzzz"),
    Named("notifications", "awa", "/notifications/", main=True),
    Named("notifications-panel", "awa", "/", act=open_panel, widths=(1440,)),
    Named("preferences", "awa", "/settings/notifications/"),
    Named("settings", "awa", "/settings/"),
    Named("settings-profile", "awa", "/settings/profile/"),
    Named("my-data", "awa", "/settings/data/"),
    Named("programs", "awa", "/settings/programs/"),
    Named("privacy", "awa", "/privacy/", main=True),
    Named("account-email", "awa", "/accounts/email/"),
    Named("account-password", "awa", "/accounts/password/change/"),
    Named("account-second-factor", "awa", "/accounts/2fa/"),
    Named("account-totp", "awa", "/accounts/2fa/totp/activate/"),
    Named("account-confirm", "awa", "/accounts/reauthenticate/"),
    Named("account-guarded", "guarded", "/accounts/2fa/"),
    Named("account-codes", "guarded", "/accounts/2fa/recovery-codes/"),
    Named("account-new-key", "guarded", "/accounts/2fa/webauthn/add/"),
    Named("account-keys", "awa", "/accounts/2fa/webauthn/"),
    Named("account-sessions", "awa", "/accounts/sessions/"),
    Named("sign-out", "awa", "/accounts/logout/"),
    Named("welcome", "awa", "/welcome/"),
    Named("facilitation", "julie", "/facilitation/", main=True),
    Named("report", "marc", "/reports/", main=True),
    Named("report-small", "marc", "/reports/?period=month"),
    Named("studio", "julie", "/studio/", main=True),
    Named("studio-course", "julie", "/studio{course}"),
    Named("studio-settings", "julie", "/studio{course}settings/"),
    Named("studio-new", "julie", "/studio/courses/new/"),
    Named("studio-module-video", "julie", "{studio_video}"),
    Named("studio-module-text", "julie", "{studio_text}"),
    Named("studio-module-quiz", "julie", "{studio_quiz}"),
    Named("studio-questions", "julie", "/studio/questions/"),
    Named("studio-question", "julie", "{studio_question}"),
    Named("studio-sessions", "julie", "/studio{course}sessions/"),
    Named("studio-session", "julie", "{studio_session}"),
    Named("imports", "admin", "/studio/imports/"),
    Named("organisation", "admin", "/organisation/"),
    Named("organisation-member", "admin", "{member}"),
    Named("organisation-invitations", "admin", "/organisation/invitations/"),
    Named("organisation-units", "admin", "/organisation/units/"),
    Named("failure-403", "awa", "/studio/"),
    Named("failure-404", "awa", "/nothing-here/"),
    Named("failure-404-anonymous", "", "/nothing-here/"),
    Named("failure-429", "", "/failure/429"),
    Named("failure-500", "", "/failure/500"),
    Named("maintenance", "", "/failure/maintenance"),
    Named("offline", "", "/offline/"),
]
# Mails are looked at with `make screens`; axe has no say in what a mail program makes of them.
LETTERS = [
    Named(f"mail-{name}{form}", "", f"/letters/{name}{form}", widths=(390,) if form else tuple(SIZES))
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
            named.act(page)
        page.evaluate(SEE_ALL)
