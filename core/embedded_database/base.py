from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base

from core import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        embedded.start(settings.VAR_DIR)
        return super().get_new_connection(conn_params)
