"""What the import commands have in common: an organisation, one transaction, a dry run, progress, a report."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import Refused
from core.importing import Report
from people.models import Organisation, User

Progress = Callable[[str, int, int], None]


def silent(kind: str, done: int, total: int) -> None:
    """The progress of an import nobody looks at."""


def person_named(organisation: Organisation, name: str) -> User:
    """The active person of an organisation with this e-mail address or identifier. Raises Refused."""
    people = organisation.users.active()
    person = people.filter(Q(email__iexact=name) | Q(handle=name)).first()
    if person is None:
        raise Refused(
            _("Nobody in %(organisation)s has the address or identifier “%(name)s”.")
            % {"organisation": organisation, "name": name}
        )
    return person


class ImportCommand(BaseCommand):
    """A subclass says what its source is and does the work in `bring_in`; all of it or nothing is kept."""

    source_help = ""
    # Called when nothing was kept, to remove what a transaction cannot take back (stored files).
    abandoned: list[Callable[[], None]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path, help=self.source_help)
        parser.add_argument("--organisation", required=True, help="slug of the organisation it is for")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, keep nothing")
        parser.add_argument("--refused", type=Path, help="write the refused items to this CSV file")

    def bring_in(self, organisation: Organisation, report: Report, options: dict[str, Any]) -> None:
        raise NotImplementedError

    def handle(self, **options: Any) -> None:
        organisation = Organisation.objects.filter(slug=options["organisation"]).first()
        if organisation is None:
            known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(
                _("There is no organisation with this slug. Known: %(known)s") % {"known": known}
            )
        self.dry_run, self.abandoned, self._shown = options["dry_run"], [], -1
        report = Report()
        kept = False
        try:
            with transaction.atomic():
                self.bring_in(organisation, report, options)
                transaction.set_rollback(self.dry_run)
            kept = not self.dry_run
        except Refused as refusal:
            raise CommandError(_("Nothing was imported. %(reason)s") % {"reason": refusal}) from refusal
        finally:
            if not kept:
                for take_back in self.abandoned:
                    take_back()
        self._tell(report, options["refused"])

    def progress(self, kind: str, done: int, total: int) -> None:
        """Show how far it is: one line that changes in a terminal, a line every tenth elsewhere."""
        percent = 100 * done // total if total else 100
        line = f"{kind}: {percent} % ({done}/{total})"
        if sys.stderr.isatty():
            self.stderr.write(f"\r{line:<60}", ending="\n" if done >= total else "")
        elif percent // 10 != self._shown or done >= total:
            self._shown = percent // 10 if done < total else -1
            self.stderr.write(line)

    def _tell(self, report: Report, refused: Path | None) -> None:
        self.stdout.write(report.table())
        if self.dry_run:
            self.stdout.write(_("Dry run: nothing was kept."))
        if refused:
            with refused.open("w", encoding="utf-8-sig", newline="") as file:
                report.write_refused(file)
            self.stdout.write(_("The refused items are in %(file)s.") % {"file": refused})
        elif report.refused_items:
            for item in report.refused_items[:20]:
                self.stdout.write(f"- {item.where}: {item.name} – {item.reason}")
            if len(report.refused_items) > 20:
                self.stdout.write(_("… and more: --refused FILE writes them all."))
