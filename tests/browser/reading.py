"""What a small touch screen says of a page: loaded once, looked at in several ways."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

from tests.browser.pages import Named, Visit

WIDEST = """() => [...document.querySelectorAll("main *, header *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1
  && !one.closest(".overflow-x-auto, .sr-only")).slice(-1).map((one) => `${one.tagName.toLowerCase()}.${one.className.toString().slice(0, 50)}`).join()"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The pseudo-language: every word of ours of four letters or more grows by 40 %, in one piece, as German would have it.
# What people wrote, and what a person is called, stays.
LONGER = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement.closest("script, style, noscript, svg, body [lang], .written, .avatar")) found.push(node);
  for (const node of found)
    node.data = node.data.replace(/\\p{L}{4,}/gu, (word) => word + word.slice(0, Math.ceil(word.length * .4)).toLowerCase());
  return found.length;
}"""
# Words that stick out of the button, badge or tab that holds them.
STICKING_OUT = """() => [...document.querySelectorAll("main .btn, main .badge, main .tab, nav a, header .btn:not(.indicator)")]
  .filter((one) => one.checkVisibility() && !one.closest(".sr-only") && !one.querySelector(".truncate"))
  .filter((one) => {
    const box = one.getBoundingClientRect(), range = document.createRange();
    const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.data.trim() || node.parentElement.closest(".sr-only")) continue;
      range.selectNodeContents(node);
      const text = range.getBoundingClientRect();
      if (text.right > box.right + 2 || text.left < box.left - 2 || text.bottom > box.bottom + 3 || text.top < box.top - 3) return true;
    }
    return false;
  }).map((one) => `${one.className.slice(0, 40)}: ${one.innerText.trim().slice(0, 50)} sticks out`)"""
# A finger hits what it aims at 44 px around; links inside sentences are measured by their line, as WCAG allows.
SMALL = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((one) => one.checkVisibility() && !one.disabled && !one.closest(".sr-only, text-expander ul"))
  .filter((one) => one.offsetWidth > 2 || one.closest("label"))
  .map((one) => [one, one.matches("input") && one.closest("label") || one])
  .filter(([one, shown]) => {
    const isInSentence = shown.tagName === "A" && (getComputedStyle(shown).display === "inline" || shown.closest("p, .written, .breadcrumbs"));
    // The dots of a film are many and close; each moment is also a line of the transcript.
    if (isInSentence || shown.matches(".player-dot")) return false;
    const box = shown.getBoundingClientRect(), after = getComputedStyle(shown, "::after");
    const larger = after.position === "absolute" && after.content !== "none";
    const [width, height] = larger ? [parseFloat(after.width), parseFloat(after.height)] : [box.width, box.height];
    return height < 43.5 || width < (one.matches("input") ? 23.5 : 43.5);
  }).map(([one, shown]) => {
    const box = shown.getBoundingClientRect();
    const name = (one.getAttribute("aria-label") || one.innerText || one.name || "").trim().slice(0, 30);
    return `${one.tagName.toLowerCase()}.${shown.className.slice(0, 50)} ${name} ${Math.round(box.width)}×${Math.round(box.height)}`;
  })"""
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
