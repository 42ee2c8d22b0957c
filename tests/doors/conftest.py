import pytest

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
