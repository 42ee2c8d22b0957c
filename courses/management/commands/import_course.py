from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from core.importing import Report
from courses.imports import import_course
from people.importing import ImportCommand, person_named
from people.models import Organisation


class Command(ImportCommand):
    help = "Make a course of a folder of Markdown: one lesson a file, captions and video beside."
    source_help = "folder with the lessons; course.yml and front matter are optional"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--by", required=True, help="e-mail or identifier of the trainer who writes the course"
        )
        parser.add_argument(
            "--title", default="", help="default: the one in course.yml, or the folder's name"
        )
        parser.add_argument(
            "--key", default="", help="by which the course is found again; default: the folder's name"
        )
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, default="", help="default: the organisation's")
        parser.add_argument("--publish", action="store_true", help="open it to learners at once")

    def bring_in(self, organisation: Organisation, report: Report, options: dict[str, Any]) -> None:
        import_course(
            options["source"],
            by=person_named(organisation, options["by"]),
            report=report,
            title=options["title"],
            language=options["language"],
            key=options["key"],
            publish=options["publish"],
            progress=self.progress,
            abandon=self.abandoned.append,
        )
