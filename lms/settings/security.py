"""What browsers are told: the content security policy, HTTPS, cookies."""

import os
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from lms.settings.environment import flag, listed, whole_number
from lms.settings.house import LIVE_PORT, LOCAL_NAMES, PRODUCTION, hosts


def content_security_policy() -> dict[str, Any]:
    """Everything from this site and nothing inline; CSP_MEDIA and CSP_FORM_ACTION add a bucket or a sign-in host."""
    media = listed("CSP_MEDIA")
    # Browsers apply form-action to where a form is redirected: the button of single sign-on leads to its provider.
    issuer = urlsplit(os.environ.get("OIDC_ISSUER", "").strip())
    provider = [f"{issuer.scheme}://{issuer.netloc}"] if issuer.netloc else []
    stream = [f"http://{name}:{LIVE_PORT}" for name in LOCAL_NAMES] if LIVE_PORT else []
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            # No strict-dynamic: allauth's passkey page loads its scripts without the nonce.
            "script-src": [SELF, NONCE],
            "style-src": [SELF, NONCE],
            "img-src": [SELF, "data:", "blob:", *media],
            "media-src": [SELF, "blob:", *media],
            "font-src": [SELF],
            "connect-src": [SELF, *media, *stream],
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


CONTENT_SECURITY_POLICY = content_security_policy()
CSRF_FAILURE_VIEW = "lms.views.failures.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
if PRODUCTION:
    vars().update(https_settings())
    # How many proxies of ours stand before us: the limits on signing in count by the address they report.
    ALLAUTH_TRUSTED_PROXY_COUNT = whole_number("TRUSTED_PROXIES", default=1)
