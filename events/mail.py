"""Mails as delivery rows: a request that sends one (an account mail, say) never waits for the mail server."""

import base64
import smtplib
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from events import deliveries
from events.models import Delivery

# What a server answers that is about to close (RFC 5321).
SERVICE_NOT_AVAILABLE = 421


class DeliveryBackend(BaseEmailBackend):
    """Keeps each message as a row; the worker hands it to settings.MAIL_TRANSPORT."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            deliveries.enqueue("mail", key=f"mail:{uuid.uuid4()}", payload={"message": packed(message)})
        return len(email_messages)


def packed(message: EmailMessage) -> dict[str, Any]:
    """The message as plain values. Attachments must be (name, content, media type)."""
    return {
        "subject": str(message.subject),
        "body": str(message.body),
        "from_email": message.from_email,
        "to": list(message.to),
        "cc": list(message.cc),
        "bcc": list(message.bcc),
        "reply_to": list(message.reply_to),
        "headers": {name: str(value) for name, value in message.extra_headers.items()},
        "alternatives": [[str(body), kind] for body, kind in getattr(message, "alternatives", [])],
        "attachments": [_packed_attachment(*attachment) for attachment in message.attachments],
    }


def unpacked(values: dict[str, Any]) -> EmailMultiAlternatives:
    values = dict(values)
    alternatives, attachments = values.pop("alternatives"), values.pop("attachments")
    message = EmailMultiAlternatives(**values)
    for body, kind in alternatives:
        message.attach_alternative(body, kind)
    for name, content, kind in attachments:
        message.attach(name, base64.b64decode(content), kind)
    return message


def hand_over(message: EmailMessage, *, key: str) -> None:
    """Give a message to the mail server, with the Message-ID of its key.

    Raises Undeliverable when the server refuses it for good, Away when there is no server to ask.
    """
    message.extra_headers.setdefault("Message-ID", deliveries.message_id(key))
    message.connection = get_connection(settings.MAIL_TRANSPORT)
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(500 <= code < 600 for code in codes):
            raise deliveries.Undeliverable(f"refused by the mail server: {codes}") from error
        raise
    except smtplib.SMTPServerDisconnected as error:
        raise deliveries.Away(str(error)) from error
    except smtplib.SMTPResponseException as error:
        if error.smtp_code == SERVICE_NOT_AVAILABLE:
            raise deliveries.Away(str(error)) from error
        raise
    except smtplib.SMTPException:
        raise
    except OSError as error:
        # Refused, unreachable, out of time: every error of smtplib is one of these too.
        raise deliveries.Away(str(error)) from error


@deliveries.handler("mail", private=("message",))
def send_mail(delivery: Delivery) -> None:
    hand_over(unpacked(delivery.payload["message"]), key=delivery.key)


def _packed_attachment(name: str | None, content: bytes | str, kind: str | None) -> list[str | None]:
    raw = content.encode() if isinstance(content, str) else content
    return [name, base64.b64encode(raw).decode(), kind]
