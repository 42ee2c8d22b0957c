"""The apps, what every request passes through, and how pages are drawn."""

from importlib.util import find_spec
from typing import Any

from lms.settings.house import BASE_DIR, DEBUG, TEST_RUN

INSTALLED_APPS = [
    "lms",
    "gamification",
    "notifications",
    "analytics",
    "courses",
    "community",
    "people",
    "events",
    "core",
    "tooling",
    "lms.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

if TEST_RUN and find_spec("django_migration_linter"):
    INSTALLED_APPS.append("django_migration_linter")
    MIGRATION_LINTER_OPTIONS = {
        "include_apps": [name for name in INSTALLED_APPS if (BASE_DIR / name).is_dir()],
        "no_cache": True,
        "sql_analyser": "postgresql",
        "ignore_name_contains": "_initial",  # They ran on empty tables.
        # Looked at one by one: an index made concurrently before it becomes a constraint; a constraint that only gets
        # wider, on small tables; a column that only gets longer; a new column that is empty; and scores that become
        # decimals, for which docs/operations.md has the workers stopped.
        "ignore_name": [
            "0006_measure_of_a_block",
            "0009_shown_group_of_people",
            "0006_media_type_of_office_files",
            "0005_exact_scores",
            "0004_one_line_for_each_evidence",
            "0004_tell_of_places",
        ],
    }

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.BodyLimitMiddleware",
    "lms.maintenance.MaintenanceMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "people.middleware.PersonMiddleware",
    "people.second_step.SecondStepMiddleware",
    "core.limits.WriteLimitMiddleware",
    "core.middleware.TextMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lms.methods.ReadingMiddleware",
]

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
ASGI_APPLICATION = "lms.asgi.application"

CONTEXT_PROCESSORS = [
    "django.contrib.messages.context_processors.messages",
    "core.context.csp_nonce",
    "lms.context.navigation",
]
# What others own keeps Django's language; while developing, a template that changed is read anew.
DJANGO_LOADERS: list[Any] = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "core.jinja.environment",
            "context_processors": CONTEXT_PROCESSORS,
            "auto_reload": DEBUG,
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates" / "django"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                *CONTEXT_PROCESSORS,
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
            "loaders": (
                DJANGO_LOADERS if DEBUG else [("django.template.loaders.cached.Loader", DJANGO_LOADERS)]
            ),
        },
    },
]
