from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = _("Spaces")

    def ready(self) -> None:
        from community.actions import welcome
        from people.signals import person_joined

        def show_in(*, user, **_named) -> None:
            welcome(user)

        person_joined.connect(show_in, weak=False, dispatch_uid="community.welcome")
