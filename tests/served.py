"""Production settings for a page server that a test starts: styles by their name, as nothing was collected."""

from lms.settings import *  # noqa: F403

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
