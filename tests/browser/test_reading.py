"""Every named page on a small touch screen, at 200 %, in longer words; and what it asks of the network."""

import gzip
import json
import urllib.request

import pytest

from tests.browser.pages import PAGES
from tests.browser.reading import LONGER, SMALL, STICKING_OUT, Reader, Reading

SHOWN = [one for one in PAGES if 390 in one.widths]
WHOSE = sorted({one.who for one in SHOWN})
JAVASCRIPT, CSS = 60 * 1024, 25 * 1024


@pytest.fixture(scope="module")
def reader(visit):
    return Reader(visit)


@pytest.fixture(params=WHOSE, ids=lambda who: who or "nobody")
def pages(request, reader) -> dict[str, Reading]:
    return reader.pages_of(request.param, SHOWN)


def none_of(pages: dict[str, Reading], what: str) -> None:
    found = {name: getattr(one, what) for name, one in pages.items() if getattr(one, what)}
    assert found == {}, json.dumps(found, indent=1, ensure_ascii=False)


def test_nothing_scrolls_sideways_on_a_small_screen_or_at_twice_the_size(pages):
    """320 px is also what a window of 640 px has at 200 %; 720 px is a desktop of 1440 at 200 %."""
    none_of(pages, "sideways")


def test_words_that_are_40_percent_longer_break_nothing(pages):
    none_of(pages, "longer")


def test_a_finger_finds_44_px_everywhere(pages):
    none_of(pages, "small")


def test_no_page_asks_another_host(pages):
    none_of(pages, "elsewhere")


def test_no_page_breaks_the_policy_or_throws(pages):
    none_of(pages, "complaints")


def test_no_page_loads_more_than_60_kb_of_scripts_and_25_kb_of_style(pages):
    weights: dict[str, int] = {}
    for name, one in pages.items():
        for file in one.files:
            if file not in weights:
                with urllib.request.urlopen(file) as answer:
                    weights[file] = len(gzip.compress(answer.read(), mtime=0))
        assert any(".css" in file for file in one.files), name
        assert sum(weights[file] for file in one.files if ".js" in file) <= JAVASCRIPT, name
        assert sum(weights[file] for file in one.files if ".css" in file) <= CSS, name


def test_the_judges_see_what_they_look_for(reader, browser):
    """A button too small and too narrow for its words, a picture from elsewhere, a script that the policy forbids."""
    page = browser.new_page()
    reader.now = Reading()
    reader.listen(page)
    page.route("**/*", lambda route: route.abort())
    page.set_content(
        "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">"
        "<main><img src='http://elsewhere.example/'><script>1</script>"
        "<button class=btn style='width:40px;overflow:hidden;white-space:nowrap'>Enregistrer</button></main>"
    )
    assert reader.now.elsewhere == ["http://elsewhere.example/"]
    assert len(reader.now.complaints) == 1
    assert [words for words in page.evaluate(SMALL) if "Enregistrer" in words]
    assert page.evaluate(LONGER) == 1
    assert page.locator("button").inner_text() == "Enregistrerenreg"
    assert page.evaluate(STICKING_OUT) == ["btn: Enregistrerenreg sticks out"]
    page.close()
