from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from rest_framework.authtoken.models import Token

from core import live
from core.errors import Refused
from events.recording import record
from people.actions.invitations import use_invitation
from people.actions.organisation import place_in_unit
from people.actions.programs import remove_key
from people.models import Invitation, Organisation, Profile, Standing, User
from people.names import RESERVED_HANDLES, checked_name
from people.signals import person_joined

HANDLE_LENGTH = 50


def free_handle(name: str) -> str:
    """An identifier made from a name, that nobody has and that names no page: awa-mbaye, awa-mbaye-2…"""
    base = slugify(name)[:HANDLE_LENGTH] or "membre"
    taken = set(User.objects.filter(handle__startswith=base).values_list("handle", flat=True))
    wanted = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 3))
    return next(handle for handle in wanted if handle not in taken | RESERVED_HANDLES)


@transaction.atomic
def join(user: User, *, invitation: Invitation) -> User:
    """Save a person who has just filled in the sign-up form, in the organisation that invited them."""
    use_invitation(invitation)
    organisation = invitation.organisation
    _settle(user, organisation)
    if invitation.unit:
        place_in_unit(user, invitation.unit, on=timezone.now().astimezone(organisation.zone).date())
    record("people.user_joined", actor=user, subject=user, data={"invitation": invitation.pk})
    person_joined.send(sender=User, user=user)
    return user


@transaction.atomic
def join_by_sign_on(user: User, *, organisation: Organisation) -> User:
    """Save a person whom the organisation's own single sign-on brings: being known there is the invitation."""
    _settle(user, organisation)
    record("people.user_joined", actor=user, subject=user, data={})
    person_joined.send(sender=User, user=user)
    return user


def _settle(user: User, organisation: Organisation) -> None:
    user.name = checked_name(user.name)
    user.organisation = organisation
    user.language = organisation.language
    user.time_zone = organisation.time_zone
    user.save()
    Profile.objects.create(user=user)
    Standing.objects.create(user=user)


@transaction.atomic
def forget_other_ways_in(user: User) -> None:
    """Take away keys, second factors and passkeys: somebody may have laid them before the owner of the address came."""
    remove_key(user)
    Authenticator.objects.filter(user=user).delete()


@transaction.atomic
def change_settings(user: User, **changes) -> User:
    """Change language, time zone, theme or shortcuts of one's own account."""
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=list(changes))
    return user


@transaction.atomic
def change_profile(user: User, *, name: str, job_title: str, bio: str, picture=None) -> User:
    """`picture`: a re-encoded image file, None to keep the present one, False to remove it. Raises Refused."""
    user.name = checked_name(name)
    user.save(update_fields=["name"])
    profile, _made = Profile.objects.get_or_create(user=user)
    profile.job_title, profile.bio = job_title, bio
    if picture is False:
        profile.picture = ""
    elif picture is not None:
        profile.picture = picture
    profile.save()
    return user


@transaction.atomic
def deactivate(user: User, *, by: User) -> None:
    """Close an account: every session, token and stream of it ends with this transaction."""
    if user.pk == by.pk:
        raise Refused(_("You cannot close your own account here; ask another administrator."))
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False, left_at=timezone.now()):
        return
    end_sessions(user)
    record("people.user_deactivated", actor=by, subject=user, organisation_id=user.organisation_id)


def end_sessions(user: User) -> None:
    """Sign a person out everywhere: browsers, programs and live streams."""
    for session in UserSession.objects.filter(user=user):
        session.end()
    Token.objects.filter(user=user).delete()
    transaction.on_commit(lambda: live.revoke(user.pk))


@transaction.atomic
def reactivate(user: User, *, by: User) -> None:
    if User.objects.filter(pk=user.pk, is_active=False, anonymised_at=None).update(
        is_active=True, left_at=None
    ):
        record("people.user_joined", actor=by, subject=user, organisation_id=user.organisation_id)
