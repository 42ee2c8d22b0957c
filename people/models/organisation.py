import zoneinfo

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name})


class Organisation(models.Model):
    """A client: its people, spaces and sessions are seen by nobody else unless shared on purpose."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(unique=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="fr")
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="Europe/Paris", validators=[validate_time_zone]
    )
    # Smallest groups that HR may see: people for activity, answers for opinions (METRICS C8).
    small_group = models.PositiveSmallIntegerField(default=5)
    small_opinion_group = models.PositiveSmallIntegerField(default=10)
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(small_group__gte=5), name="small_group_at_least_five"),
            models.CheckConstraint(condition=Q(small_opinion_group__gte=10), name="opinions_at_least_ten"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Unit(models.Model):
    """A department or team; units form a tree inside an organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="units")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "parent", "name"], nulls_distinct=False, name="unit_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


class UnitMembership(models.Model):
    """Where a person works, from a day (included) to a day (excluded); history is never overwritten."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="unit_memberships"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="unit_membership_has_a_day",
            ),
            ExclusionConstraint(
                name="one_unit_at_a_time",
                expressions=[
                    (F("user"), RangeOperators.EQUAL),
                    (
                        DateRange("starts_on", "ends_on", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [models.Index(fields=["unit", "starts_on"], name="unit_membership_days")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.unit_id} from {self.starts_on}"
