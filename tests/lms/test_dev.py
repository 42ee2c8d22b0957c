"""`make dev` on a copy of this tree: what is changed in it is seen, and `make reset` leaves nothing behind."""

import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.browser.academy import NOT_PASSED_ON, free_port

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "var", "build", "screens", "__pycache__", "*.mo"
)
SHARED = (".venv", "node_modules")  # as links: nothing is installed, nothing is fetched
PATIENCE = 90  # seconds, on a machine that runs other tests


class Copy:
    """The tree in another folder, without the command that fills the academy: a minute that says nothing here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "palabre"
        self.url = ""
        shutil.copytree(ROOT, self.folder, ignore=NOT_COPIED)
        for name in SHARED:
            (self.folder / name).symlink_to((ROOT / name).resolve())
        (self.folder / "lms/management/commands/seed_demo.py").unlink()
        self.log = folder / "make.log"
        self.port = free_port()
        self.environment = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
        self.environment |= {"PORT": str(self.port), "PALABRE_VAR": str(self.folder / "var")}

    def make(self, target: str) -> subprocess.Popen:
        with self.log.open("a") as log:
            return subprocess.Popen(
                ["make", target],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def page(self, path: str) -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, OSError):
            return ""

    def change(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    def comes(self, words: str, path: str) -> None:
        """Wait until a page says these words: a page that never does fails with what was printed."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.page(path):
            assert time.monotonic() < deadline, (
                f"{words!r} never came to {path}:\n{self.log.read_text()[-3000:]}"
            )
            time.sleep(0.2)


@pytest.fixture
def copy(tmp_path):
    copy = Copy(tmp_path)
    yield copy
    copy.make("reset").wait(60)


def test_what_is_changed_under_make_dev_is_seen_and_make_reset_forgets_everything(copy):
    dev = copy.make("dev")
    copy.comes("alive", "/livez")

    copy.change("templates/django/account/login.html", "<h1", "<p>Lanterne du soir</p><h1")
    copy.comes("Lanterne du soir", "/accounts/login/")
    copy.change("assets/js/theme.js", "", 'console.log("lanterne-du-soir");\n')
    copy.comes("lanterne-du-soir", "/static/build/app.js")
    sheet = copy.folder / "assets/css/behaviours.css"
    sheet.write_text(sheet.read_text() + "\n.lanterne-du-soir { display: block; }\n")
    copy.comes("lanterne-du-soir", "/static/build/app.css")
    copy.change("lms/views/health.py", '"alive\\n"', '"awake\\n"')
    copy.comes("awake", "/livez")
    assert dev.poll() is None

    data = (copy.folder / "var/postgres").resolve()  # elsewhere when the superuser runs this
    assert (data / "PG_VERSION").exists()
    assert copy.make("reset").wait(60) == 0
    dev.wait(30)
    assert copy.page("/livez") == ""
    assert not (copy.folder / "var").exists()
    assert not data.exists()
