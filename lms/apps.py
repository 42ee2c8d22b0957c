from django.apps import AppConfig
from django.contrib.admin import apps as admin


class LmsConfig(AppConfig):
    name = "lms"
    default = True

    def ready(self) -> None:
        from community.signals import membership_changed
        from lms.context import forget_navigation

        membership_changed.connect(forget_navigation, dispatch_uid="lms.navigation")


class BackOfficeConfig(admin.AdminConfig):
    default = False
    default_site = "lms.back_office.BackOffice"
