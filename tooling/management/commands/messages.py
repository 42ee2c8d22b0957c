from argparse import ArgumentParser
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from tooling import catalogues


class Command(BaseCommand):
    help = "Brings locale/<area>/fr up to date with the sentences of code and templates."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail on any hole")
        parser.add_argument("areas", nargs="*", help="only these areas (default: all)")

    def handle(self, *, check: bool, areas: list[str], **options: Any) -> None:
        if find_spec("babel") is None:
            raise CommandError(
                "Babel finds the sentences and comes with the development packages: run make lint once."
            )
        root = settings.BASE_DIR
        apps = sorted(path.parent.name for path in root.glob("*/__init__.py") if path.parent.name != "tests")
        found = catalogues.sentences_of(root, apps)
        for folder in (root / "locale").iterdir():
            if folder.is_dir() and folder.name not in catalogues.BORROWED:
                found.setdefault(folder.name, {})
        chosen = {area: found[area] for area in sorted(found) if not areas or area in areas}
        if check:
            self.check_all(chosen)
            return
        for area, sentences in chosen.items():
            added, dropped = catalogues.update(root, area, sentences)
            self.stdout.write(f"{area}: {len(sentences)} sentences, {added} new, {dropped} dropped")

    def check_all(self, chosen: dict[str, dict[tuple[str, str], catalogues.Sentence]]) -> None:
        holes = [
            hole
            for area, found in chosen.items()
            for hole in catalogues.holes(settings.BASE_DIR, area, found)
        ]
        holes += catalogues.disputes(settings.BASE_DIR, chosen)
        for hole in holes:
            self.stderr.write(hole)
        if holes:
            raise CommandError(
                f"{len(holes)} faults in the catalogues; `make messages` adds what is missing."
            )
        self.stdout.write(f"{sum(map(len, chosen.values()))} sentences, all in French.")
