"""Every check of the project, one after the other, each with its time; the tests' own summary comes last."""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = [sys.executable]
MANAGE = [sys.executable, "manage.py"]

CHECKS: dict[str, list[list[str]]] = {
    "lint": [
        [str(BIN / "ruff"), "check", "."],
        [str(BIN / "ruff"), "format", "--check", "."],
        [str(BIN / "djlint"), "templates", "--lint", "--quiet"],
    ],
    "layers": [[str(BIN / "lint-imports"), "--no-cache"]],
    "system": [[*MANAGE, "check", "--fail-level", "WARNING"]],
    "migrations": [
        [*MANAGE, "makemigrations", "--check", "--dry-run"],
        [*MANAGE, "lintmigrations", "--quiet", "ok", "ignore", "warning"],
    ],
    "translations": [[*MANAGE, "compile_messages"], [*MANAGE, "messages", "--check"]],
    "types": [[str(BIN / "mypy"), "."]],
}

# By file: what a file makes once is made by one worker. The order of files is ours (tests/conftest.py). Chromium comes
# last: its academies have the machine to themselves.
BOTH_CORES = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
RUNS = [[*BOTH_CORES, "-m", "not browser"], [*BOTH_CORES, "-m", "browser"]]


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--no-tests", action="store_true")
    options, for_pytest = parser.parse_known_args()
    # The checks of migrations ask a database: the tests' own, never the demo's.
    os.environ["PALABRE_TEST"] = "1"
    started = time.monotonic()
    failed = [name for name, commands in CHECKS.items() if not passes(name, commands)]
    verdict = f"FAILED: {', '.join(failed)}" if failed else "all passed"
    say(f"Checks: {verdict} ({time.monotonic() - started:.0f} s)")
    if options.no_tests:
        return 1 if failed else 0
    codes = [run_tests(arguments) for arguments in ([for_pytest] if for_pytest else RUNS)]
    return 1 if failed or any(codes) else 0


def run_tests(arguments: list[str]) -> int:
    say(f"Tests ({' '.join(arguments)})")
    return subprocess.run([*PYTHON, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode  # noqa: S603


def passes(name: str, commands: list[list[str]]) -> bool:
    """Runs the commands of one check, all of them; shows what they say only when one fails."""
    started = time.monotonic()
    print(f"  {name} ".ljust(34, "."), end=" ", flush=True)  # noqa: T201
    outputs = []
    for command in commands:
        done = subprocess.run(  # noqa: S603
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            outputs.append(done.stdout)
    say(f"{'FAILED' if outputs else 'passed'} ({time.monotonic() - started:.1f} s)")
    for output in outputs:
        say("\n" + "\n".join(f"    {line}" for line in output.strip().splitlines()[-60:]) + "\n")
    return not outputs


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
