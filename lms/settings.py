"""Settings of Palabre. Everything that differs between machines comes from the environment.

Without DATABASE_URL and REDIS_URL the project runs on its own PostgreSQL and Valkey (core/embedded.py);
with them it is a production, and a missing or unsafe value stops it with a sentence.
"""

import os
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kombu import Queue

from core import embedded, environment
from core.logs import log_settings
from lms.celery import broker_url
from lms.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("PALABRE_VAR", BASE_DIR / "var"))

DEBUG = environment.flag("DEBUG", default=False)
PRODUCTION = environment.is_production()
TEST_RUN = environment.is_test_run()
if PRODUCTION:
    environment.refuse_debug()
    DATABASE_URL, REDIS_URL = environment.required("DATABASE_URL"), environment.required("REDIS_URL")
    SECRET_KEY = environment.secret_key()
    ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS")
else:
    DATABASE_URL, REDIS_URL = embedded.embedded_urls(VAR_DIR)
    SECRET_KEY = environment.kept_secret(VAR_DIR / "secret_key")
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
    if TEST_RUN:
        embedded.start(VAR_DIR)

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
    "django.contrib.admin",
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
    "rules",
]

if TEST_RUN and find_spec("django_migration_linter"):
    INSTALLED_APPS.append("django_migration_linter")
    MIGRATION_LINTER_OPTIONS = {
        "include_apps": [name for name in INSTALLED_APPS if (BASE_DIR / name).is_dir()],
        "no_cache": True,
        "sql_analyser": "postgresql",
        "ignore_name_contains": "_initial",  # They ran on empty tables.
    }

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lms.maintenance.MaintenanceMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "people.middleware.PersonMiddleware",
    "people.second_step.SecondStepMiddleware",
    "core.limits.WriteLimitMiddleware",
    "core.middleware.NoNullMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
ASGI_APPLICATION = "lms.asgi.application"

TEMPLATE_OPTIONS: dict[str, Any] = {
    "context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
        "core.context.csp_nonce",
        "lms.context.shell",
    ],
    "builtins": [
        "core.templatetags.ui",
        "django.templatetags.i18n",
        "django.templatetags.static",
        "core.templatetags.once",
    ],
    "loaders": [
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ],
}
if not DEBUG:
    # While developing, a template that changed is read anew at the next request, whatever server runs.
    TEMPLATE_OPTIONS["loaders"] = [("django.template.loaders.cached.Loader", TEMPLATE_OPTIONS["loaders"])]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": TEMPLATE_OPTIONS,
    }
]

LOGGING = log_settings(production=PRODUCTION)

DATABASES = {"default": environment.database(DATABASE_URL, embedded=not PRODUCTION)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Processes times threads must stay under the database's max_connections: each thread keeps one.
WEB_THREADS = environment.whole_number("WEB_THREADS", default=8)
WEB_QUEUE = environment.whole_number("WEB_QUEUE", default=128)

CACHES = {
    "default": {
        "BACKEND": "core.caching.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "palabre",
        # A server that is stopped, not gone, accepts and never answers. On a busy machine the tests, which count
        # queries, wait longer.
        "OPTIONS": dict.fromkeys(["socket_timeout", "socket_connect_timeout"], 20 if TEST_RUN else 1),
    },
    # Pieces of pages by all that they show, in the process itself; while developing, drawn anew.
    "template_fragments": {
        "BACKEND": f"django.core.cache.backends.{'dummy.DummyCache' if DEBUG else 'locmem.LocMemCache'}",
        "OPTIONS": {"MAX_ENTRIES": 3000},
    },
}
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A message taken by a worker that died comes back after a minute, once; longer tasks must be safe to run twice.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 90,
    "unacked_restore_throttle": 1,
    # Without these a request waits for ever for a queue that is away.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 75
CELERY_TASK_IGNORE_RESULT = True
# A worker takes from all three unless told otherwise (-Q): a fleet gives each its own, so that none waits for another.
CELERY_TASK_QUEUES = [Queue("celery"), Queue("mail"), Queue("slow")]
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {
    "events.send": {"queue": "mail"},
    "analytics.*": {"queue": "slow"},
    "people.*": {"queue": "slow"},
    "*.forget_*": {"queue": "slow"},
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_EXPIRES = None
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULER = "lms.beat.OneAtATime"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_ENDS_WHEN_IDLE_FOR = timedelta(days=environment.whole_number("SESSION_IDLE_DAYS", default=14))

AUTH_USER_MODEL = "people.User"
# E-mail addresses are unique by an index on their small letters, which the check does not see.
# People with a join code sign up without an address and sign in by the identifier they are given (account.W001).
SILENCED_SYSTEM_CHECKS = ["auth.W004", "account.W001"]
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "people.backends.PersonBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "people.passwords.HouseWordsValidator"},
]
ACCOUNT_ADAPTER = "people.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "people.adapter.SocialAdapter"
ACCOUNT_FORMS = {"signup": "people.forms.SignupForm"}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_USER_DISPLAY = "people.adapter.display_name"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = {"join": "20/m/ip,60/h/ip", "login": "60/m/ip"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Forms, and searches, that one person may send in a minute; 0 for no limit.
REQUESTS_A_MINUTE = environment.whole_number("REQUESTS_A_MINUTE", default=0 if TEST_RUN else 120)
MFA_ADAPTER = "people.adapter.SecondFactorAdapter"
MFA_FORMS = {"add_webauthn": "people.forms.AddPasskeyForm"}
# The roles that must sign in by two steps: administrator (with staff), hr, trainer. Empty: whoever wants to.
SECOND_STEP_FOR = environment.roles("SECOND_STEP_FOR")
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Palabre"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
SOCIALACCOUNT_PROVIDERS = environment.single_sign_on()
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
# The organisation whose people a single sign-on provider may bring in; empty: it signs in those who exist.
OIDC_ORGANISATION = os.environ.get("OIDC_ORGANISATION", "")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

LANGUAGES = [("fr", "Français"), ("en", "English")]
LANGUAGE_CODE = "fr"
LOCALE_PATHS = sorted(path for path in (BASE_DIR / "locale").iterdir() if path.is_dir())
USE_I18N = True
FORMAT_MODULE_PATH = ["core.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", VAR_DIR / "media"))
# Where the proxy finds the same files, for instance "/protected/": it then sends them itself (core/media.py).
MEDIA_ACCEL = os.environ.get("MEDIA_ACCEL", "")
VIDEO_MAX_BYTES = environment.whole_number("VIDEO_MAX_MEGABYTES", default=500) * 1_000_000
# What a request may carry: words and pictures from everybody, a film and its form from those who write courses.
LARGEST_BODY = 32 << 20
LARGEST_UPLOAD = VIDEO_MAX_BYTES + (8 << 20)
STORAGES = environment.storages(debug=DEBUG or TEST_RUN, production=PRODUCTION)
WHITENOISE_USE_FINDERS = DEBUG or TEST_RUN
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9a-zA-Z_-]{8,12}\..+$"

CONTENT_SECURITY_POLICY = environment.content_security_policy()
CSRF_FAILURE_VIEW = "lms.views.failures.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
if PRODUCTION:
    vars().update(environment.https_settings())
    environment.report_errors()
    # How many proxies of ours stand before us: the limits on signing in count by the address they report.
    ALLAUTH_TRUSTED_PROXY_COUNT = environment.whole_number("TRUSTED_PROXIES", default=1)

# What links in mails begin with: a worker answers no request that would tell.
SITE_URL = os.environ.get(
    "SITE_URL",
    f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else f"http://localhost:{os.environ.get('PORT') or 8000}",
).rstrip("/")

# A request only writes a delivery row; the worker hands it to the transport.
EMAIL_BACKEND = "events.mail.DeliveryBackend"
MAIL_TRANSPORT = os.environ.get("EMAIL_BACKEND", environment.default_email_backend(production=PRODUCTION))
if TEST_RUN:
    MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Palabre <palabre@localhost>")
vars().update(environment.email_server())
EMAIL_TIMEOUT = 10

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "people.second_step.HasSecondStep",
    ],
    "DEFAULT_PAGINATION_CLASS": "core.pagination.ApiPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min"},
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Palabre",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {
        "ThreadKind": "community.models.Thread.Kind",
        "ModuleKind": "courses.models.Module.Kind",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Empty: there is no /metrics.
# Closed for a while (docs/operations.md): as a setting where the cache itself is being worked on.
MAINTENANCE = environment.flag("MAINTENANCE", default=False)
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
