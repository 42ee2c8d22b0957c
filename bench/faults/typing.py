"""A person who types in a real browser, which is killed in the middle of a word."""

import os
import shutil
import signal
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.faults.academy import PASSWORD
from bench.system import family_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
KEPT = "These words were there for three seconds before the power went."
LAST = " These came too l"


def impossible() -> str:
    if not CHROMIUM:
        return "no Chromium on this machine"
    return "" if find_spec("playwright") else "playwright, a package of the tests, is not installed"


def type_and_die(port: int, thread: int, profile: Path) -> tuple[bool, str]:
    """Whether the words were in the composer of the next browser; and a note on how they came back."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        page = _open(playwright, port, thread, profile)
        page.locator("#composer textarea[name=body]").press_sequentially(KEPT, delay=5)
        time.sleep(3.5)
        page.locator("#composer textarea[name=body]").press_sequentially(LAST, delay=5)
        _kill_browser(profile)
        with suppress(Error):
            page.context.close()
    with sync_playwright() as playwright:
        page = _open(playwright, port, thread, profile)
        found = page.locator("#composer textarea[name=body]").input_value()
        page.context.close()
    words = "with the last words too" if LAST in found else "without what was typed in its last second"
    return found.startswith(KEPT), f"the text came back {words}"


def _open(playwright: Any, port: int, thread: int, profile: Path) -> Any:
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=CHROMIUM,
        args=["--no-sandbox"] if os.geteuid() == 0 else [],
        extra_http_headers={"X-Forwarded-Proto": "https"},
        locale="en",
    )
    page = context.new_page()
    page.goto(f"http://localhost:{port}/threads/{thread}/")
    if "/accounts/login/" in page.url:
        page.fill("input[name=login]", "person-0")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/threads/**")
    page.wait_for_load_state("load")
    time.sleep(0.5)
    return page


def _kill_browser(profile: Path) -> None:
    """The whole family at once, as a dead battery would."""
    for found in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if f"--user-data-dir={profile}" in found.read_text().replace("\0", " "):
                for pid in family_of(int(found.parent.name)):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
