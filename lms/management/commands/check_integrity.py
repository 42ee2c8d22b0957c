from django.core.management.base import BaseCommand, CommandError

from lms.integrity import check_all, events_behind


class Command(BaseCommand):
    help = "Recompute all derived data, change nothing, and report the drift; fails where it is not 0."

    def handle(self, **options) -> None:
        total = 0
        for finding in check_all():
            total += finding.drift
            examples = f": {', '.join(finding.examples)}" if finding.examples else ""
            self.stdout.write(f"{finding.drift:6}  {finding.what}{examples}")
        self.stdout.write(
            f"{events_behind():6}  events the slowest reader has still to read (late, not wrong)"
        )
        self.stdout.write(f"drift {total}")
        if total:
            raise CommandError(
                "What is derived differs from what it is derived from; the lines above say where."
            )
