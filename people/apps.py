from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from people import audit, personal_data  # noqa: F401 (audit listens)

        personal_data.declare()
