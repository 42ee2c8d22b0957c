"""What a small touch screen says of a page: loaded once, looked at in several ways."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

from tests.browser.looks import look
from tests.browser.pages import Named, Visit

WIDEST = """() => [...document.querySelectorAll("main *, header *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1
  && !one.closest(".overflow-x-auto, .sr-only")).slice(-1).map((one) => `${one.tagName.toLowerCase()}.${one.className.toString().slice(0, 50)}`).join()"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONGER = look("longer")
STICKING_OUT = look("sticking_out")
SMALL = look("small")
FILES = """() => performance.getEntriesByType("resource").map((one) => one.name).filter((name) => /\\.(js|css)$/.test(new URL(name).pathname))"""


@dataclass
class Reading:
    """What was found on one page; every list is empty on a good one."""

    sideways: list[str] = field(default_factory=list)
    longer: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class Reader:
    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.read: dict[str, dict[str, Reading]] = {}

    def pages_of(self, who: str, pages: list[Named]) -> dict[str, Reading]:
        """Every page of `who`, read the first time one asks."""
        if who not in self.read:
            with self.visit.of(who, "fr", 320, has_touch=True) as context:
                page = context.new_page()
                self.listen(page)
                self.read[who] = {named.name: self.look(page, named) for named in pages if named.who == who}
        return self.read[who]

    def listen(self, page: Page) -> None:
        def asked(request: Request) -> None:
            """The stream has a port of its own; a name that is not the academy's is another host."""
            address = urlsplit(request.url)
            if (
                address.scheme not in ("data", "blob")
                and address.hostname != urlsplit(self.visit.academy.url).hostname
            ):
                self.now.elsewhere.append(request.url)

        def said(message: ConsoleMessage) -> None:
            if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
                self.now.complaints.append(message.text)

        page.on("request", asked)
        page.on("console", said)
        page.on("pageerror", lambda error: self.now.complaints.append(str(error)))

    def look(self, page: Page, named: Named) -> Reading:
        self.now = Reading()
        for width in (320, 720):
            page.set_viewport_size({"width": width, "height": 720})
            self.visit.open(page, named)
            self.measure(page, width)
        return self.now

    def measure(self, page: Page, width: int) -> None:
        now = self.now
        if (too_much := page.evaluate(SIDEWAYS)) > 0:
            now.sideways.append(f"{width}: by {too_much} px, {page.evaluate(WIDEST)}")
        if width == 320:
            now.small = page.evaluate(SMALL)
            now.files = page.evaluate(FILES)
        assert page.evaluate(LONGER) > 5, page.url
        if (too_much := page.evaluate(SIDEWAYS)) > 0:
            now.longer.append(f"{width}: sideways by {too_much} px, {page.evaluate(WIDEST)}")
        now.longer += [f"{width}: {words}" for words in page.evaluate(STICKING_OUT)]
