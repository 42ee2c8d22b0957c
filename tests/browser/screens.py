"""`make screens`: a picture of every named page in each theme, language and width, into screens/.

With PALABRE_URL (and the PALABRE_VAR of that academy) it visits one that runs already.
Arguments are names or beginnings of names: `make screens ARGS="home thread"`.
"""

import sys
import time
from argparse import ArgumentParser
from io import BytesIO
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from tests.browser.academy import CHROMIUM_ARGUMENTS, ROOT, find_academy, find_chromium
from tests.browser.contact_sheet import write_sheets
from tests.browser.pages import LANGUAGES, LETTERS, PAGES, SIZES, THEMES, Named, Visit

FOLDER = ROOT / "screens"
README = {"home-learner": "light", "module-video": "light", "thread-case": "dark", "report": "light"}


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    parser.add_argument("--themes", nargs="*", default=THEMES)
    parser.add_argument("--readme", action="store_true", help="make the four of the README again")
    parser.add_argument("--widths", nargs="*", type=int, default=list(SIZES))
    chosen = parser.parse_args()
    pages = [
        one for one in [*PAGES, *LETTERS] if not chosen.names or one.name.startswith(tuple(chosen.names))
    ]
    started = time.monotonic()
    with find_academy() as academy, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        visit = Visit(browser, academy)
        taken = 0
        for language, width in product(chosen.languages, chosen.widths):
            taken += photograph(visit, pages, language, width, chosen.themes)
        write_sheets(FOLDER)
        if chosen.readme:
            draw_for_readme(visit)
        browser.close()
    say(f"{taken} pictures in {FOLDER}, see index.html ({time.monotonic() - started:.0f} s)")
    return 0


def photograph(visit: Visit, pages: list[Named], language: str, width: int, themes: list[str]) -> int:
    """One context for each person: signing in and choosing the language cost one page each."""
    taken = 0
    for who in dict.fromkeys(one.who for one in pages):
        with visit.of(who, language, width) as context:
            page = context.new_page()
            page.set_default_timeout(10_000)
            for named in pages:
                if named.who != who or width not in named.widths:
                    continue
                for theme in themes:
                    page.emulate_media(color_scheme=theme)
                    try:
                        visit.open(page, named)
                    except PlaywrightError as error:
                        say(f"{named.name} ({language}, {width}): {str(error).splitlines()[0]}")
                        continue
                    target = picture(named, theme, language, width)
                    page.screenshot(path=target, full_page=not named.act or width == 1440)
                    taken += 1
    return taken


def draw_for_readme(visit: Visit) -> None:
    for name, theme in README.items():
        named = next(one for one in PAGES if one.name == name)
        with visit.of(named.who, "fr") as context:
            page = context.new_page()
            page.emulate_media(color_scheme=theme)
            visit.open(page, named)
            image = Image.open(BytesIO(page.screenshot())).convert("RGB")
            image.resize((960, 600), Image.Resampling.LANCZOS).save(
                ROOT / "docs" / f"{name}.webp", quality=80
            )


def picture(named: Named, theme: str, language: str, width: int) -> Path:
    folder = FOLDER / f"{language}-{theme}-{width}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{named.name}.png"


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
