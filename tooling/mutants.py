"""Mutation testing (mutmut) of what decides who may do what and what an act is worth: `make mutants`.

The tree is copied to var/mutants, where each mutant of the files named in pyproject.toml is tried by the tests named
there. Fails when fewer than 90 % of them are killed; the survivors stand in docs/reliability.md with their reasons.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / "var" / "mutants"
MUTMUT = Path(sys.executable).parent / "mutmut"
WANTED = 0.9
SURVIVED, UNTESTED = 0, 33


def main() -> int:
    copy_tree()
    environment = {**os.environ, "PALABRE_TEST": "1", "PALABRE_VAR": str(COPY / "var")}
    tests = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]
    selected = tests["pytest_add_cli_args_test_selection"]
    # Makes the tables, and sees that nothing fails before anything is changed.
    first = [sys.executable, "-m", "pytest", "-q", "-n0", "--create-db", "--reuse-db", *selected]
    if code := subprocess.run(first, cwd=COPY, env=environment, check=False).returncode:  # noqa: S603
        return code
    environment["PALABRE_MUTANTS"] = "1"
    command = [str(MUTMUT), "run", "--max-children", "1", *sys.argv[1:]]
    code = subprocess.run(command, cwd=COPY, env=environment, check=False).returncode  # noqa: S603
    return code or report()


def copy_tree() -> None:
    """What the repository holds now, and nothing that was removed from it."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S607
    names = {name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()}
    COPY.mkdir(parents=True, exist_ok=True)
    for name in names:
        target = COPY / name
        if not target.exists() or target.stat().st_mtime < (ROOT / name).stat().st_mtime:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)


def report() -> int:
    verdicts: dict[str, Counter[int]] = {}
    survivors: list[str] = []
    for path in sorted((COPY / "mutants").rglob("*.py.meta")):
        codes = json.loads(path.read_text())["exit_code_by_key"]
        name = str(path.relative_to(COPY / "mutants")).removesuffix(".meta")
        verdicts[name] = Counter(codes.values())
        survivors += [key for key, code in codes.items() if code in (SURVIVED, UNTESTED)]
    killed = total = 0
    for name, codes in verdicts.items():
        of_file = codes.total() - codes[SURVIVED] - codes[UNTESTED]
        killed, total = killed + of_file, total + codes.total()
        say(f"{name.ljust(36)} {of_file:4} of {codes.total():4}")
    for name in survivors:
        say(f"survived: {name}")
    say(f"killed: {killed} of {total}, {killed / total:.1%}" if total else "no mutants")
    return 0 if total and killed >= WANTED * total else 1


def say(sentence: str) -> None:
    print(sentence)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
