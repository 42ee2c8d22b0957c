from __future__ import annotations

import zoneinfo
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.addresses import address_of
from core.prepared import prepared
from core.search import Folded
from people.models.access import RoleGrant
from people.models.organisation import Organisation, validate_time_zone
from people.reader import Reader


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User | Reader) -> UserQuerySet:
        """People of one's own organisation who have not been erased; nobody else."""
        return self.filter(organisation_id=user.organisation_id, anonymised_at=None).exclude(
            organisation=None
        )

    def active(self) -> UserQuerySet:
        return self.filter(is_active=True, anonymised_at=None)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str | None = None, password: str | None = None, **fields) -> User:
        user = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> User:
        fields.setdefault("name", email.split("@")[0])
        fields.setdefault("handle", email.split("@")[0].replace(".", "-"))
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person: signs in by e-mail, or by their handle where they have no mailbox."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("Like my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="users")
    email = models.EmailField(_("e-mail address"), null=True, blank=True)
    handle = models.CharField(
        _("identifier"),
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("Small letters, digits and hyphens only."))],
    )
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="fr")
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="Europe/Paris", validators=[validate_time_zone]
    )
    theme = models.CharField(_("theme"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)
    last_visit_at = models.DateTimeField(null=True, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)
    # Where an imported or provisioned account comes from; the same key is imported once.
    external_id = models.CharField(max_length=160, null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="email_once", violation_error_message=_("Already used.")
            ),
            models.UniqueConstraint(
                fields=["organisation", "external_id"],
                condition=Q(external_id__isnull=False),
                name="external_id_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "name"], name="user_directory"),
            GinIndex(OpClass(Folded("name"), name="gin_trgm_ops"), name="user_name_trigrams"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("people:person", self.handle)

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles a person holds now over their organisation or a part of it; read once per request."""
        return frozenset(_roles(reader=Reader.of(self)))

    @property
    def event_role(self) -> str:
        """The role the log keeps with what this person does: figures hold learners only (METRICS C2)."""
        if self.is_staff or "administrator" in self.roles:
            return "staff"
        return "trainer" if "trainer" in self.roles else "learner"


@prepared
def _roles(reader: Reader) -> models.QuerySet:
    grants = RoleGrant.objects.filter(user=reader.pk, organisation=reader.organisation_id, revoked_at=None)
    return grants.values_list("role", flat=True)
