from django.core.management.base import BaseCommand

from events import reading
from gamification.models import Grant


class Command(BaseCommand):
    help = "Forget all recognition and points and read them again from the log."

    def handle(self, **options) -> None:
        reading.rebuild(reading.READERS["gamification.recognition"])
        self.stdout.write(f"{Grant.objects.count()} recognitions hold.")
