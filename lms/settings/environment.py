"""Reads the environment for the settings; whatever is missing or unsafe stops the start with a sentence."""

import os
import sys

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class Unsafe(SystemExit):
    """Ends the process with a sentence instead of a traceback: its reader is whoever installs Palabre."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"Palabre cannot start: {sentence}")


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise Unsafe(f"{name} must be 1 or 0, not {value!r}.")


def whole_number(name: str, *, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if value and not value.isdigit():
        raise Unsafe(f"{name} must be a whole number, not {value!r}.")
    return int(value or default)


def listed(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def is_production() -> bool:
    """Naming a server makes it a production: from then on nothing is guessed."""
    return bool(os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"))


def is_test_run() -> bool:
    """True under pytest, and in the processes a test starts: they inherit PALABRE_TEST."""
    if "pytest" in sys.modules:
        os.environ["PALABRE_TEST"] = "1"
    return flag("PALABRE_TEST", default=False)


def required(name: str, *, example: str = "") -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise Unsafe(f"{name} is missing{f' (for instance {example})' if example else ''}.")
    return value
