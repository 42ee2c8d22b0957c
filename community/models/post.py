from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models.space import Space
from community.models.thread import Thread
from core.addresses import address_of
from core.idempotency import Keyed
from core.search import Document
from people.models import User
from people.reader import Reader


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: User | Reader) -> PostQuerySet:
        """Posts a person may read: in a thread they may read, behind a gate they have passed, not removed."""
        opening_or_own = Q(number=1) | Q(author=user.pk)
        readable = self.published().filter(Thread.is_visible_to(user, at="thread__"))
        return readable.filter(opening_or_own | Thread.gate_is_open_for(user, at="thread__"))

    def readable_by(self, user: User | Reader) -> PostQuerySet:
        """The same, and what was hidden for those who still read it: its author, who facilitates the space."""
        here = Thread.is_visible_to(user, at="thread__")
        still = Q(author=user.pk) | Q(thread__space__in=Space.objects.facilitated_by(user))
        hidden = self.filter(here, still, deleted_at=None, hidden_at__isnull=False)
        return self.filter(Q(pk__in=self.visible_to(user).values("pk")) | Q(pk__in=hidden.values("pk")))

    def within_reach_of(self, user: User | Reader) -> PostQuerySet:
        """Posts of the spaces a person may read, removed and hidden ones too: for who may restore or decide."""
        return self.filter(thread__space__in=Space.objects.readable_by(user))

    def published(self) -> PostQuerySet:
        return self.filter(deleted_at=None, hidden_at=None)


class Post(Keyed):
    """What somebody said, numbered in its thread; rendered when it is written."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    number = models.PositiveIntegerField()
    # One level only: the parent of a reply is never itself a reply.
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    body = models.TextField(_("message"))
    html = models.TextField()
    renderer = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="fr")
    # Seconds into the video that the post speaks of.
    moment = models.PositiveIntegerField(null=True, blank=True)
    # Recounted from `Reaction` under the lock of this row; plus what an import could not attribute to anybody.
    useful_count = models.PositiveIntegerField(default=0)
    imported_useful = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    hidden_at = models.DateTimeField(null=True, blank=True)
    # Moves with every change that a reader sees, so that an open page knows which posts to draw again.
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now())
    external_id = models.CharField(max_length=160, null=True, unique=True)
    search = models.GeneratedField(
        expression=Document(language="language", text="body"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "number"], name="post_number_once")]
        indexes = [
            models.Index(fields=["author", "-created_at"], name="post_of_author"),
            models.Index(
                fields=["thread", "moment"], condition=Q(moment__isnull=False), name="post_at_moment"
            ),
            models.Index(fields=["thread", "changed_at"], name="post_changed"),
            GinIndex(fields=["search"], name="post_search"),
        ]

    def __str__(self) -> str:
        return f"post {self.number} of thread {self.thread_id}"

    def get_absolute_url(self) -> str:
        return address_of("community:post", self.pk)

    @property
    def is_published(self) -> bool:
        return self.deleted_at is None and self.hidden_at is None


class PostRevision(models.Model):
    """What a post said before it was edited."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    body = models.TextField()
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    edited_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-edited_at"]

    def __str__(self) -> str:
        return f"revision of {self.post_id}"


class Reaction(models.Model):
    class Kind(models.TextChoices):
        USEFUL = "useful", _("Useful")
        THANKS = "thanks", _("Thank you")
        LEARNED = "learned", _("I learned something")
        QUESTION = "question", _("I have a question")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.USEFUL)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user", "kind"], name="reaction_once")]
        indexes = [models.Index(fields=["user", "post"], name="reaction_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} on {self.post_id}"


class AttachedFile(models.Model):
    """A picture or file put into a text; each kind of text has a table of its own, which says who may open it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    # Each kind of text keeps its files in a folder of its own.
    file: models.FileField

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The address shown in the text: opened through a view that asks who may read it."""
        raise NotImplementedError

    @property
    def markdown(self) -> str:
        """What a composer writes in its text for this file."""
        sign = "!" if self.media_type.startswith("image/") else ""
        words = self.name.replace("[", "(").replace("]", ")")
        return f"{sign}[{words}]({self.get_absolute_url()})"


class Attachment(AttachedFile):
    """A picture or file put into a post; orphans are removed after a day."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="attachments")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, null=True, related_name="+")
    space = models.ForeignKey("community.Space", on_delete=models.CASCADE, related_name="+")
    file = models.FileField(upload_to="attachments/%Y/%m/")

    def get_absolute_url(self) -> str:
        return address_of("community:attachment", self.pk, self.name)
