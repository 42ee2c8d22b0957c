from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class GamificationConfig(AppConfig):
    name = "gamification"
    verbose_name = _("Recognition")

    def ready(self) -> None:
        # A database that was emptied has lost what a migration seeded; it is there again after `flush`.
        post_migrate.connect(seed_definitions, sender=self)


def seed_definitions(**kwargs) -> None:
    from gamification.models import Recognition

    Recognition.objects.get_or_create(code="relevant_answer", defaults={"points": 10})
