"""Signing in and out, as lines of the log: that it happened and by which door, never who (the number of an
account on success, so that a stolen one can be followed)."""

from typing import Any

import structlog
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from people.models import User

log = structlog.get_logger("palabre.sign_in")


@receiver(user_logged_in)
def signed_in(user: User, **_signal: Any) -> None:
    log.info("signed in", account=user.pk)


@receiver(user_logged_out)
def signed_out(user: User | None, **_signal: Any) -> None:
    if user is not None:
        log.info("signed out", account=user.pk)


@receiver(user_login_failed)
def refused(**_signal: Any) -> None:
    log.warning("sign-in failed")
