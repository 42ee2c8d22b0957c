"""Figures rebuilt from the log, per (organisation, local day): deleted and inserted, never incremented."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from people.models import Organisation


class LearnerDay(models.Model):
    """What a learner did on a civil day of their organisation, in one space (0: outside any space)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The unit on that day (METRICS C5), not the one of today.
    unit_id = models.BigIntegerField(null=True)
    space_id = models.BigIntegerField(default=0)
    session_id = models.BigIntegerField(null=True)
    presences = models.PositiveIntegerField(default=0)
    contributions = models.PositiveIntegerField(default=0)
    participations = models.PositiveIntegerField(default=0)
    reactions = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "day", "user", "space_id"], name="learner_day_once"
            )
        ]
        indexes = [models.Index(fields=["organisation", "space_id", "day"], name="learner_day_of_space")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.day}"


class SpaceDay(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    space_id = models.BigIntegerField()
    learners = models.PositiveIntegerField(default=0)
    contributors = models.PositiveIntegerField(default=0)
    contributions = models.PositiveIntegerField(default=0)
    staff_contributions = models.PositiveIntegerField(default=0)
    threads = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "day", "space_id"], name="space_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.space_id} on {self.day}"


class ThreadFact(models.Model):
    """What a question went through: when it was asked, first answered, accepted."""

    thread_id = models.BigIntegerField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    space_id = models.BigIntegerField()
    day = models.DateField()
    asker_id = models.BigIntegerField(null=True)
    asker_unit_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    first_reply_at = models.DateTimeField(null=True)
    first_peer_reply_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    replies = models.PositiveIntegerField(default=0)
    repliers = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["organisation", "day"], name="thread_fact_day")]

    def __str__(self) -> str:
        return f"facts of thread {self.thread_id}"


class DirtyDay(models.Model):
    """A day whose figures must be rebuilt."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    # Grows with each mark: a rebuild removes the row only if nothing came in meanwhile.
    mark = models.BigIntegerField(default=1)
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="dirty_day_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.day}"
