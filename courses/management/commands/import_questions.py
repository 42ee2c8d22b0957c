from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from core.importing import Report
from courses.imports import import_questions, read_questions
from people.importing import ImportCommand, person_named
from people.models import Organisation


class Command(ImportCommand):
    help = "Put a question bank into the one of an organisation: GIFT or Moodle XML."
    source_help = "GIFT text or Moodle XML file"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--by", required=True, help="e-mail or identifier of the trainer they come from")
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, help="default: the organisation's")

    def bring_in(self, organisation: Organisation, report: Report, options: dict[str, Any]) -> None:
        if not options["source"].is_file():
            raise CommandError(_("There is no file at %(path)s.") % {"path": options["source"]})
        import_questions(
            read_questions(options["source"].name, options["source"].read_bytes()),
            by=person_named(organisation, options["by"]),
            language=options["language"] or organisation.language,
            report=report,
            progress=self.progress,
        )
