from functools import cache
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from psycopg import OperationalError

from tooling import embedded


@cache
def start_once() -> None:
    embedded.start(settings.VAR_DIR)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        start_once()
        try:
            return super().get_new_connection(conn_params)
        except OperationalError:
            embedded.start(settings.VAR_DIR, doubt=True)
            return super().get_new_connection(conn_params)
