"""The link that ends mails of a kind in one click, without signing in; it allows nothing else and never expires."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from notifications.models import Notification

SALT = "notifications.stop"


def stop_address(user_id: int, kinds: list[str]) -> str:
    token = signing.Signer(salt=SALT).sign_object([user_id, "+".join(kinds)])
    return settings.SITE_URL + reverse("notifications:stop", args=[token])


def read_token(token: str) -> tuple[int, str] | None:
    try:
        user_id, kind = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (user_id, kind) if set(kind.split("+")) <= set(Notification.Kind.values) else None
