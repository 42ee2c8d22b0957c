from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from community.models import Space
from core.addresses import address_of
from core.idempotency import Keyed
from core.search import Document
from core.words import must_be_visible
from people.models import Organisation, RoleGrant, User
from people.reader import Reader


class CourseQuerySet(models.QuerySet["Course"]):
    def visible_to(self, user: User | Reader) -> CourseQuerySet:
        """Published courses of one's organisation; those one writes; those one is enrolled in."""
        from courses.models.enrolment import Enrolment

        mine = Exists(Enrolment.objects.filter(session__course=OuterRef("pk"), user=user.pk, left_at=None))
        own = Q(organisation_id=user.organisation_id)
        published = Q(published_at__isnull=False, archived_at=None)
        return self.filter((own & published) | mine | Q(pk__in=self.editable_by(user)))

    def editable_by(self, user: User | Reader) -> CourseQuerySet:
        """Courses a trainer or administrator of the organisation may write."""
        roles = [RoleGrant.Role.TRAINER, RoleGrant.Role.ADMINISTRATOR]
        grants = RoleGrant.objects.filter(user=user.pk, role__in=roles, revoked_at=None)
        return self.filter(organisation__in=grants.values("organisation"))

    def published(self) -> CourseQuerySet:
        return self.filter(published_at__isnull=False, archived_at=None)


class Course(Keyed):
    """What is taught; a `Session` is a dated run of it for some people."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200, validators=[must_be_visible])
    summary = models.CharField(_("in one sentence"), max_length=300, blank=True)
    description = models.TextField(_("description"), max_length=6000, blank=True)
    description_html = models.TextField(blank=True)
    # One objective a line: what a learner can do afterwards.
    objectives = models.TextField(_("objectives"), max_length=3000, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="fr")
    version = models.PositiveIntegerField(default=1)
    mandatory = models.BooleanField(_("mandatory"), default=False)
    due_on = models.DateField(_("to be finished by"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=160, null=True, unique=True)
    search = models.GeneratedField(
        expression=Document(language="language", title="title", text="summary"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        indexes = [
            models.Index(fields=["organisation", "title"], name="course_of_organisation"),
            GinIndex(fields=["search"], name="course_search"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="course_title_trigrams"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_of("courses:course", self.slug)

    @property
    def objective_list(self) -> list[str]:
        return [line.strip() for line in self.objectives.splitlines() if line.strip()]


class Session(Keyed):
    """A run of a course for some people. Every course has an open one, without dates."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="sessions")
    name = models.CharField(_("name"), max_length=120, validators=[must_be_visible])
    is_open = models.BooleanField(default=False)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    # Its conversations; two sessions may share one.
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course"], condition=Q(is_open=True), name="one_open_session"),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(opens_at=None) | Q(closes_at__gt=models.F("opens_at")),
                name="session_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def has_opened(self, now: datetime) -> bool:
        return self.opens_at is None or self.opens_at <= now

    def has_ended(self, now: datetime) -> bool:
        return self.closes_at is not None and self.closes_at <= now
