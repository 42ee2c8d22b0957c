from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import timestamps  # noqa: F401 - it connects itself to the database's signal

        autodiscover_modules("topics")
