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
from people.privacy import register


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


# The row itself goes last, when every other handler has run (`actions.erase`).
ACCOUNT = ("email", "handle", "name", "language", "time_zone", "theme", "joined_at", "last_visit_at")
register(User, "pk", *ACCOUNT, erase=lambda user: 0)
register(Standing, "user", "role", "expertise", "recognition")
register(UnitMembership, "user", "unit__name", "starts_on", "ends_on")
register(Consent, "user", "purpose", "version", "given_at")
register(Delivery, "recipient_id", "kind", "created_at", "sent_at")
register(EmailAddress, "user", "email", "verified")
register(Authenticator, "user", "type", "created_at")
register(SocialAccount, "user", "provider", "uid")
register(UserSession, "user", "ip", "created_at")
register(Token, "user", "created")
register(LogEntry, "user", "action_time", "object_repr")
register(Profile, "user", "job_title", "bio", "picture", erase=erase_profile)
register(UserSkill, "user", "skill__name", "declared_at", "validated_at", erase=detach_skills)
register(RoleGrant, "user", "role", "granted_at", "revoked_at", erase=detach_roles)
register(Invitation, "created_by", "kind", "email", "created_at", kept=True)
register(DataRequest, "user", "kind", "requested_at", "done_at", erase=erase_requests)
# The log keeps that somebody did it, where and when; not who.
register(Event, "actor_id", "verb", "at", "subject_type", "subject_id", kept=True)
