from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from courses.models.course import Course, Session
from courses.models.module import Module
from people.models import User
from people.reader import Reader


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def active(self) -> EnrolmentQuerySet:
        return self.filter(left_at=None)

    def begun(self) -> EnrolmentQuerySet:
        """Those whose session has opened: one may be enrolled before, and gets in at the date."""
        opened = Q(session__opens_at=None) | Q(session__opens_at__lte=Now())
        return self.active().filter(opened)

    def visible_to(self, user: User | Reader) -> EnrolmentQuerySet:
        """One's own, and those of the courses one may write."""
        return self.filter(Q(user=user.pk) | Q(session__course__in=Course.objects.editable_by(user)))


class Enrolment(models.Model):
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="enrolments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The version of the course whose mandatory modules count for this person (METRICS M21).
    course_version = models.PositiveIntegerField(default=1)
    enrolled_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    last_module = models.ForeignKey(
        Module, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="enrolled_once")]
        indexes = [models.Index(fields=["user", "left_at"], name="enrolment_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in session {self.session_id}"


class Progress(models.Model):
    """Where a person stands in a module: one row per enrolment and module."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="progress")
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    # Seconds: where to resume, on any device.
    resume_at = models.FloatField(default=0)
    # Share of the video seen at least once, 0 to 1, from the merged `WatchedRange` rows.
    coverage = models.FloatField(default=0)
    # When the player last reported; coverage never grows faster than this clock allows.
    heard_at = models.DateTimeField(null=True, blank=True)
    # The reader said so, or reached the end after the time it takes.
    read_at = models.DateTimeField(null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)
    contributions = models.PositiveIntegerField(default=0)
    peers_replied_to = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "progress"
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "module"], name="progress_once"),
            models.CheckConstraint(condition=Q(coverage__gte=0, coverage__lte=1), name="coverage_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} in module {self.module_id}"


class WatchedRange(models.Model):
    """A stretch of a video that was seen; ranges of one progress never overlap, the server merges them."""

    progress = models.ForeignKey(Progress, on_delete=models.CASCADE, related_name="watched")
    # Seconds.
    start = models.FloatField()
    end = models.FloatField()

    class Meta:
        ordering = ["start"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="watched_range_has_length")
        ]

    def __str__(self) -> str:
        return f"{self.start}–{self.end}"
