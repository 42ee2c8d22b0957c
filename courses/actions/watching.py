"""Opening a module and watching its film: what is seen is joined by the server, never faster than the clock."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from courses import ranges
from courses.actions.completion import complete_if_done
from courses.models import Enrolment, Module, Progress, WatchedRange
from courses.ranges import Range
from events.recording import record

# The fastest that the player plays.
FASTEST = 2.0
# Seconds: reports travel, and clocks of players are not exact.
SLACK = 5.0
# After so long without a word a new sitting begins.
SILENCE = timedelta(minutes=1)
# Opening the same module again within this time is the same visit.
SAME_VISIT = timedelta(minutes=15)


def open_module(enrolment: Enrolment, module: Module, *, progress: Progress | None = None) -> Progress:
    """Remembers where the person is; at most one event per visit. `progress` spares a query when it is known."""
    seen = enrolment.last_seen_at
    same = enrolment.last_module_id == module.pk and seen and timezone.now() - seen < SAME_VISIT
    if progress is not None and same:
        progress.enrolment, progress.module = enrolment, module
        return progress
    return _begin_visit(enrolment, module, progress)


@transaction.atomic
def _begin_visit(enrolment: Enrolment, module: Module, progress: Progress | None) -> Progress:
    now, fresh = timezone.now(), False
    if progress is None:
        progress, fresh = Progress.objects.get_or_create(enrolment=enrolment, module=module)
    progress.enrolment, progress.module = enrolment, module
    last = enrolment.last_seen_at if enrolment.last_module_id == module.pk and not fresh else None
    if last and now - last < SAME_VISIT:
        return progress
    enrolment.last_module, enrolment.last_seen_at = module, now
    Enrolment.objects.filter(pk=enrolment.pk).update(last_module=module, last_seen_at=now)
    # The clock of the player starts again, unless it is running on another device.
    if progress.heard_at is not None:
        Progress.objects.filter(pk=progress.pk, heard_at__lt=now - SILENCE).update(heard_at=now)
    record("courses.module_opened", actor=enrolment.user, subject=module, **_place(progress))
    complete_if_done(progress)
    return progress


@transaction.atomic
def report_watching(
    progress: Progress, *, ranges_seen: list[Range], position: float, at: datetime | None = None
) -> Progress:
    """Adds stretches (seconds) to what the person has seen of the video, and where to resume.

    What is new is never longer than twice the time since the player was last heard, plus a little, nor than
    twice the time since the module was opened: reports sent many at once earn nothing. The player repeats all
    it has played each time, so what is refused or lost once comes again. `at` is the server's time.
    """
    at = at or timezone.now()
    progress = (
        Progress.objects.select_for_update(of=("self",))
        .select_related("module__video", "enrolment__session", "enrolment__user")
        .get(pk=progress.pk)
    )
    duration = progress.module.video.duration
    known = ranges.merged(progress.watched.values_list("start", "end"))
    fresh = ranges.without(ranges.clipped(ranges_seen, duration), known)
    accepted = ranges.first_seconds(fresh, _allowance(progress, at, ranges.length(known)))
    seen = ranges.merged([*known, *accepted])
    if accepted:
        progress.watched.all().delete()
        WatchedRange.objects.bulk_create(WatchedRange(progress=progress, start=a, end=b) for a, b in seen)
    begins = progress.heard_at is None or at - progress.heard_at > SILENCE
    progress.coverage = min(ranges.length(seen) / duration, 1.0)
    progress.resume_at = min(max(position, 0.0), duration)
    progress.heard_at = max(at, progress.heard_at or at)
    progress.save(update_fields=["coverage", "resume_at", "heard_at"])
    if begins and ranges_seen:
        record(
            "courses.video_played",
            actor=progress.enrolment.user,
            subject=progress.module,
            at=at,
            data={"from": round(progress.resume_at)},
            **_place(progress),
        )
    complete_if_done(progress)
    return progress


def _allowance(progress: Progress, at: datetime, known: float) -> float:
    since_heard = (at - (progress.heard_at or progress.opened_at)).total_seconds()
    since_opened = (at - progress.opened_at).total_seconds()
    now = max(since_heard, 0) * FASTEST + SLACK
    in_all = max(since_opened, 0) * FASTEST + SLACK - known
    return max(min(now, in_all), 0.0)


def _place(progress: Progress) -> dict[str, Any]:
    session = progress.enrolment.session
    return {"session_id": session.pk, "space_id": session.space_id, "module_id": progress.module_id}
