from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.addresses import address_of
from core.editions import edition_of
from core.idempotency import Keyed
from core.words import must_be_visible
from people.models import Organisation, User
from people.reader import Reader


class SpaceQuerySet(models.QuerySet["Space"]):
    def of_member(self, user: User | Reader) -> SpaceQuerySet:
        return self.filter(Exists(Membership.objects.filter(space=OuterRef("pk"), user=user.pk)))

    def visible_to(self, user: User | Reader) -> SpaceQuerySet:
        """Spaces whose existence a person may know: theirs, and those of their organisation that don't hide."""
        member = Exists(Membership.objects.filter(space=OuterRef("pk"), user=user.pk))
        listed = Q(organisation_id=user.organisation_id) & ~Q(visibility=Space.Visibility.HIDDEN)
        return self.filter(member | listed)

    def readable_by(self, user: User | Reader) -> SpaceQuerySet:
        """Spaces whose talk a person may read: theirs, and the open ones of their organisation."""
        member = Exists(Membership.objects.filter(space=OuterRef("pk"), user=user.pk))
        opened = Q(organisation_id=user.organisation_id, visibility=Space.Visibility.OPEN)
        return self.filter(member | opened)

    def facilitated_by(self, user: User | Reader) -> SpaceQuerySet:
        return self.filter(
            Exists(
                Membership.objects.filter(
                    space=OuterRef("pk"), user=user.pk, role=Membership.Role.FACILITATOR
                )
            )
        )

    def listed(self) -> SpaceQuerySet:
        """Spaces to browse; the space of a course session is reached from its course."""
        return self.filter(archived_at=None, about_url="")


class Space(Keyed):
    """Where people of a trade, a project or a session talk."""

    class Visibility(models.TextChoices):
        OPEN = "open", _("Open: everyone in the organisation reads and joins")
        CLOSED = "closed", _("Closed: everyone sees it exists, members read")
        HIDDEN = "hidden", _("Hidden: members only know it exists")

    class Colour(models.TextChoices):
        TERRACOTTA = "terracotta", _("Terracotta")
        FOREST = "forest", _("Forest")
        LAKE = "lake", _("Lake")
        OCHRE = "ochre", _("Ochre")
        PLUM = "plum", _("Plum")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=120, validators=[must_be_visible])
    slug = models.SlugField(max_length=80, unique=True)
    purpose = models.TextField(_("purpose"), max_length=600, blank=True)
    charter = models.TextField(_("charter"), max_length=4000, blank=True)
    charter_html = models.TextField(blank=True)
    visibility = models.CharField(
        _("who may see it"), max_length=6, choices=Visibility, default=Visibility.OPEN
    )
    colour = models.CharField(_("colour"), max_length=12, choices=Colour, default=Colour.FOREST)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="fr")
    welcomes = models.BooleanField(
        _("Newcomers of the organisation are members from their first day"), default=False, db_default=False
    )
    # Written by whoever owns the space from above (a course session); empty for a space of its own.
    about_title = models.CharField(max_length=200, blank=True)
    about_url = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=160, null=True, unique=True)

    objects = SpaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["organisation", "visibility"], name="space_organisation")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("community:space", self.slug)

    @property
    def charter_edition(self) -> str:
        """A short name of what the charter says: whoever accepts it says which one they read."""
        return edition_of({"charter": self.charter})


class Membership(models.Model):
    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        FACILITATOR = "facilitator", _("Facilitator")

    class Notify(models.TextChoices):
        EVERYTHING = "everything", _("Everything")
        MENTIONS = "mentions", _("What concerns me")
        NOTHING = "nothing", _("Nothing")

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=12, choices=Role, default=Role.MEMBER)
    notify = models.CharField(max_length=10, choices=Notify, default=Notify.MENTIONS)
    charter_accepted_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["space", "user"], name="member_once")]
        indexes = [models.Index(fields=["user", "role"], name="membership_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.space_id}"


class JoinRequest(models.Model):
    """Somebody asks into a closed space; who answered, what and when."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="join_requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    message = models.TextField(_("a word to the facilitators"), max_length=600, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    admitted = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "user"], condition=Q(answered_at=None), name="join_asked_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} asks into {self.space_id}"


class DepartureQuerySet(models.QuerySet["Departure"]):
    def removals_of(self, user: User | Reader) -> DepartureQuerySet:
        """Spaces a facilitator took this person out of, and which they are not back in."""
        return self.filter(user=user.pk, ended_at=None).exclude(by=user.pk)


class Departure(models.Model):
    """Somebody left a space, or was taken out of it: by whose hand, why, and the seat to give back if they return."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="departures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.TextField(_("reason"), max_length=600, blank=True)
    role = models.CharField(max_length=12, choices=Membership.Role)
    notify = models.CharField(max_length=10, choices=Membership.Notify)
    charter_accepted_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)
    # The person is a member again: their departure stands no more.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DepartureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "user"], condition=Q(ended_at=None), name="departure_stands_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} left {self.space_id}"


class MuteQuerySet(models.QuerySet["Mute"]):
    def standing(self) -> MuteQuerySet:
        return self.filter(lifted_at=None, until__gt=Now())


class Mute(models.Model):
    """A facilitator asks a member to be silent in a space for a while: they read, and write nothing until then."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="mutes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.TextField(_("reason"), max_length=600)
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = MuteQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["space", "user"], name="mute_of_member", condition=Q(lifted_at=None))]

    def __str__(self) -> str:
        return f"{self.user_id} silent in {self.space_id} until {self.until}"
