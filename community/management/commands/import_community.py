from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from community.imports import import_community
from community.models import Space
from core.importing import Report
from people.importing import ImportCommand
from people.models import Organisation


class Command(ImportCommand):
    help = "Bring a question-and-answer community in: a Stack Exchange data dump."
    source_help = "folder with Posts.xml and Comments.xml, plain or gzipped"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--space", required=True, help="slug of the space; made when there is none")
        parser.add_argument(
            "--site", required=True, help="host of the dump, to name the authors of its texts"
        )
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, help="of the texts; default: the space's")

    def bring_in(self, organisation: Organisation, report: Report, options: dict[str, Any]) -> None:
        source: Path = options["source"]
        language = options["language"] or organisation.language
        space = Space.objects.filter(slug=options["space"]).first()
        if space is None:
            space = Space.objects.create(
                organisation=organisation,
                slug=slugify(options["space"])[:80],
                name=options["site"][:120],
                language=language,
            )
            report.take(_("spaces"), made=1)
        elif space.organisation_id != organisation.pk:
            raise CommandError(_("This space belongs to another organisation."))
        import_community(
            source,
            space=space,
            site=options["site"],
            language=options["language"] or space.language,
            report=report,
            progress=self.progress,
        )
