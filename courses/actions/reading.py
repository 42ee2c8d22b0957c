"""Reading a text to its end: the reader says so, or reaches the end after the time that reading takes."""

from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags

from courses.actions.completion import complete_if_done
from courses.models import Progress

# Words a minute. Adults read a text silently at 238 on average, the fastest at 400 or so (Brysbaert, 2019,
# doi:10.1016/j.jml.2019.104047); twice the average is skimming, and still reading.
FASTEST = 476


def seconds_to_read(html: str) -> float:
    """The least that reading a text takes."""
    return 60 * len(strip_tags(html).split()) / FASTEST


@transaction.atomic
def report_reading(progress: Progress, *, said: bool) -> Progress:
    """Marks the text as read when the reader `said` so, or when it can have been read since it was opened."""
    progress = (
        Progress.objects.select_for_update(of=("self",))
        .select_related("module__course", "enrolment__session", "enrolment__user")
        .get(pk=progress.pk)
    )
    now = timezone.now()
    elapsed = (now - progress.opened_at).total_seconds()
    if progress.read_at is None and (said or elapsed >= seconds_to_read(progress.module.html)):
        progress.read_at = now
        progress.save(update_fields=["read_at"])
        complete_if_done(progress)
    return progress
