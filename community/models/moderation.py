from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models.post import Post
from community.models.space import Space
from community.models.thread import Thread
from people.models import User
from people.reader import Reader


class Decision(models.Model):
    """What a facilitator decided about a flagged post, and why."""

    class Kind(models.TextChoices):
        KEEP = "keep", _("Keep")
        REPHRASE = "rephrase", _("Ask to rephrase")
        HIDE = "hide", _("Hide")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind)
    note = models.TextField(_("note to the author"), max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # A decision may be taken back within a while; the row stays and says so.
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.kind} post {self.post_id}"


class FlagQuerySet(models.QuerySet["Flag"]):
    def open(self) -> FlagQuerySet:
        return self.filter(decision=None)

    def to_decide_by(self, user: User | Reader) -> FlagQuerySet:
        """Open flags in the spaces a person facilitates, their own posts left to another facilitator.

        What was removed meanwhile awaits nobody.
        """
        there = (
            self.open()
            .filter(
                post__thread__space__in=Space.objects.facilitated_by(user),
                post__deleted_at=None,
            )
            .filter(Thread.stands(at="post__thread__"))
        )
        return there.exclude(post__author=user.pk)


class Flag(models.Model):
    """Somebody asks the facilitators to look at a post."""

    class Reason(models.TextChoices):
        TONE = "tone", _("Hurtful tone")
        WRONG = "wrong", _("Wrong or dangerous advice")
        PRIVATE = "private", _("Private or confidential")
        OFF_TOPIC = "off_topic", _("Off topic or advertising")
        OTHER = "other", _("Something else")
        # Only the author of a post that was decided on: the facilitators look once more.
        CONTEST = "contest", _("Its author contests the decision")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="flags")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    comment = models.TextField(_("in your words"), max_length=1000, blank=True)
    at = models.DateTimeField(default=timezone.now)
    decision = models.ForeignKey(
        Decision, on_delete=models.SET_NULL, null=True, blank=True, related_name="flags"
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "by"], condition=Q(decision=None), name="open_flag_once")
        ]

    def __str__(self) -> str:
        return f"{self.reason} on {self.post_id}"
