from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lms.backup import write_backup


class Command(BaseCommand):
    help = "Write every table, as of one instant, and every uploaded file into one file."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--secrets",
            action="store_true",
            help="include password hashes, second factors, tokens, sessions and unsent mails: guard the file like them",
        )

    def handle(self, *, file: Path, secrets: bool, **options) -> None:
        if not file.parent.is_dir():
            raise CommandError(f"There is no folder {file.parent}.")
        manifest = write_backup(file, secrets=secrets, progress=self.say)
        rows = sum(entry["rows"] for entry in manifest["tables"].values())
        for name in manifest["missing"]:
            self.stderr.write(f"missing file: {name}")
        self.stdout.write(
            f"{file}: {rows} rows, {len(manifest['media'])} files, {file.stat().st_size:,} bytes"
        )

    def say(self, what: str, number: int) -> None:
        if number:
            self.stderr.write(f"  {what}: {number}")
