from argparse import ArgumentParser
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from analytics.imports import import_activity
from core.importing import Report
from people.importing import ImportCommand
from people.models import Organisation


class Command(ImportCommand):
    help = "Bring the log of another LMS in, so that figures begin before the first day here."
    source_help = "CSV file, plain or gzipped: Moodle's log export"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--time-zone", help="in which the log was written; default: the organisation's")

    def bring_in(self, organisation: Organisation, report: Report, options: dict[str, Any]) -> None:
        if not options["source"].is_file():
            raise CommandError(_("There is no file at %(path)s.") % {"path": options["source"]})
        try:
            zone = ZoneInfo(options["time_zone"]) if options["time_zone"] else organisation.zone
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise CommandError(
                _("“%(name)s” is not a time zone.") % {"name": options["time_zone"]}
            ) from error
        verbs = import_activity(
            options["source"], organisation=organisation, zone=zone, report=report, progress=self.progress
        )
        for verb, count in verbs.most_common():
            self.stdout.write(f"{count:>7} {verb}")
