from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management import BaseCommand

from lms import maintenance


class Command(BaseCommand):
    help = "Closes the house for a while (on), opens it again (off), or says how it is."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("state", nargs="?", choices=["on", "off"])
        parser.add_argument(
            "--minutes", type=int, default=15, help="what people are told; it opens with `off`"
        )

    def handle(self, *, state: str | None, minutes: int, **options: Any) -> None:
        if state == "on":
            until = maintenance.close_for(minutes)
            self.stdout.write(
                f"Closed within two seconds; people are told to come back at {until:%H:%M} UTC."
            )
        elif state == "off":
            self.stdout.write("Open again." if maintenance.reopen() else "It was open.")
        else:
            self.stdout.write(said(maintenance.closed_until()))


def said(until: float | None) -> str:
    if until is None:
        return "Open."
    return f"Closed; people are told {datetime.fromtimestamp(until, UTC):%H:%M} UTC." if until else "Closed."
