from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from community.models import Space, Thread
from core.addresses import address_of
from core.idempotency import Keyed
from core.search import Document
from core.words import must_be_visible
from courses.models.course import Course
from people.models import User
from people.reader import Reader


class Section(Keyed):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="sections")
    title = models.CharField(_("title"), max_length=200, validators=[must_be_visible])
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="section_position_once",
            )
        ]

    def __str__(self) -> str:
        return self.title


class ModuleQuerySet(models.QuerySet["Module"]):
    def visible_to(self, user: User | Reader) -> ModuleQuerySet:
        """Published modules of visible courses, and all modules of courses one writes."""
        visible = Q(course__in=Course.objects.visible_to(user), published_at__isnull=False)
        return self.filter(visible | Q(course__in=Course.objects.editable_by(user)))

    def readable_by(self, user: User | Reader) -> ModuleQuerySet:
        """What may be read of them: published modules of courses one follows, once the session has opened, and all of
        those one writes."""
        from courses.models.enrolment import Enrolment

        followed = Enrolment.objects.begun().filter(user=user.pk).values("session__course")
        published = Q(course__in=followed, published_at__isnull=False)
        return self.filter(published | Q(course__in=Course.objects.editable_by(user)))

    def editable_by(self, user: User | Reader) -> ModuleQuerySet:
        return self.filter(course__in=Course.objects.editable_by(user))

    def published(self) -> ModuleQuerySet:
        return self.filter(published_at__isnull=False)


class Module(Keyed):
    """One step of a course, with its conversation beside it."""

    class Kind(models.TextChoices):
        VIDEO = "video", _("Video")
        TEXT = "text", _("Text")
        QUIZ = "quiz", _("Quiz")

    # Kept beside the section so that access needs one join; `actions` move both together.
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="modules")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="modules")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=200, validators=[must_be_visible])
    objective = models.CharField(_("objective"), max_length=300, blank=True)
    language = models.CharField(max_length=5, default="fr")
    minutes = models.PositiveSmallIntegerField(_("average duration in minutes"), default=5)
    body = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True)
    # The question that opens the module's conversation.
    prompt = models.TextField(_("question that opens the conversation"), max_length=1000, blank=True)
    mandatory = models.BooleanField(_("counts for completion"), default=True)
    # The version of the course that brought the module: people enrolled on an older one are done without it.
    since_version = models.PositiveIntegerField(default=1, db_default=1)
    position = models.PositiveIntegerField()
    # How many times its page was saved; whoever began from an older one is shown what changed meanwhile.
    edition = models.PositiveIntegerField(default=0, db_default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=160, null=True, unique=True)
    search = models.GeneratedField(
        expression=Document(language="language", title="title", text="body"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ModuleQuerySet.as_manager()

    class Meta:
        ordering = ["section__position", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["section", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="module_position_once",
            )
        ]
        indexes = [
            GinIndex(fields=["search"], name="module_search"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="module_title_trigrams"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_of("courses:module", self.course.slug, self.pk)


class ModuleThread(models.Model):
    """The conversation of a module in the space of a session."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="module_threads")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["module", "space"], name="module_thread_once")]

    def __str__(self) -> str:
        return f"{self.module_id} is talked about in {self.thread_id}"


class CompletionRule(models.Model):
    """One condition for a module to be done; a module with several needs them all."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        READ = "read", _("read")
        WATCHED = "watched", _("watched, in percent")
        PASSED = "passed", _("quiz passed")
        CONTRIBUTED = "contributed", _("contributions")
        REPLIED = "replied", _("peers replied to")

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(_("rule"), max_length=12, choices=Kind)
    # Percent for `watched`, a number of contributions or of peers otherwise, 1 for the others.
    threshold = models.PositiveSmallIntegerField(_("threshold"), default=1)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["module", "kind"], name="completion_rule_once"),
            models.CheckConstraint(condition=Q(threshold__gte=1), name="completion_threshold_positive"),
            models.CheckConstraint(
                condition=~Q(kind="watched") | Q(threshold__lte=100), name="watched_at_most_all_of_it"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ≥ {self.threshold}"
