"""Reads the environment for lms/settings.py; whatever is missing or unsafe stops the start with a sentence."""

import os
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}
SHORTEST_SECRET = 50
ROLES = {"administrator", "hr", "trainer"}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# How like a word of a title or name must be to what was typed, from 0 to 1, to be found in spite of a mistake.
WORD_LIKENESS = 0.45
# What every connection to the database is given. PostgreSQL's own costs are those of turning disks: it would rather
# read a whole table than a few hundred rows by an index; compiling a page's queries takes longer than answering them.
SESSION = {
    "random_page_cost": 1.1,
    "jit": "off",
    "pg_trgm.word_similarity_threshold": WORD_LIKENESS,
}


class Unsafe(SystemExit):
    """Ends the process with a sentence instead of a traceback: its reader is whoever installs Palabre."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"Palabre cannot start: {sentence}")


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise Unsafe(f"{name} must be 1 or 0, not {value!r}.")


def whole_number(name: str, *, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if value and not value.isdigit():
        raise Unsafe(f"{name} must be a whole number, not {value!r}.")
    return int(value or default)


def listed(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def roles(name: str) -> list[str]:
    given = listed(name)
    if wrong := sorted(set(given) - ROLES):
        raise Unsafe(f"{name} takes {', '.join(sorted(ROLES))}, not {', '.join(wrong)}.")
    return given


def is_production() -> bool:
    """Naming a server makes it a production: from then on nothing is guessed."""
    return bool(os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"))


def is_test_run() -> bool:
    """True under pytest, and in the processes a test starts: they inherit PALABRE_TEST."""
    if "pytest" in sys.modules:
        os.environ["PALABRE_TEST"] = "1"
    return flag("PALABRE_TEST", default=False)


def required(name: str, *, example: str = "") -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise Unsafe(f"{name} is missing{f' (for instance {example})' if example else ''}.")
    return value


def secret_key() -> str:
    value = required("SECRET_KEY")
    if len(value) < SHORTEST_SECRET or len(set(value)) < 10 or value.startswith("django-insecure-"):
        raise Unsafe(
            f"SECRET_KEY is too easy to guess; give it at least {SHORTEST_SECRET} random characters, "
            "for instance from: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return value


def hosts(name: str) -> list[str]:
    required(name, example="academy.example.org")
    names = listed(name)
    if any("*" in host for host in names):
        raise Unsafe(f"{name} must list the names of this site, never '*': anyone could pose as it.")
    if wrong := [host for host in names if "/" in host or ":" in host.strip("[]")]:
        raise Unsafe(f"{name} takes names without http:// or port: {', '.join(wrong)}.")
    return names


def refuse_debug() -> None:
    if flag("DEBUG", default=False):
        raise Unsafe("DEBUG shows code and data to visitors; it must stay off where DATABASE_URL is set.")


def kept_secret(path: Path) -> str:
    """The secret of this copy of the project, made at the first start and kept with its data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        # Two processes may start at once: the first link wins and both read the same secret.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


# Times that a connection asks a query of core/prepared.py before the server keeps its plan.
PREPARED_AFTER = 5


def database(url: str, *, embedded: bool = False) -> dict[str, Any]:
    """Django's settings for postgresql://user:password@host:port/name?option=value."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise Unsafe("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    options: dict[str, Any] = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    pooler = flag("DATABASE_POOLER", default=False)
    if not pooler:
        # A pooler refuses what it does not know: the role is then given them (docs/operations.md).
        options.setdefault("options", " ".join(f"-c {name}={value}" for name, value in SESSION.items()))
    return {
        "ENGINE": "core.embedded_database" if embedded else "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "palabre",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": whole_number("DATABASE_CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        # Behind a pooler that shares sessions between transactions, a cursor or a prepared statement of the server
        # outlives its session.
        "DISABLE_SERVER_SIDE_CURSORS": pooler,
        "OPTIONS": options | {"prepare_threshold": None if pooler else PREPARED_AFTER},
    }


def storages(*, debug: bool, production: bool) -> dict[str, dict[str, Any]]:
    """Static files by name while developing, by hash otherwise, and compressed (half a minute) where it pays."""
    if debug:
        static = "django.contrib.staticfiles.storage.StaticFilesStorage"
    elif production:
        static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    else:
        static = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    return {"default": media_storage(), "staticfiles": {"BACKEND": static}}


def media_storage() -> dict[str, Any]:
    """Files people give: an S3 bucket when STORAGE_BUCKET names one, a folder otherwise."""
    bucket = os.environ.get("STORAGE_BUCKET")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    endpoint = os.environ.get("STORAGE_ENDPOINT") or None
    if endpoint and not endpoint.startswith("https://") and not flag("STORAGE_INSECURE", default=False):
        raise Unsafe(
            "STORAGE_ENDPOINT must begin with https://: people's files would cross the network in clear. "
            "Inside a private network, say so with STORAGE_INSECURE=1."
        )
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint,
            "region_name": os.environ.get("STORAGE_REGION") or None,
            "access_key": required("STORAGE_ACCESS_KEY"),
            "secret_key": required("STORAGE_SECRET_KEY"),
            # Addresses are signed and short-lived: the bucket itself stays closed.
            "querystring_auth": True,
            "querystring_expire": 3600,
            "default_acl": None,
            "file_overwrite": False,
        },
    }


def content_security_policy() -> dict[str, Any]:
    """Everything from this site and nothing inline; CSP_MEDIA and CSP_FORM_ACTION add a bucket or a sign-in host."""
    media = listed("CSP_MEDIA")
    # Browsers apply form-action to where a form is redirected: the button of single sign-on leads to its provider.
    issuer = urlsplit(os.environ.get("OIDC_ISSUER", "").strip())
    provider = [f"{issuer.scheme}://{issuer.netloc}"] if issuer.netloc else []
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            # No strict-dynamic: allauth's passkey page loads its scripts without the nonce.
            "script-src": [SELF, NONCE],
            "style-src": [SELF, NONCE],
            "img-src": [SELF, "data:", "blob:", *media],
            "media-src": [SELF, "blob:", *media],
            "font-src": [SELF],
            "connect-src": [SELF, *media],
            "form-action": [SELF, *provider, *listed("CSP_FORM_ACTION")],
            "frame-ancestors": [NONE],
            "object-src": [NONE],
            "base-uri": [NONE],
        }
    }


def https_settings() -> dict[str, Any]:
    return {
        "SECURE_SSL_REDIRECT": True,
        # The probes come from the machine itself, without a name or a certificate.
        "SECURE_REDIRECT_EXEMPT": [r"^livez$", r"^readyz$", r"^metrics$"],
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SECURE_HSTS_SECONDS": whole_number("HSTS_SECONDS", default=60 * 60 * 24 * 365),
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": flag("HSTS_SUBDOMAINS", default=False),
        # A browser takes cookies of these names from this host only, over HTTPS, and for all its paths.
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "LANGUAGE_COOKIE_SECURE": True,
        "CSRF_TRUSTED_ORIGINS": [
            f"https://{host.replace('.', '*.', 1) if host[0] == '.' else host}"
            for host in hosts("ALLOWED_HOSTS")
        ],
    }


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


def single_sign_on() -> dict[str, Any]:
    """allauth's OpenID Connect provider, from OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET together."""
    values = {
        name: os.environ.get(name, "").strip()
        for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    }
    if not any(values.values()):
        return {}
    for name, value in values.items():
        if not value:
            raise Unsafe(
                f"{name} is missing: single sign-on needs OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET."
            )
    issuer = urlsplit(values["OIDC_ISSUER"])
    on_this_machine = issuer.scheme == "http" and issuer.hostname in LOOPBACK and not is_production()
    if not issuer.netloc or not (issuer.scheme == "https" or on_this_machine):
        raise Unsafe("OIDC_ISSUER must begin with https://: what it says decides who is signed in.")
    app = {
        "provider_id": "sso",
        "name": os.environ.get("OIDC_NAME", "SSO"),
        "client_id": values["OIDC_CLIENT_ID"],
        "secret": values["OIDC_CLIENT_SECRET"],
        # An address signs in whoever has it here only when the provider says that it is theirs (`email_verified`),
        # or when it is of a domain whose mailboxes all belong to the provider's own people.
        "settings": {"server_url": values["OIDC_ISSUER"], "verified_email": listed("OIDC_EMAIL_DOMAINS")},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


def report_errors() -> None:
    """Sends errors to Sentry when SENTRY_DSN is set: where and what broke, never who was there or what they wrote."""
    dsn = os.environ.get("SENTRY_DSN")
    if not dsn:
        return
    try:
        import sentry_sdk
    except ImportError:
        raise Unsafe("SENTRY_DSN is set but the package sentry-sdk is not installed.") from None
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=anonymous,
        traces_sample_rate=0,
        release=os.environ.get("RELEASE") or None,
    )


def anonymous(event: Any, hint: dict[str, Any]) -> Any:
    """An address names people and searches; the route and the request's number are enough to find the cause."""
    event.pop("user", None)
    event.pop("breadcrumbs", None)
    given = event.pop("request", None)
    if given:
        event["request"] = {"method": given.get("method")}
    return event
