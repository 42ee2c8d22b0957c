from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Recognition(models.Model):
    """Something useful that is recognised; its words are in the catalogue, by code."""

    code = models.SlugField(primary_key=True, max_length=60)
    points = models.PositiveSmallIntegerField()
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code


class Grant(models.Model):
    """A recognition earned by a person for one piece of evidence."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    recognition = models.ForeignKey(Recognition, on_delete=models.PROTECT, related_name="grants")
    # What it was earned for, such as "post:12".
    evidence = models.CharField(max_length=80)
    event_id = models.BigIntegerField()
    space_id = models.BigIntegerField(null=True)
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "recognition", "evidence"], name="granted_once")
        ]
        indexes = [models.Index(fields=["user", "-granted_at"], name="grant_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.recognition_id} for {self.evidence}"

    @property
    def post_id(self) -> int:
        return int(self.evidence.removeprefix("post:"))


class PointEntry(models.Model):
    """A line of the ledger: points are never changed, a line takes back what another gave."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    points = models.SmallIntegerField()
    recognition = models.ForeignKey(Recognition, on_delete=models.PROTECT, related_name="entries")
    evidence = models.CharField(max_length=80)
    event_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "point entries"
        constraints = [
            # An event gives once for each piece of evidence, and may be found, later, to be what takes it back.
            models.UniqueConstraint(
                fields=["event_id", "user", "recognition", "evidence", "points"], name="event_counted_once"
            ),
            models.CheckConstraint(condition=~Q(points=0), name="points_change_something"),
        ]
        indexes = [models.Index(fields=["user", "at"], name="ledger_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.points:+d}"
