import os
import re

import pytest

from tests.browser.academy import CHROMIUM_ARGUMENTS, find_academy, find_chromium
from tests.browser.pages import Visit

CHROMIUM = find_chromium()
PASSWORD = "palabre-demo"
FIND = """
from community.models import Membership, Thread
from people.models import User
awa, julie = (User.objects.get(email=f"{{name}}@demo.palabre.test") for name in ("awa", "julie"))
spaces = set(Membership.objects.filter(user=awa).values_list("space", flat=True))
spaces &= set(Membership.objects.filter(user=julie).values_list("space", flat=True))
threads = Thread.objects.visible_to(awa).filter(space__in=spaces, gate="open", locked_at=None, number_of_posts__lt=40)
print("FOUND", threads.order_by("pk").values_list("pk", flat=True)[{n}])
"""

# Playwright runs an event loop in the thread of the tests; Django must not mind.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium found: apt-get install chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": CHROMIUM, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def academy():
    with find_academy() as running:
        yield running


@pytest.fixture(scope="session")
def visit(academy, browser):
    return Visit(browser, academy)


@pytest.fixture
def thread(academy):
    """The address of a thread that Awa and Julie can both write in."""

    def thread(n=0):
        said = academy.manage("shell", "-c", FIND.format(n=n))
        return "/threads/{}/".format(re.search(r"FOUND (\d+)", said)[1])

    return thread


@pytest.fixture
def sign_in(academy, browser):
    """The home of somebody signed in, in a browser of their own: `sign_in("awa")`. The form itself is filled in where
    signing in is what is tried (test_signing_in.py)."""
    contexts = []

    def sign_in(who: str, **options):
        context = browser.new_context(base_url=academy.url, locale="fr-FR", **options)
        contexts.append(context)
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        login = f"{academy.url}/accounts/login/"
        context.request.get(login)
        [token] = [one["value"] for one in context.cookies() if "csrftoken" in one["name"]]
        said = {"login": f"{who}@demo.palabre.test", "password": PASSWORD, "csrfmiddlewaretoken": token}
        answer = context.request.post(login, form=said, headers={"Referer": login})
        assert "/accounts/" not in answer.url, answer.text()
        page.goto("/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
