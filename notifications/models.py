from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models import Post, Space, Thread
from people.models import User
from people.reader import Reader


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User | Reader) -> NotificationQuerySet:
        """A person's own, about threads they may still read, posts that still stand, spaces they may know of."""
        stands = Q(last_post=None) | Q(last_post__deleted_at=None, last_post__hidden_at=None)
        # Whoever wrote a hidden post hears of the decision all the same, whoever decides sees what is flagged.
        about_removal = Q(kind__in=[Notification.Kind.DECISION, Notification.Kind.FLAG])
        readable = Q(thread__in=Thread.objects.visible_to(user)) | Q(space__in=Space.objects.visible_to(user))
        # Whoever was taken out of a hidden space is told so all the same.
        told = readable | Q(kind=Notification.Kind.REMOVED)
        return self.filter(stands | about_removal, told, user=user.pk)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)


class Notification(models.Model):
    """Something happened in a thread, or to a person's place in a space, that concerns them.

    Grouped per kind and thread, or space, until it is read.
    """

    class Kind(models.TextChoices):
        REPLY = "reply", _("A reply in a discussion you follow")
        THREAD = "thread", _("A new discussion in a space you follow closely")
        MENTION = "mention", _("Somebody mentions you")
        ACCEPTED = "accepted", _("Your answer is accepted")
        FLAG = "flag", _("A message awaits your decision")
        DECISION = "decision", _("A decision on your message")
        QUESTION = "question", _("A question is yours to look after")
        USEFUL = "useful", _("Your message was useful to somebody")
        RECOGNISED = "recognised", _("You are recognised for an answer")
        ENROLLED = "enrolled", _("Somebody enrols you in a course")
        ADDED = "added", _("Somebody brings you into a space")
        ADMITTED = "admitted", _("You are let into a space you asked to join")
        FACILITATE = "facilitate", _("A space is yours to facilitate")
        REMOVED = "removed", _("A facilitator takes you out of a space")
        MUTED = "muted", _("A facilitator asks you to be silent for a while")
        DECLINED = "declined", _("Your request to join a space is declined")
        REQUEST = "request", _("Somebody asks to join a space you facilitate")
        MODULE = "module", _("A new module in a course you follow")
        WITHDRAWN = "withdrawn", _("A module you had begun is withdrawn")
        DEADLINE = "deadline", _("A course you follow is about to close")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, null=True, related_name="+")
    # Set where there is no thread: the space itself, or the course that owns it.
    space = models.ForeignKey(Space, on_delete=models.CASCADE, null=True, related_name="+")
    # The first post that is new, where the reader lands; and the last one.
    first_post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="+")
    last_post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="+")
    # Those who did it, latest first, and how many times it was done.
    actors = models.JSONField(default=list)
    event_ids = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "thread", "kind"], condition=Q(read_at=None), name="one_unread_group"
            ),
            models.UniqueConstraint(
                fields=["user", "space", "kind"], condition=Q(read_at=None), name="one_unread_group_of_space"
            ),
            models.CheckConstraint(
                condition=Q(thread=None, space__isnull=False) | Q(thread__isnull=False, space=None),
                name="notification_of_thread_or_space",
            ),
        ]
        indexes = [models.Index(fields=["user", "-updated_at"], name="notification_of_user")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id} in {self.thread_id or self.space_id}"

    def get_absolute_url(self) -> str:
        return reverse("notifications:open", args=[self.pk])

    @property
    def place(self) -> Space:
        return self.thread.space if self.thread else self.space  # type: ignore[return-value]  # one of the two is set

    @property
    def title(self) -> str:
        return self.thread.title if self.thread else self.place.about_title or self.place.name

    @property
    def language(self) -> str:
        return self.thread.language if self.thread else self.place.language

    @property
    def target(self) -> str:
        """Where the reader lands: at the first post that is new to them, or where they have something to do."""
        if self.first_post:
            return self.first_post.get_absolute_url()
        if self.thread:
            return self.thread.get_absolute_url()
        if self.kind == Notification.Kind.REQUEST:
            return reverse("community:space_members", args=[self.place.slug])
        if self.kind == Notification.Kind.REMOVED:
            return reverse("community:departure", args=[self.place.slug])
        if self.kind == Notification.Kind.MUTED:
            return self.place.get_absolute_url()
        return self.place.about_url or self.place.get_absolute_url()


class Preference(models.Model):
    """How a person wants to be told by mail, per kind."""

    class Mail(models.TextChoices):
        AT_ONCE = "at_once", _("At once")
        DAILY = "daily", _("Once a day")
        NEVER = "never", _("Never")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Notification.Kind)
    mail = models.CharField(max_length=10, choices=Mail)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} {self.mail}"
