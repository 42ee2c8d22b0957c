from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models.space import Membership, Space
from core.addresses import address_of
from core.idempotency import Keyed
from core.search import Document
from people.models import Organisation, User
from people.reader import Reader


class Tag(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="tag_once")]

    def __str__(self) -> str:
        return self.name


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: User | Reader) -> ThreadQuerySet:
        """Threads of spaces a person may read. The one rule for page, API, search, mail, export and stream."""
        return self.filter(Thread.is_visible_to(user))

    def listed(self) -> ThreadQuerySet:
        """Threads for lists, counts and search: those that stand, and of those attached to a question only the
        ones in which somebody has spoken."""
        return self.filter(Thread.is_listed())

    def questions(self) -> ThreadQuerySet:
        return self.filter(kind=Thread.Kind.QUESTION)

    def unresolved(self) -> ThreadQuerySet:
        return self.filter(resolution=None)

    def unanswered(self) -> ThreadQuerySet:
        """Questions to which nobody but the asker has replied."""
        from community.models.post import Post

        answers = Post.objects.filter(thread=OuterRef("pk"), number__gt=1, deleted_at=None, hidden_at=None)
        return self.questions().filter(~Exists(answers.exclude(author=OuterRef("author"))))


class Thread(Keyed):
    """A conversation in a space; its first post (number 1) is what opened it."""

    class Kind(models.TextChoices):
        DISCUSSION = "discussion", _("Discussion")
        QUESTION = "question", _("Question")
        CASE = "case", _("Case")
        POLL = "poll", _("Poll")
        RESOURCE = "resource", _("Resource")
        CHALLENGE = "challenge", _("Challenge")

    class Gate(models.TextChoices):
        OPEN = "open", _("Everyone reads at once")
        AFTER_REPLY = "after_reply", _("Reply before you read the others")
        PASS = "pass", _("Opens after an answer elsewhere")

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="threads")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.DISCUSSION)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="fr")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    gate = models.CharField(_("gate"), max_length=12, choices=Gate, default=Gate.OPEN)
    # The number of the last post. Numbers are given under the lock of this row, so they have no hole and no race.
    last_number = models.PositiveIntegerField(default=0)
    # Posts that can be read: deleted and hidden ones are not counted.
    number_of_posts = models.PositiveIntegerField(default=0)
    last_post_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    pinned_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    # Withdrawn with what it is about, until that comes back: nobody reads it or writes in it.
    closed_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    # Who sees to it that a question gets its answer.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    about_title = models.CharField(max_length=200, blank=True)
    about_url = models.CharField(max_length=300, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="threads")
    external_id = models.CharField(max_length=160, null=True, unique=True)
    search = models.GeneratedField(
        expression=Document(language="language", title="title"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["space", "-last_post_at"], name="thread_of_space"),
            models.Index(fields=["space", "kind", "-created_at"], name="thread_of_kind"),
            models.Index(fields=["author"], name="thread_of_author"),
            GinIndex(fields=["search"], name="thread_search"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="thread_title_trigrams"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_of("community:thread", self.pk)

    # These rules also for rows that stand `at` ("thread__") a thread: asked row by row, never for all threads.

    @staticmethod
    def is_visible_to(user: User | Reader, at: str = "") -> Q:
        return Thread.stands(at) & Q(**{f"{at}space__in": Space.objects.readable_by(user)})

    @staticmethod
    def stands(at: str = "") -> Q:
        return Q(**{f"{at}deleted_at": None, f"{at}closed_at": None})

    @staticmethod
    def is_listed(at: str = "") -> Q:
        silent = Q(**{f"{at}gate": Thread.Gate.PASS, f"{at}number_of_posts__lte": 1})
        return Thread.stands(at) & ~silent

    @staticmethod
    def gate_is_open_for(user: User | Reader, at: str = "") -> Q:
        passed = ThreadPass.objects.filter(thread=OuterRef(f"{at}pk"), user=user.pk)
        seats = Membership.objects.filter(
            space=OuterRef(f"{at}space"), user=user.pk, role=Membership.Role.FACILITATOR
        )
        return Q(**{f"{at}gate": Thread.Gate.OPEN}) | Q(Exists(passed)) | Q(Exists(seats))

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def has_ended(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()


class ThreadPass(models.Model):
    """The gate of a thread is open for this person."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="passes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="pass_once")]

    def __str__(self) -> str:
        return f"{self.user_id} may read {self.thread_id}"


class Resolution(models.Model):
    """The accepted answer of a thread: who accepted it, when."""

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="resolution")
    post = models.ForeignKey("community.Post", on_delete=models.CASCADE, related_name="resolutions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.thread_id} answered by {self.post_id}"


class Choice(models.Model):
    """One way out of a case, or one answer of a poll."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["thread", "position"], name="choice_position_once")]

    def __str__(self) -> str:
        return self.text


class Vote(models.Model):
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="votes")
    choice = models.ForeignKey(Choice, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="vote_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.choice_id}"
