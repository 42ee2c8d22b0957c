from django.core.management.base import BaseCommand, CommandError

from core.errors import Refused
from lms.demo import academy


class Command(BaseCommand):
    help = "Fills an empty database with the demo academy: its people, courses, talk and ninety days of activity."

    def handle(self, *args, **options) -> None:
        if academy.is_there():
            self.stdout.write("The demo academy is already there; nothing was changed.")
            return
        try:
            academy.make(self.stdout.write)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
