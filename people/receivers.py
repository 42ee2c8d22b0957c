"""What follows from signing in and out, and from a new password.

The log says that it happened, never who: on success the number of the account, so that a stolen one can be followed.
"""

from typing import Any

import structlog
from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from people.actions import remove_key
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


@receiver([password_changed, password_reset])
def end_programs(user: User, **_signal: Any) -> None:
    """Whoever changes a password may have lost it: a key made by somebody else must open nothing either."""
    remove_key(user)
