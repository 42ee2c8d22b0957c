"""Prepares the project on a bare machine, then starts what was asked: python3 -m tooling.setup demo|dev|test|…

Runs before anything is installed: standard library only, nothing of the project imported.
Each step leaves a mark of what it was made from and is skipped while the mark still holds.
"""

from __future__ import annotations  # An older Python must get as far as the sentence that names it.

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "palabre"


class Failed(Exception):
    """A step that did not work: `advice` says what to do about it."""

    def __init__(self, advice: str, output: str = "") -> None:
        super().__init__(advice)
        self.advice = advice
        self.output = output


def say(line: str = "") -> None:
    print(line, flush=True)  # noqa: T201


def step(title: str, work: Callable[[], str | None]) -> None:
    """Runs one step and prints its time; `work` returns a word when it had nothing to do."""
    started = time.monotonic()
    print(f"  {title} ".ljust(34, "."), end=" ", flush=True)  # noqa: T201
    try:
        word = work() or "done"
    except Failed as failure:
        say(f"failed ({time.monotonic() - started:.1f} s)")
        if failure.output:
            say("\n" + "\n".join(f"    {line}" for line in failure.output.strip().splitlines()[-25:]))
        say(f"\n  What to do: {failure.advice}")
        raise SystemExit(1) from None
    say(f"{word} ({time.monotonic() - started:.1f} s)")


def run(*command: object, advice: str, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(  # noqa: S603
        [str(part) for part in command],
        cwd=ROOT,
        env=environment() | (env or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise Failed(advice, done.stdout)
    return done.stdout


def environment() -> dict[str, str]:
    """Ours first in PATH: `npm` must find the Node of the wheel, whatever else the machine has."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "PATH": path, "VIRTUAL_ENV": str(VENV), "PYTHONUTF8": "1"}


def digest(paths: Iterable[Path], *words: str) -> str:
    mark = hashlib.sha256("|".join(words).encode())
    for path in paths:
        mark.update(str(path).encode() + b"\0")
        mark.update(path.read_bytes())
    return mark.hexdigest()


def files_under(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def is_fresh(name: str, mark: str) -> bool:
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == mark


def remember(name: str, mark: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(mark)


def create_venv() -> str | None:
    if PYTHON.exists() and subprocess.run([str(PYTHON), "-c", ""], check=False).returncode == 0:  # noqa: S603
        return "ready"
    if importlib.util.find_spec("ensurepip") is None:
        install_debian_package(f"python3.{sys.version_info.minor}-venv")
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    advice = "Delete the folder .venv and try again; the lines above are Python's own."
    run(sys.executable, "-m", "venv", "--clear", VENV, advice=advice)
    return None


def may_install_debian_packages() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_debian_package(name: str) -> None:
    advice = f"Install the package {name} (Debian, Ubuntu: sudo apt-get install {name}) and try again."
    if not may_install_debian_packages():
        raise Failed(advice)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", "-qq", advice=advice, env=quiet)
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", name, advice=advice, env=quiet)


def install_packages(*, development: bool) -> str | None:
    if VENV.is_symlink():
        return "shared"  # Another working tree keeps it up to date.
    # Whoever once ran the tests keeps their tools: taking them away would cost the next test run a minute.
    development = development or (STAMPS / "development").exists()
    lock = ROOT / ("requirements-dev.lock" if development else "requirements.lock")
    mark = digest([lock], sys.version)
    if is_fresh("packages", mark):
        return "ready"
    advice = "Check that this machine reaches PyPI (or the index named in pip's settings), then try again."
    if not (VENV / "bin" / "uv").exists():
        install_uv(lock, advice)
    run(
        *(VENV / "bin" / "uv", "pip", "sync", "--require-hashes", "--only-binary", ":all:"),
        *("--python", PYTHON, lock),
        advice=advice,
        env=index_settings(),
    )
    remember("packages", mark)
    if development:
        remember("development", "")
    return None


def install_uv(lock: Path, advice: str) -> None:
    """pip checks uv by the hash in our lock; uv then checks the rest."""
    block = re.search(r"^uv==(?:.*\\\n)*.*\n", lock.read_text(), re.MULTILINE)
    if block is None:
        raise Failed(f"Compile {lock.name} again: it does not name uv.")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(block.group())
        only_uv.flush()
        run(
            *(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "-r", only_uv.name),
            advice=advice,
        )


def index_settings() -> dict[str, str]:
    """Where packages come from, as pip's settings say: uv does not read them.

    Like pip, uv is to take a version from whichever index has it. What that could let in, the hashes keep out.
    """
    listed = run(PYTHON, "-m", "pip", "config", "list", advice="Repair pip's settings (pip config debug).")
    said = {
        key.split(".")[-1]: value.strip("'\"")
        for key, _, value in (line.partition("=") for line in listed.splitlines())
    }
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
    }
    settings = {names[key]: value for key, value in said.items() if key in names}
    settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {name: value for name, value in settings.items() if name not in os.environ}


def install_front_end() -> str | None:
    if (ROOT / "node_modules").is_symlink():
        return "shared"
    mark = digest([ROOT / "package-lock.json", ROOT / ".npmrc"])
    if is_fresh("npm", mark) and (ROOT / "node_modules").is_dir():
        return "ready"
    env = {"NODE_OPTIONS": f"{os.environ.get('NODE_OPTIONS', '')} --use-system-ca".strip()}
    if Path("/etc/npmrc").exists() and "npm_config_globalconfig" not in os.environ:
        # The wheel's npm looks beside itself; what the machine says about its registry is in /etc.
        env["npm_config_globalconfig"] = "/etc/npmrc"
    run(
        *(VENV / "bin" / "npm", "ci", "--no-progress"),
        advice="Check that this machine reaches the npm registry (or the one named in .npmrc), then try again.",
        env=env,
    )
    remember("npm", mark)
    return None


def build_assets() -> str | None:
    apps = [path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"]
    # Python names classes and icons too.
    named = [path for path in files_under(*apps) if path.suffix == ".py"]
    sources = [*files_under("assets", "templates"), *named, ROOT / "build.mjs", ROOT / "package-lock.json"]
    mark = digest(sources)
    stamp = ROOT / "static" / "build" / ".stamp"
    if stamp.exists() and stamp.read_text() == mark:
        return "ready"
    run(VENV / "bin" / "npm", "run", "--silent", "build", advice="Correct what the lines above point at.")
    stamp.write_text(mark)
    return None


def compile_translations() -> str | None:
    """Compiled catalogues are not kept in the repository: whoever runs this copy needs them, however it is started."""
    advice = "Correct the catalogue named above, or take it back from git."
    done = run(PYTHON, "-m", "tooling.catalogues", advice=advice)
    return "ready" if done.strip() == "0" else None


def find_chromium() -> str | None:
    if any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return "ready"
    if not may_install_debian_packages():
        return "absent: browser tests will be SKIPPED (Debian: sudo apt-get install chromium)"
    try:
        install_debian_package("chromium")
    except Failed:
        return "cannot be installed: browser tests will be SKIPPED"
    return None


def prepare(*, development: bool) -> None:
    step("Python environment", create_venv)
    step("Python packages", lambda: install_packages(development=development))
    step("Front-end packages", install_front_end)
    step("Styles and scripts", build_assets)
    step("Translations", compile_translations)


def main(arguments: list[str]) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036
        raise SystemExit(f"Palabre needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if os.name != "posix":
        raise SystemExit("Palabre runs on Linux and macOS; on Windows use WSL.")
    os.chdir(ROOT)
    target, *rest = arguments or ["install"]
    if target in {"stop", "reset"} and not PYTHON.exists():
        raise SystemExit("Nothing is installed here yet, so nothing runs.")
    if target not in {"stop", "reset"}:
        say("Palabre: setting up" if not STAMPS.exists() else "Palabre")
        prepare(development=target in {"test", "lint", "dev", "screens", "faults", "mutants"})
    if target in {"test", "screens", "faults"}:
        step("Chromium", find_chromium)
    if target == "install":
        return
    command = {
        "test": [PYTHON, "-m", "tooling.checks", *rest],
        "lint": [PYTHON, "-m", "tooling.checks", "--no-tests", *rest],
        "dev": [PYTHON, "manage.py", "demo", "--reload", *rest],
        "screens": [PYTHON, "-m", "tests.browser.screens", *rest],
        "bench": [PYTHON, "-m", "bench.run", *rest],
        "faults": [PYTHON, "-m", "bench.faults", *rest],
        "mutants": [PYTHON, "-m", "tooling.mutants", *rest],
        "bench-compare": [PYTHON, "-m", "bench.compare", *rest],
    }.get(target, [PYTHON, "manage.py", target, *rest])
    # Replaces this process: signals of make and of the terminal reach the real one.
    os.execve(PYTHON, [str(part) for part in command], environment())  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
