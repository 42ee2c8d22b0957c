"""Hands that have a keyboard only: they press, and see where they are."""

from playwright.sync_api import Locator, Page

from tests.browser.looks import look

STOP = look("stop")
ENOUGH = 150  # places to stop on one page


def stop(page: Page) -> dict | None:
    return page.evaluate(STOP)


def is_here(target: Locator) -> bool:
    return target.evaluate("one => one === document.activeElement")


def go_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until `target` has the focus; each place on the way is seen."""
    target.wait_for(state="attached")
    for _step in range(3 * ENOUGH):
        if is_here(target):
            return
        page.keyboard.press(key)
        here = stop(page)
        assert not here or not here["fault"], f"{here['who']} {here['fault']} ({page.url})"
    raise AssertionError(f"{target} is not reached by {key} on {page.url}")


def walk(page: Page) -> list[str]:
    """What is wrong with each place where the focus stops, down the page and back up."""
    faults, stops = [], 0
    for key in ("Tab", "Shift+Tab"):
        for _step in range(ENOUGH):
            page.keyboard.press(key)
            here = stop(page)
            if here is None:
                break
            stops += 1
            if here["fault"]:
                faults.append(f"{key} to {here['who']}: {here['fault']}")
    assert stops > 8, f"{page.url} has only {stops} places to stop"
    return faults
