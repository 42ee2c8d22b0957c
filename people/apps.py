from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from people import personal_data, receivers  # noqa: F401 (receivers listen)

        personal_data.declare()
