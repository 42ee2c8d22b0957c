"""The only way in: a link, or a code that people without a mailbox can type."""

import hashlib
import secrets
from datetime import timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import mail
from core.errors import Refused
from people.models import Invitation, Organisation, Unit, User

# No letter or digit that is taken for another when it is read aloud or from a poster.
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def as_typed(code: str) -> str:
    """A code as it is kept: whoever types it may use small letters, spaces and hyphens."""
    return "".join(code.upper().replace("-", "").split())


@transaction.atomic
def invite(
    organisation: Organisation,
    *,
    by: User,
    kind: str = Invitation.Kind.LINK,
    unit: Unit | None = None,
    email: str = "",
    max_uses: int = 1,
    days: int = 14,
    address: str = "",
) -> tuple[Invitation, str]:
    """Make an invitation and return it with its secret, which is kept nowhere.

    `days` is how long it can be used. With `email` and `address` (the absolute address that the secret
    completes) the person is written to.
    """
    if unit is not None and unit.organisation_id != organisation.pk:
        raise Refused(_("This unit belongs to another organisation."))
    if kind == Invitation.Kind.CODE:
        secret = "".join(secrets.choice(CODE_ALPHABET) for _n in range(CODE_LENGTH))
    else:
        secret = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        organisation=organisation,
        unit=unit,
        kind=kind,
        digest=digest_of(secret),
        hint=secret[-4:],
        email=email.lower(),
        max_uses=1 if email else max_uses,
        expires_at=timezone.now() + timedelta(days=days),
        created_by=by,
    )
    if email and address:
        write_to_the_invited(invitation, by=by, address=address.replace("TOKEN", secret))
    return invitation, secret


def write_to_the_invited(invitation: Invitation, *, by: User, address: str) -> None:
    organisation = invitation.organisation
    with translation.override(organisation.language), timezone.override(organisation.zone):
        letter_to_the_invited(invitation, by=by, address=address).send()


def letter_to_the_invited(invitation: Invitation, *, by: User, address: str) -> EmailMultiAlternatives:
    context = {"invitation": invitation, "by": by, "address": address}
    return mail.letter_from_text(
        "emails/invitation",
        subject=_("%(name)s invites you to Palabre") % {"name": by.name},
        to=invitation.email,
        context=context,
    )


def find_invitation(secret: str) -> Invitation:
    """The invitation that a link or code opens. Raises Refused with one sentence for every reason."""
    digests = [digest_of(secret), digest_of(as_typed(secret))]
    usable = Invitation.objects.usable().filter(digest__in=digests)
    invitation = usable.select_related("organisation", "unit").first()
    if invitation is None:
        raise Refused(
            _("This invitation is not valid, or no longer. Ask for a new one from whoever gave it to you.")
        )
    return invitation


def use_invitation(invitation: Invitation) -> None:
    """Count one use; the condition in the UPDATE decides when two people race for the last one."""
    used = Invitation.objects.usable().filter(pk=invitation.pk).update(uses=F("uses") + 1)
    if not used:
        raise Refused(
            _("This invitation has just been used up. Ask for a new one from whoever gave it to you.")
        )


@transaction.atomic
def revoke_invitation(invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=timezone.now())
