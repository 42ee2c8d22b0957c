"""Who signs in, by what, and for how long."""

import os
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from lms.settings import environment
from lms.settings.environment import Unsafe, listed
from lms.settings.house import PRODUCTION, TEST_RUN

ROLES = {"administrator", "hr", "trainer"}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def roles(name: str) -> list[str]:
    given = listed(name)
    if wrong := sorted(set(given) - ROLES):
        raise Unsafe(f"{name} takes {', '.join(sorted(ROLES))}, not {', '.join(wrong)}.")
    return given


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
    on_this_machine = (
        issuer.scheme == "http" and issuer.hostname in LOOPBACK and not environment.is_production()
    )
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


SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_ENDS_WHEN_IDLE_FOR = timedelta(days=environment.whole_number("SESSION_IDLE_DAYS", default=14))

AUTH_USER_MODEL = "people.User"
# E-mail addresses are unique by an index on their small letters, which the check does not see.
# People with a join code sign up without an address and sign in by the identifier they are given (account.W001).
SILENCED_SYSTEM_CHECKS = ["auth.W004", "account.W001"]
AUTHENTICATION_BACKENDS = ["people.backends.PersonBackend"]
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
# A new password ends every other session; the one that changed it goes on.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# `login_failed` counts by address and person together (AccountAdapter): wrong tries elsewhere lock nobody out here.
# Forms, and searches, that one person may send in a minute; 0 for no limit.
REQUESTS_A_MINUTE = environment.whole_number("REQUESTS_A_MINUTE", default=0 if TEST_RUN else 120)
ACCOUNT_RATE_LIMITS = {
    "join": "20/m/ip,60/h/ip",
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
    **(dict.fromkeys(["write", "search"], f"{REQUESTS_A_MINUTE}/m/user") if REQUESTS_A_MINUTE else {}),
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_ADAPTER = "people.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "people.forms.AddPasskeyForm",
    "login_webauthn": "people.forms.PasskeySignInForm",
    "reauthenticate_webauthn": "people.forms.PasskeyReauthenticationForm",
}
# The roles that must sign in by two steps: administrator (with staff), hr, trainer. Empty: whoever wants to.
SECOND_STEP_FOR = roles("SECOND_STEP_FOR")
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Palabre"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
SOCIALACCOUNT_PROVIDERS = single_sign_on()
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
# The organisation whose people a single sign-on provider may bring in; empty: it signs in those who exist.
OIDC_ORGANISATION = os.environ.get("OIDC_ORGANISATION", "")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
