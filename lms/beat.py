"""The schedule's clock: of all the beats that run, one ticks, and none forgets what the last one did."""

import structlog
from celery.beat import ScheduleEntry, Scheduler
from django.db import DatabaseError, InterfaceError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from events.models import Tick

log = structlog.get_logger("palabre.schedule")

# Any number works, as long as nothing else in this database takes the same advisory lock.
LOCK = 7_252_273
WAIT = 5.0
ENTRY = "schedule:"


def mark(name: str) -> None:
    Tick.objects.update_or_create(name=name, defaults={"at": timezone.now()})


class OneAtATime(Scheduler):
    """Holds an advisory lock on a connection of its own: PostgreSQL frees it when this process dies, however it dies.

    When each entry last ran is in the database, so a beat that takes over runs what fell due meanwhile.
    """

    lock: BaseDatabaseWrapper | None = None

    def tick(self, *args: object, **kwargs: object) -> float:
        try:
            if not self.holds_lock():
                return WAIT
            mark("schedule")
            return float(min(super().tick(*args, **kwargs), WAIT))
        except (DatabaseError, InterfaceError) as error:
            log.warning("the schedule waits for the database", error=type(error).__name__)
            self.release()
            connections.close_all()
            return WAIT

    def holds_lock(self) -> bool:
        if self.lock is not None:
            with self.lock.cursor() as cursor:
                cursor.execute("SELECT 1")  # Raises when the connection, and the lock with it, has gone.
            return True
        connection = connections["default"].copy()
        # A pool would take it back with the lock still held.
        connection.settings_dict["OPTIONS"].pop("pool", None)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            row = cursor.fetchone()
        if not row or not row[0]:
            connection.close()
            return False
        self.lock = connection
        self.remember()
        return True

    def remember(self) -> None:
        ran = dict(Tick.objects.filter(name__startswith=ENTRY).values_list("name", "at"))
        for name, entry in self.schedule.items():
            if at := ran.get(ENTRY + name):
                entry.last_run_at = at
        self._heap = None  # Celery orders the entries anew.

    def reserve(self, entry: ScheduleEntry) -> ScheduleEntry:
        mark(ENTRY + entry.name)
        return super().reserve(entry)

    def release(self) -> None:
        if self.lock is not None:
            self.lock.close()
            self.lock = None

    def close(self) -> None:
        self.release()
        super().close()
