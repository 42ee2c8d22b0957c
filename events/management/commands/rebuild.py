from django.core.management.base import BaseCommand, CommandError

from events import reading


class Command(BaseCommand):
    help = "Let a reader forget what it made and read the log from the first event."

    def add_arguments(self, parser) -> None:
        parser.add_argument("reader", nargs="?", help="without a name, lists the readers")

    def handle(self, *, reader, **options) -> None:
        if reader is None:
            for name, waiting in reading.backlog().items():
                self.stdout.write(f"{name}  ({waiting} events to read)")
            return
        if reader not in reading.READERS:
            raise CommandError(f"No reader is called {reader}. They are: {', '.join(reading.READERS)}.")
        reading.rebuild(reading.READERS[reader])
        left = reading.backlog()[reader]
        self.stdout.write(f"{reader} has read the log again; {left} events are left to the worker.")
