"""How each model of this app, and the log below it, is exported and erased."""

from collections.abc import Callable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.db import models
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


# Whose rows simply go: the model, the column that names the person, what is handed over.
DELETED: list[tuple[type[models.Model], str, tuple[str, ...]]] = [
    (Standing, "user", ("role", "expertise", "recognition")),
    (UnitMembership, "user", ("unit__name", "starts_on", "ends_on")),
    (Consent, "user", ("purpose", "version", "given_at")),
    (Delivery, "recipient_id", ("kind", "created_at", "sent_at")),
    (EmailAddress, "user", ("email", "verified")),
    (Authenticator, "user", ("type", "created_at")),
    (SocialAccount, "user", ("provider", "uid")),
    (UserSession, "user", ("ip", "created_at")),
    (Token, "user", ("created",)),
    (LogEntry, "user", ("action_time", "object_repr")),
]
# What else has to be done: detached where others need the row, files removed with it.
TREATED: list[tuple[type[models.Model], str, tuple[str, ...], Callable[[User], int]]] = [
    (Profile, "user", ("job_title", "bio", "picture"), erase_profile),
    (UserSkill, "user", ("skill__name", "declared_at", "validated_at"), detach_skills),
    (RoleGrant, "user", ("role", "granted_at", "revoked_at"), detach_roles),
    (Invitation, "created_by", ("kind", "email", "created_at"), detach_rows(Invitation, "created_by")),
    (DataRequest, "user", ("kind", "requested_at", "done_at"), erase_requests),
    (Event, "actor_id", ("verb", "at", "subject_type", "subject_id"), detach_events),
]


def declare() -> None:
    # The row itself goes last, when every other handler has run (`actions.erase`).
    register(User, export=export_account, erase=lambda user: 0)
    for model, column, shown in DELETED:
        register(model, export=rows_of(model, column, *shown), erase=delete_rows(model, column))
    for model, column, shown, erase in TREATED:
        register(model, export=rows_of(model, column, *shown), erase=erase)
