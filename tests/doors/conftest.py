import pytest

from tests import prepared_queries
from tests.browser.academy import CHROMIUM_ARGUMENTS
from tests.browser.conftest import CHROMIUM
from tests.doors import world as building


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/doors/" in str(item.path) and item.get_closest_marker("browser") and not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="no Chromium found: apt-get install chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": CHROMIUM, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture
def world(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return building.build()


@pytest.fixture
def asked_once(monkeypatch):
    """Prepared queries are not compared with the plain ones: other tests prove them, on the same pages."""
    monkeypatch.setattr(prepared_queries, "compared", lambda prepared, plain, name: prepared())
