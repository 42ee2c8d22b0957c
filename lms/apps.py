from django.apps import AppConfig
from django.contrib.admin import apps as admin


class LmsConfig(AppConfig):
    name = "lms"
    default = True


class BackOfficeConfig(admin.AdminConfig):
    default = False
    default_site = "lms.back_office.BackOffice"
