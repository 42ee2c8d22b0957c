from django.conf import settings
from django.db import models
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models.thread import Thread


class ReadState(models.Model):
    """How far a person has read a thread; moves forward only."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="read_states")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    last_number = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "thread"], name="read_state_once")]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.thread_id} to {self.last_number}"


class Watch(models.Model):
    """A person wants to hear of a thread, and why; `muted` is their own last word."""

    class Reason(models.TextChoices):
        CHOSEN = "chosen", _("You chose to follow it")
        STARTED = "started", _("You started it")
        REPLIED = "replied", _("You replied")
        MENTIONED = "mentioned", _("You were mentioned")
        OWNER = "owner", _("You look after this question")

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="watches")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason)
    muted = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "watches"
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="watch_once")]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.thread_id}"


class Draft(models.Model):
    """What a person is writing; an older sequence never overwrites a newer one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The address of the composer: "thread:12", "thread:12:reply:345", "space:3", "post:7".
    place = models.CharField(max_length=80)
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    # The other fields of the form as they were left: the kind and tags of a new discussion.
    fields = models.JSONField(default=dict, blank=True, db_default=Value({}, models.JSONField()))
    sequence = models.BigIntegerField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "place"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.user_id} at {self.place}"
