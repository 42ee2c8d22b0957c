import shutil
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from tooling import embedded


class Command(BaseCommand):
    help = "Stops everything and forgets the data of this folder's demo and tests."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("DATABASE_URL is set: these data are not a demo's.")
        call_command("stop", stdout=self.stdout)
        embedded.forget(settings.VAR_DIR / "test")
        embedded.forget(settings.VAR_DIR)
        shutil.rmtree(settings.VAR_DIR, ignore_errors=True)
        self.stdout.write("Forgotten; the next demo starts over.")
