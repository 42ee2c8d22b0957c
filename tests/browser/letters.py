"""Every mail that Palabre sends, as the academy would write it now; asked for by places.py."""

from collections.abc import Iterator
from datetime import timedelta
from html import escape

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation

from community.models import Post
from notifications import deliveries
from notifications.models import Notification
from notifications.queries import notices_from, notifications_of
from people.actions.invitations import letter_to_the_invited
from people.models import Invitation, User

ADDRESS = f"{settings.SITE_URL}/accounts/password/reset/key/1-c4fe"
CHANGE = {"ip": "192.0.2.17", "user_agent": "Firefox 145 on Linux"}
ACCOUNT = {
    "password-reset": (
        "account/email/password_reset_key",
        {"password_reset_url": ADDRESS, "username": "awa-mbaye"},
    ),
    "address-to-confirm": ("account/email/email_confirmation", {"activate_url": ADDRESS}),
    "unknown-account": ("account/email/unknown_account", {"email": "inconnue@example.org"}),
    "known-account": (
        "account/email/account_already_exists",
        {"email": "awa@demo.palabre.test", "password_reset_url": ADDRESS},
    ),
    "password-changed": ("account/email/password_changed", CHANGE),
    "address-changed": (
        "account/email/email_changed",
        {"from_email": "awa@demo.palabre.test", "to_email": "awa@example.org", **CHANGE},
    ),
    "app-activated": ("mfa/email/totp_activated", CHANGE),
    "codes-made": ("mfa/email/recovery_codes_generated", CHANGE),
    "passkey-added": ("mfa/email/webauthn_added", CHANGE),
    "provider-connected": ("socialaccount/email/account_connected", {"provider": "Lumen ID", **CHANGE}),
}


def letters(language: str) -> Iterator[tuple[str, EmailMultiAlternatives]]:
    awa = User.objects.select_related("organisation").get(email="awa@demo.palabre.test")
    awa.language = language
    with deliveries.speaking(awa):
        notices = notifications_of(awa).filter(kind__in=["reply", "mention"])
        notice = notices.first()
        post = Post.objects.filter(thread=notice.thread, number__gt=1).exclude(author=awa).first()
        yield "notice", deliveries.letter_about(post, notice, awa)
        yield "digest", deliveries.digest_for(awa, notices_from(notices[:5]), [Notification.Kind.REPLY])
        invitation = Invitation(
            organisation=awa.organisation,
            email="nora@example.org",
            expires_at=timezone.now() + timedelta(days=14),
        )
        julie = User.objects.get(email="julie@demo.palabre.test")
        yield (
            "invitation",
            letter_to_the_invited(invitation, by=julie, address=f"{settings.SITE_URL}/join/Xr7-kQ/"),
        )
        for name, (prefix, context) in ACCOUNT.items():
            given = {"user": awa, "timestamp": timezone.now(), **context}
            yield name, get_adapter().render_mail(prefix, awa.email, given)


def drawn() -> dict[str, str]:
    """The HTML of each, and its plain text as a page, by name and language."""
    pages = {}
    for language in ("fr", "en"):
        with translation.override(language):
            for name, message in letters(language):
                pages[f"{name}-{language}"] = str(message.alternatives[0][0])
                text = escape(f"{message.subject}\n\n{message.body}")
                pages[f"{name}-text-{language}"] = (
                    f"<!doctype html><meta charset=utf-8><meta name=color-scheme content='light dark'>"
                    f"<pre style='white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px'>{text}</pre>"
                )
    return pages
