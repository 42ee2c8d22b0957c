"""How each model of this app, and the log below it, is exported and erased."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from rest_framework.authtoken.models import Token

from events.models import Delivery, Event
from people.models import (
    Consent,
    DataRequest,
    Invitation,
    Profile,
    RoleGrant,
    Standing,
    UnitMembership,
    User,
    UserSkill,
)
from people.privacy import delete_rows, detach_rows, register, rows_of


def erase_profile(user: User) -> int:
    for profile in Profile.objects.filter(user=user).exclude(picture=""):
        profile.picture.delete(save=False)
    return Profile.objects.filter(user=user).delete()[0]


def erase_requests(user: User) -> int:
    for request in user.data_requests.exclude(file=""):
        request.file.delete(save=False)
    return user.data_requests.all().delete()[0]


def detach_roles(user: User) -> int:
    held = RoleGrant.objects.filter(user=user).delete()[0]
    given = RoleGrant.objects.filter(granted_by=user).update(granted_by=None)
    return held + given + RoleGrant.objects.filter(revoked_by=user).update(revoked_by=None)


def detach_skills(user: User) -> int:
    validated = UserSkill.objects.filter(validated_by=user).update(validated_by=None)
    return validated + UserSkill.objects.filter(user=user).delete()[0]


def detach_events(user: User) -> int:
    """The log keeps that somebody did it, where and when; not who."""
    return Event.objects.filter(actor_id=user.pk).update(actor_id=None)


def export_account(user: User) -> list[dict]:
    fields = ("email", "handle", "name", "language", "time_zone", "theme", "joined_at", "last_visit_at")
    return list(User.objects.filter(pk=user.pk).values(*fields))


def declare() -> None:
    # The row itself goes last, when every other handler has run (`actions.erase`).
    register(User, export=export_account, erase=lambda user: 0)
    register(Profile, export=rows_of(Profile, "user", "job_title", "bio", "picture"), erase=erase_profile)
    register(
        UserSkill,
        export=rows_of(UserSkill, "user", "skill__name", "declared_at", "validated_at"),
        erase=detach_skills,
    )
    register(
        Standing,
        export=rows_of(Standing, "user", "role", "expertise", "recognition"),
        erase=delete_rows(Standing, "user"),
    )
    register(
        UnitMembership,
        export=rows_of(UnitMembership, "user", "unit__name", "starts_on", "ends_on"),
        erase=delete_rows(UnitMembership, "user"),
    )
    register(
        RoleGrant, export=rows_of(RoleGrant, "user", "role", "granted_at", "revoked_at"), erase=detach_roles
    )
    register(
        Invitation,
        export=rows_of(Invitation, "created_by", "kind", "email", "created_at"),
        erase=detach_rows(Invitation, "created_by"),
    )
    register(
        Consent,
        export=rows_of(Consent, "user", "purpose", "version", "given_at"),
        erase=delete_rows(Consent, "user"),
    )
    register(
        DataRequest,
        export=rows_of(DataRequest, "user", "kind", "requested_at", "done_at"),
        erase=erase_requests,
    )
    register(
        Event,
        export=rows_of(Event, "actor_id", "verb", "at", "subject_type", "subject_id"),
        erase=detach_events,
    )
    register(
        Delivery,
        export=rows_of(Delivery, "recipient_id", "kind", "created_at", "sent_at"),
        erase=delete_rows(Delivery, "recipient_id"),
    )
    register(
        EmailAddress,
        export=rows_of(EmailAddress, "user", "email", "verified"),
        erase=delete_rows(EmailAddress, "user"),
    )
    register(
        Authenticator,
        export=rows_of(Authenticator, "user", "type", "created_at"),
        erase=delete_rows(Authenticator, "user"),
    )
    register(
        SocialAccount,
        export=rows_of(SocialAccount, "user", "provider", "uid"),
        erase=delete_rows(SocialAccount, "user"),
    )
    register(
        UserSession,
        export=rows_of(UserSession, "user", "ip", "created_at"),
        erase=delete_rows(UserSession, "user"),
    )
    register(Token, export=rows_of(Token, "user", "created"), erase=delete_rows(Token, "user"))
    register(
        LogEntry,
        export=rows_of(LogEntry, "user", "action_time", "object_repr"),
        erase=delete_rows(LogEntry, "user"),
    )
