"""Moments as PostgreSQL writes them, read by Python's own parser: the driver's does it field by field, and a page
reads a hundred of them."""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from django.db.backends.signals import connection_created


class Loader(BaseTzLoader):
    """For connections in UTC, which Django's are: it asks a loader for its `timezone` and puts its own if it differs."""

    timezone = UTC

    def load(self, data: Any) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:  # Years that Python does not know: the driver says why.
            return super().load(data)


def use(connection: Any, **_signal: Any) -> None:
    connection.connection.adapters.register_loader("timestamptz", Loader)


connection_created.connect(use)
