"""Production settings, plus the one page that shows what a page costs before it shows anything."""

from lms.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
# The limit protects people from a program; here the program is the point.
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"user": "100000000/min"}}  # noqa: F405
ACCOUNT_RATE_LIMITS = False
# The same hashed names; compressing every file of the administration would take longer than the measure.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}  # noqa: F405
