"""Access for everyone, on every named page of the living academy.

axe (A, AA, best practice) reads each page in both languages, at both widths and in both themes. A page is loaded
once for each language; then the window narrows and the theme changes as on a device, and what a theme can change
(colours) is read again.
"""

import json
from pathlib import Path

import axe_playwright_python
import pytest

from tests.browser.pages import LANGUAGES, PAGES, SIZES

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const found = await axe.run(document, {runOnly: tags, rules: {"target-size": {enabled: true}}, resultTypes: ["violations"]});
  return found.violations.map((one) =>
    `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? "")).join(" | ")}`);
}"""
COLOURS = ["color-contrast", "link-in-text-block"]
WHOSE = sorted({one.who for one in PAGES})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", WHOSE, ids=lambda who: who or "nobody")
def test_axe_finds_nothing(visit, who, language):
    findings = {}
    with visit.of(who, language) as context:
        page = context.new_page()
        for named in (one for one in PAGES if one.who == who):
            narrowest_last = sorted(named.widths, reverse=True)
            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": narrowest_last[0], "height": SIZES[narrowest_last[0]]})
            visit.open(page, named)
            page.evaluate(AXE)
            for width in narrowest_last:
                page.set_viewport_size({"width": width, "height": SIZES[width]})
                for theme, rules in (("light", RULES), ("dark", COLOURS)):
                    page.emulate_media(color_scheme=theme)
                    if found := page.evaluate(RUN, rules):
                        findings[f"{named.name} {width} {theme}"] = found
    assert findings == {}, json.dumps(findings, indent=1, ensure_ascii=False)
