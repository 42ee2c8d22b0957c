"""Recomputes everything that is derived and says where it differs from what is kept: the drift, which should be 0."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import structlog
import yaml
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from analytics.models import BuiltDay, DirtyDay
from analytics.rollups import rebuilding
from events.models import Cursor, Event, ParkedEvent
from events.reading import READERS, read, read_again, rebuild
from people.models import Organisation

# What a rebuild is free to choose anew, and what an erasure has made underivable.
NOT_COMPARED = {"id", "built_at"}
FIGURES = ("LearnerDay", "SpaceDay", "ThreadFact", "CompletionDay", "ActivityBlock")
# What each app keeps beside the rows it is counted from: queries that find the rows that differ.
DRIFT_OF = {
    app: yaml.safe_load((settings.BASE_DIR / app / "integrity.yaml").read_text())
    for app in ("community", "courses", "gamification", "notifications")
}
DRIFT = {what: query for queries in DRIFT_OF.values() for what, query in queries.items()}
# Readers that make what is, whichever way it came about: reading again mends what they missed.
MENDED = ("gamification.recognition", "courses.completion", "analytics.days")
MENDED_OVER = timedelta(days=8)

log = structlog.get_logger("palabre.integrity")


@dataclass(frozen=True)
class Finding:
    what: str
    drift: int
    examples: list[str]


def check_all() -> Iterator[Finding]:
    """Compare, one derived thing after the other. Nothing is changed: rebuilds are rolled back."""
    for what, query in DRIFT.items():
        yield differing_rows(what, query)
    yield compare("recognition against the log", rows_of_recognition, rebuild_recognition)
    yield compare("figures against the log", rows_of_figures, rebuild_figures)
    parked = list(ParkedEvent.objects.values_list("reader", "event_id"))
    yield Finding("events parked by a reader", len(parked), [f"{name}: {pk}" for name, pk in parked[:5]])


def mend() -> list[Finding]:
    """Each night: readers go once more over the days past, and what differs even then raises the alarm.

    The days that they mark are rebuilt by the schedule. Returns what still differs.
    """
    for name in MENDED:
        try:
            read_again(READERS[name], timezone.now() - MENDED_OVER)
        except Exception:
            log.exception("a reader stumbles over the days past", reader=name)
    findings = [differing_rows(what, query) for what, query in DRIFT.items()]
    findings = [finding for finding in findings if finding.drift]
    for finding in findings:
        log.error("derived rows differ", what=finding.what, drift=finding.drift, examples=finding.examples)
    return findings


def differing_rows(what: str, query: str) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = [str(pk) for (pk,) in cursor.fetchall()]
    return Finding(what, len(found), found[:5])


def compare(what: str, rows: Callable[[], set[tuple]], rebuild_all: Callable[[], None]) -> Finding:
    """Rebuild inside a transaction that is rolled back, and count the rows that are not the same."""
    with transaction.atomic():
        before = rows()
        rebuild_all()
        apart = before ^ rows()
        transaction.set_rollback(True)
    return Finding(what, len(apart), [str(row)[:200] for row in sorted(apart, key=str)[:5]])


def rows_of_recognition() -> set[tuple]:
    # What the reader has not read yet is late, not wrong: it is let to its end first.
    read(READERS["gamification.recognition"], fenced=False)
    grants = apps.get_model("gamification", "Grant").objects.values_list(
        "user_id", "recognition_id", "evidence"
    )
    entries = apps.get_model("gamification", "PointEntry").objects
    return set(grants) | set(
        entries.values_list("user_id", "recognition_id", "evidence", "points", "event_id")
    )


def rebuild_recognition() -> None:
    rebuild(READERS["gamification.recognition"], fenced=False)


def rows_of_figures() -> set[tuple]:
    # Days that wait for their rebuild are late, not wrong: the incremental way is let to its end first.
    while DirtyDay.objects.exists():
        rebuilding.rebuild_dirty()
    rows: set[tuple] = set()
    for name in FIGURES:
        model = apps.get_model("analytics", name)
        columns = [f.attname for f in model._meta.concrete_fields if f.name not in NOT_COMPARED]
        for row in model.objects.values_list(*columns):
            shown = (bytes(v).hex() if isinstance(v, memoryview | bytes) else str(v) for v in row)
            rows.add((name, *shown))
    return rows


def rebuild_figures() -> None:
    for organisation in Organisation.objects.all():
        built = (
            BuiltDay.objects.filter(organisation=organisation).order_by("day").values_list("day", flat=True)
        )
        if built:
            rebuilding.rebuild(organisation, built[0], list(built)[-1])


def events_behind() -> int:
    """How many events the slowest reader has still to read."""
    slowest = Cursor.objects.order_by("txid", "event_id").first()
    return Event.objects.filter(txid__gt=slowest.txid).count() if slowest else Event.objects.count()
