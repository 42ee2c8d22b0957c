"""How recognition is exported and erased."""

from gamification.models import Grant, PointEntry
from people.privacy import delete_rows, register, rows_of


def declare() -> None:
    register(
        Grant,
        export=rows_of(Grant, "user", "recognition", "evidence", "granted_at"),
        erase=delete_rows(Grant, "user"),
    )
    register(
        PointEntry,
        export=rows_of(PointEntry, "user", "points", "recognition", "evidence", "at"),
        erase=delete_rows(PointEntry, "user"),
    )
