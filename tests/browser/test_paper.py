"""What comes out of the printer: the words, the whole width, dark on white; nothing to press, nothing folded."""

import pytest

PAGES = {"thread": "awa", "/reports/": "marc", "/courses/": "awa"}
A4 = {"portrait": {"width": 794, "height": 1123}, "landscape": {"width": 1123, "height": 794}}
SEEN = """() => {
  const shown = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== "hidden";
  const look = (one) => getComputedStyle(one);
  // How useful something was found is a word and a number on paper: without a ground, without an edge.
  const isText = (one) => one.matches("[data-optimistic]") && look(one).borderTopWidth === "0px"
    && look(one).backgroundColor === "rgba(0, 0, 0, 0)" && look(one).boxShadow === "none";
  const main = document.querySelector("main");
  return {
    width: main.getBoundingClientRect().width / innerWidth,
    paper: getComputedStyle(document.body).backgroundColor,
    ink: getComputedStyle(document.body).color,
    presses: [...document.querySelectorAll("button, .btn, textarea, nav[aria-label] a")].filter(shown)
      .filter((one) => !one.closest("nav ol") && !isText(one)).length,
    under: document.documentElement.scrollHeight - Math.max(innerHeight, main.getBoundingClientRect().bottom + scrollY),
    wide: document.documentElement.scrollWidth <= innerWidth + 1,
    canvases: [...document.querySelectorAll("canvas")].filter(shown).filter((one) => !one.closest("[data-drawn]")).length,
  };
}"""


@pytest.mark.parametrize("turned", A4)
@pytest.mark.parametrize("place", PAGES)
def test_paper_shows_the_words_over_its_whole_width_and_nothing_to_press(sign_in, thread, place, turned):
    page = sign_in(PAGES[place], viewport=A4[turned], color_scheme="dark")
    page.goto(thread() if place == "thread" else place)

    page.emulate_media(media="print", color_scheme="dark")

    seen = page.evaluate(SEEN)
    assert seen["width"] > 0.9
    assert seen["paper"] == "rgb(255, 255, 255)"
    assert seen["ink"] == "rgb(27, 35, 34)"
    assert (seen["presses"], seen["canvases"]) == (0, 0)
    assert seen["wide"]
    # Room that is kept under the page for a bar would be an empty sheet.
    assert seen["under"] <= 1


def test_what_is_folded_is_open_on_paper_and_folded_after_it(sign_in):
    marc = sign_in("marc")
    marc.goto("/reports/")
    folded = marc.locator("main details:not([open])")
    number = folded.count()
    assert number > 3

    marc.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert folded.count() == 0
    marc.evaluate("dispatchEvent(new Event('afterprint'))")
    assert folded.count() == number
