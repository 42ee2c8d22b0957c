"""Mail: what links begin with, who sends and by which server."""

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from lms.settings.environment import Unsafe, flag, is_production, required
from lms.settings.house import ALLOWED_HOSTS, PORT, PRODUCTION, TEST_RUN, VAR_DIR


def default_email_backend(*, production: bool) -> str:
    return f"django.core.mail.backends.{'smtp' if production else 'filebased'}.EmailBackend"


def email_server() -> dict[str, Any]:
    """EMAIL_URL, as smtp://user:password@host:587 (STARTTLS) or smtps://…:465; production has no default."""
    url = os.environ.get("EMAIL_URL", "")
    if not url and is_production() and not os.environ.get("EMAIL_BACKEND"):
        required("EMAIL_URL", example="smtp://user:password@mail.example.org:587")
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise Unsafe(
            "EMAIL_URL must look like smtp://user:password@host:587 or smtps://user:password@host:465."
        )
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and not flag("EMAIL_INSECURE", default=False),
    }


# What links in mails begin with: a worker answers no request that would tell.
SITE_URL = os.environ.get(
    "SITE_URL",
    f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else f"http://localhost:{PORT}",
).rstrip("/")

# A request only writes a delivery row; the worker hands it to the transport.
EMAIL_BACKEND = "events.mail.DeliveryBackend"
MAIL_TRANSPORT = os.environ.get("EMAIL_BACKEND", default_email_backend(production=PRODUCTION))
if TEST_RUN:
    MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Palabre <palabre@localhost>")
vars().update(email_server())
EMAIL_TIMEOUT = 10
