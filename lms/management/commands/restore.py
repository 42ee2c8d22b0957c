from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from core.errors import Refused
from lms.restore import restore


class Command(BaseCommand):
    help = "Bring a backup back onto an empty system; refused before anything is touched if it is damaged or newer."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options) -> None:
        try:
            manifest = restore(file, progress=self.say)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        rows = sum(entry["rows"] for entry in manifest["tables"].values())
        self.stdout.write(
            f"restored {rows} rows and {len(manifest['media'])} files, made at {manifest['made_at']}"
        )
        if not manifest["secrets"]:
            self.stdout.write(
                "Passwords were not in the backup: people choose a new one by “forgotten password”."
            )

    def say(self, what: str, number: int) -> None:
        if number:
            self.stderr.write(f"  {what}: {number}")
