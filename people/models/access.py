from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.organisation import Organisation, Unit


class RoleGrant(models.Model):
    """A role over an organisation, or over one of its units and what is below; who gave it, when."""

    class Role(models.TextChoices):
        TRAINER = "trainer", _("Trainer")
        HR = "hr", _("HR")
        ADMINISTRATOR = "administrator", _("Administrator")

    # Whoever keeps the people of an organisation: invites, lists, moves between units.
    KEEPS_PEOPLE = (Role.HR, Role.ADMINISTRATOR)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="role_grants")
    unit = models.ForeignKey(
        Unit, on_delete=models.CASCADE, null=True, blank=True, related_name="role_grants"
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    granted_at = models.DateTimeField(default=timezone.now)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organisation", "unit"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="role_granted_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def usable(self) -> InvitationQuerySet:
        """Those that let somebody in now: not used up, and whoever made them may still invite."""
        keeping = RoleGrant.objects.filter(
            user=OuterRef("created_by"),
            organisation=OuterRef("organisation"),
            role__in=RoleGrant.KEEPS_PEOPLE,
            revoked_at=None,
        )
        return self.filter(
            Exists(keeping),
            created_by__is_active=True,
            revoked_at=None,
            expires_at__gt=timezone.now(),
            uses__lt=F("max_uses"),
        )


InvitationManager = models.Manager.from_queryset(InvitationQuerySet)


class Invitation(models.Model):
    """The only way in: a link for people with a mailbox, or a code to type for people without."""

    class Kind(models.TextChoices):
        LINK = "link", _("Link")
        CODE = "code", _("Join code")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    unit = models.ForeignKey(Unit, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.LINK)
    # Only a digest of the token or code is kept: whoever reads the table cannot enter.
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=RoleGrant.Role, blank=True)
    max_uses = models.PositiveIntegerField(default=1)
    uses = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[InvitationManager] = InvitationManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(uses__lte=F("max_uses")), name="invitation_uses_limited")
        ]

    def __str__(self) -> str:
        return f"{self.kind} …{self.hint}"
