"""What people write runs nowhere: Chromium opens the pages without our policy's help, and looks whether a script ran.

The browser talks to Django in this process, inside the transaction of the test: every request it makes is answered
by the test client, so no server is started.
"""

import contextvars
import json
import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from markupsafe import escape

from core import markdown
from core.errors import Refused
from tests import making
from tests.doors.doors import doors, variants_of
from tests.doors.visiting import a_machine, client_of
from tests.doors.world import World, build
from tests.samples import SAMPLES, needs_samples

pytestmark = pytest.mark.browser
HOUSE = "http://palabre.test"
WATCH = """
    window.__pwned = undefined;
    window.alert = window.confirm = window.prompt = (word) => { window.__pwned = `said ${word}`; };
"""
# A reader who points at, focuses and presses everything that could be listened to.
TOUCH = """
    for (const one of document.querySelectorAll("*"))
        for (const kind of ["mouseover", "mouseenter", "focus", "blur", "error", "load", "toggle", "pointerdown"])
            one.dispatchEvent(new Event(kind));
"""
DANGEROUS = """
    [...document.querySelectorAll("[href], [src], [action], [formaction], [data]")].flatMap((one) =>
        [...one.attributes].map((it) => it.value.replace(/[\\u0000-\\u0020]/g, "").toLowerCase())
            .filter((value) => /^(javascript|vbscript|data:text)/.test(value)))
"""
BREAKING_OUT = """'"><img src=x onerror=__pwned=1><svg onload=__pwned=2></script><script>__pwned=3</script>"""
SHORT = """"><img src=x onerror=__pwned=4>"""
INSIDE = [
    """x" onmouseover="__pwned=5" autofocus onfocus="__pwned=6" y=' onmouseover='__pwned=7' z='""",
    """[x](javascript:__pwned=8) ![x](x"onerror="__pwned=9) <javascript:__pwned=10> [y](&#106;avascript:__pwned=11)""",
    """--></title></textarea></style><img src=x onerror=__pwned=12>${__pwned=13}{{__pwned=14}}<%=1%>""",
    """\\u003cimg src=x onerror=__pwned=15\\u003e&lt;img src=x onerror=__pwned=16&gt;';__pwned=17;//""",
]
OURS = [
    "<a href='java\tscript:__pwned=1'>x</a>",
    "[x](java\tscript:__pwned=1)",
    "[x](JaVaScRiPt:__pwned=1)",
    "[x](data:text/html,<script>__pwned=1</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "![x](javascript:__pwned=1)",
    "[x]: javascript:__pwned=1\n\n[x]",
    "[x](<javascript:__pwned=1>)",
    "[x](&#x6A;avascript:__pwned=1)",
    "[a](b 'c\"onmouseover=__pwned=1 d')",
    "```html\"onmouseover=__pwned=1\n<script>__pwned=1</script>\n```",
    "::: spoiler <img src=x onerror=__pwned=1>\nx\n:::",
    "| <img src=x onerror=__pwned=1> |\n|---|\n| <svg/onload=__pwned=1> |",
    "@<img src=x onerror=__pwned=1>",
    "<https://x.example/\"onmouseover=__pwned=1>",
    "http://x.example/?a=\"><script>__pwned=1</script>",
    "<math><mtext><table><mglyph><style><img src=x onerror=__pwned=1>",
    "<noscript><p title=\"</noscript><img src=x onerror=__pwned=1>\">",
    "<svg><animate onbegin=__pwned=1 attributeName=x dur=1s>",
    "<iframe srcdoc='<script>parent.__pwned=1</script>'></iframe>",
    "<form action=javascript:__pwned=1><button autofocus onfocus=__pwned=1>x</button></form>",
    "<details open ontoggle=__pwned=1>x</details>",
    "<div hx-on:load='__pwned=1' hx-get='/settings/' data-hx-trigger='load'>x</div>",
]  # fmt: skip
# /readyz says no where no worker runs, as in a test.
EXCEPT = {
    "readyz",
    "people:join_link",
    "community:attachment",
    "courses:film",
    "courses:lesson-file",
    "courses:poster",
    "courses:import",
}


class Hostile(World):
    """The house in which every text that somebody wrote attacks whoever reads it."""

    def __init__(self, words: str, *, short: str) -> None:
        super().__init__()
        self.words, self.short = words, short

    def secret(self, what: str, audience: str) -> str:
        return self.short if what in ("tag", "skill", "name of a file", "an invited address") else self.words


@pytest.fixture
def visitor(browser):
    """A page of Chromium whose every request is answered by `client`, without the security policy."""
    context = browser.new_context(base_url=HOUSE, bypass_csp=True, locale="en-GB", service_workers="block")
    page = context.new_page()
    page.add_init_script(WATCH)
    page.set_default_timeout(10_000)
    yield page
    context.close()


def answer_with(page, client):
    # The browser calls from a context of its own, in which Django would open another connection.
    context = contextvars.copy_context()

    def answer(route):
        address = urlsplit(route.request.url)
        if not route.request.url.startswith(HOUSE):
            return route.abort()
        if address.path.startswith(settings.STATIC_URL):
            found = finders.find(address.path.removeprefix(settings.STATIC_URL))
            kind = mimetypes.guess_type(address.path)[0]
            return route.fulfill(body=Path(found).read_bytes(), content_type=kind) if found else route.abort()
        if address.path == "/live/":
            return route.abort()
        said = context.run(
            client.get, f"{address.path}?{address.query}", follow=True, REMOTE_ADDR=a_machine()
        )
        body = b"".join(said.streaming_content) if said.streaming else said.content
        return route.fulfill(status=said.status_code, headers=dict(said.items()), body=body)

    page.route("**/*", answer)


def look(page) -> list[str]:
    """What ran, or would run when pressed."""
    page.evaluate(TOUCH)
    ran = page.evaluate("window.__pwned")
    return [*([f"ran: {ran}"] if ran is not None else []), *page.evaluate(DANGEROUS)]


def everybody(world: World):
    person = world.people["facilitator"]
    for role in ["hr", "administrator"]:
        making.grant_role(person, role)
    return client_of(world, "facilitator")


def opened_in(page, client, addresses) -> list[str]:
    answer_with(page, client)
    found = []
    for address in addresses:
        response = page.goto(address, wait_until="load")
        assert response.status < 500, address
        found += [f"{address} {fault}" for fault in look(page)]
    return found


def pages_of(world: World) -> list[str]:
    mine = [door for door in doors() if door.is_ours and "GET" in door.methods and door.name not in EXCEPT]
    shown = [door for door in mine if not door.route.startswith(("api/", "studio/imports/<"))]
    files = ("manifest", "worker", "maintenance", "people:picture", "people:download_data", "courses:caption")
    found = [door.address(world, variant) for door in shown for variant in variants_of(door)
             if door.name not in (*files, "analytics:export")]  # fmt: skip
    return [*dict.fromkeys(found), f"/search/?q={world.words}", f"/people/?q={world.words}"]


def test_no_page_runs_what_people_wrote(db, settings, tmp_path, visitor):
    settings.MEDIA_ROOT = tmp_path
    world = build(on=Hostile(BREAKING_OUT, short=SHORT))
    client = everybody(world)
    page = client.get(f"/threads/{world.thread.pk}/").content.decode()
    assert str(escape(BREAKING_OUT)) in page

    assert opened_in(visitor, client, pages_of(world)) == []


@pytest.mark.parametrize("words", INSIDE, ids=["attributes", "markdown", "ends", "escapes"])
def test_no_way_of_writing_it_runs_either(db, settings, tmp_path, visitor, words):
    settings.MEDIA_ROOT = tmp_path
    world = build(on=Hostile(words, short=words[:30]))
    addresses = [
        f"/threads/{world.thread.pk}/",
        f"/spaces/{world.space.slug}/about/",
        f"/courses/{world.course.slug}/",
        f"/people/{world.author.handle}/",
        f"/studio/questions/{world.question.pk}/",
        "/facilitation/",
    ]

    assert opened_in(visitor, everybody(world), addresses) == []


def rendered(texts) -> str:
    """All of them in one page, each as a message and as a page of a course; what is refused is not shown."""
    parts = []
    for text in texts:
        for render in (markdown.render, markdown.render_document):
            try:
                parts.append(f"<div>{render(text).html}</div>")
            except Refused:
                continue
    return "".join(parts)


def shown_in(page, html: str) -> list[str]:
    page.route("**/*", lambda route: route.fulfill(body=f"<!doctype html><meta charset=utf-8>{html}",
                                                   content_type="text/html") if route.request.url == f"{HOUSE}/"
               else route.abort())  # fmt: skip
    page.goto("/")
    return look(page)


def test_the_judge_sees_a_script_that_runs(visitor):
    assert shown_in(visitor, "<img src=x onmouseover=__pwned=1><a href=' javascript:1'>x</a>") == [
        "ran: 1",
        "javascript:1",
    ]


def test_our_own_attacks_are_shown_as_words(visitor):
    assert shown_in(visitor, rendered(OURS)) == []


class TestKnownCorpora:
    pytestmark = needs_samples

    def test_naughty_strings_and_the_examples_of_commonmark_are_shown_as_words(self, visitor):
        naughty = json.loads((SAMPLES / "security/blns.json").read_text())
        examples = json.loads((SAMPLES / "commonmark/spec-0.31.2.json").read_text())
        texts = [*naughty, *(example["markdown"] for example in examples)]

        assert len(texts) > 1000
        assert shown_in(visitor, rendered(texts)) == []
