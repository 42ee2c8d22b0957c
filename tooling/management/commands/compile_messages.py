from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from tooling.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Compiles the catalogues of translations (.po to .mo) without GNU gettext."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{compile_catalogues(settings.LOCALE_PATHS)} compiled.")
