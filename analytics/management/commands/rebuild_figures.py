from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics import days
from analytics.models import DirtyDay
from analytics.rollups import rebuilding
from people.models import Organisation


class Command(BaseCommand):
    help = "Rebuild the figures from the log and from what became of the posts: all days, or those given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", help="slug; all of them by default")
        parser.add_argument(
            "--from", dest="first", type=date.fromisoformat, help="first day, like 2026-09-01"
        )
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="last day; today by default")
        parser.add_argument("--dirty", action="store_true", help="only the days that are marked")

    def handle(
        self,
        *,
        organisation: str | None,
        first: date | None,
        last: date | None,
        dirty: bool,
        **options: Any,
    ) -> None:
        if dirty:
            self._rebuild_dirty()
            return
        organisations = Organisation.objects.order_by("pk")
        if organisation:
            organisations = organisations.filter(slug=organisation)
            if not organisations:
                raise CommandError(f"No organisation is called {organisation}.")
        for one in organisations:
            start, end = first or rebuilding.first_day(one), last or days.today(one)
            if start > end:
                raise CommandError(f"The first day ({start}) comes after the last ({end}).")
            done = rebuilding.rebuild(one, start, end)
            self.stdout.write(f"{one.name}: {done} days rebuilt, {start} to {end}")

    def _rebuild_dirty(self) -> None:
        rebuilding.mark_missing_days()
        done = 0
        while DirtyDay.objects.exists():
            done += rebuilding.rebuild_dirty()
        self.stdout.write(f"{done} days rebuilt")
