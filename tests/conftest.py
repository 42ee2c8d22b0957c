import fcntl
import os
from collections import Counter

import pytest
from django.conf import settings
from django.utils.translation import override

from core import caching, live
from events import tasks
from tests import making
from tests.prepared_queries import compare_prepared_queries
from tooling.catalogues import compile_catalogues


def pytest_addoption(parser):
    parser.addoption("--write-doors", action="store_true", help="write tests/doors/expected.txt anew")


def pytest_collection_modifyitems(items):
    """Files of few tests come first: theirs are the long ones, and beside them the other worker finds short ones."""
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: tests[item.path])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """A test marked `alone` waits until the other workers have ended theirs: the fence of the log's readers counts
    the open transactions of the whole server."""
    wanted = fcntl.LOCK_EX if item.get_closest_marker("alone") else fcntl.LOCK_SH
    settings.VAR_DIR.mkdir(exist_ok=True)
    with (
        (settings.VAR_DIR / "turn.lock").open("a") as turn,
        (settings.VAR_DIR / "tests.lock").open("a") as tests,
    ):
        # Whoever waits to be alone lets nobody begin before.
        fcntl.flock(turn, fcntl.LOCK_EX)
        fcntl.flock(tests, wanted)
        fcntl.flock(turn, fcntl.LOCK_UN)
        return (yield)


@pytest.fixture(scope="session", autouse=True)
def catalogues():
    """French as the catalogues have it now: compiled files are not kept in the repository."""
    compile_catalogues(settings.LOCALE_PATHS)


@pytest.fixture(scope="session", autouse=True)
def proven_queries():
    with pytest.MonkeyPatch.context() as monkeypatch:
        compare_prepared_queries(monkeypatch)
        yield


@pytest.fixture(autouse=True)
def every_server_answers():
    """Time that a test moved forward may have left an outage that lasts for days."""
    for outage in (caching.outage, live.outage, tasks.outage):
        outage.end()


@pytest.fixture
def lumen(db):
    return making.make_organisation("Lumen")


@pytest.fixture
def atelier(db):
    return making.make_organisation("Atelier Nord")


@pytest.fixture
def awa(lumen):
    return making.make_user("Awa Mbaye", organisation=lumen)


@pytest.fixture
def karim(lumen):
    return making.make_user("Karim Toure", organisation=lumen)


@pytest.fixture
def julie(lumen):
    return making.make_user("Julie Dubois", organisation=lumen, role="trainer")


@pytest.fixture
def marc(lumen):
    return making.make_user("Marc Petit", organisation=lumen, role="hr")


@pytest.fixture
def admin(lumen):
    return making.make_user("Ada Min", organisation=lumen, role="administrator")


@pytest.fixture
def ines(atelier):
    return making.make_user("Ines Roy", organisation=atelier)


@pytest.fixture
def space(lumen, awa, karim, julie):
    """A space of Lumen: Awa and Karim are members, Julie facilitates."""
    space = making.make_space(lumen)
    making.join(space, awa, karim)
    making.join(space, julie, role="facilitator")
    return space


@pytest.fixture
def sign_in(client):
    def sign_in(user):
        client.force_login(user, backend="people.backends.PersonBackend")
        return client

    return sign_in


@pytest.fixture
def english():
    """For tests that read sentences meant for people: their reasons, not their translation."""
    with override("en"):
        yield


if os.environ.get("PALABRE_MUTANTS"):
    from tests.mutants import catalogues, django_db_setup, proven_queries  # noqa: F401
