from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models import Space, Thread
from core.idempotency import Keyed
from core.words import must_be_visible
from courses import grading
from courses.models.enrolment import Enrolment
from courses.models.module import Module
from people.models import Organisation


class Question(Keyed):
    """A question of the organisation's bank, used by any number of quizzes."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("One right answer")
        MULTIPLE = "multiple", _("Several right answers")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SINGLE)
    category = models.CharField(_("category"), max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    text = models.TextField(_("question"), max_length=4000, validators=[must_be_visible])
    html = models.TextField()
    feedback = models.TextField(_("explanation shown after the answer"), max_length=4000, blank=True)
    feedback_html = models.TextField(blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="fr")
    # An edit that changes the meaning starts a new version, and a new series of figures.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=200, null=True, blank=True)
    # The import that made it, which can be undone.
    batch = models.CharField(max_length=16, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "external_id"],
                condition=Q(external_id__isnull=False),
                name="question_imported_once",
            )
        ]
        indexes = [models.Index(fields=["organisation", "category"], name="question_category")]

    def __str__(self) -> str:
        return self.text[:80]


class Option(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=1000)
    html = models.TextField()
    correct = models.BooleanField(_("right"), default=False)
    feedback = models.TextField(max_length=1000, blank=True)
    # Taken out by a later version of the question; kept for the answers that chose it.
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="option_position_once",
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Quiz(models.Model):
    module = models.OneToOneField(Module, on_delete=models.CASCADE, related_name="quiz")
    # Percent of the points.
    pass_mark = models.PositiveSmallIntegerField(_("pass mark in percent"), default=60)
    # Empty: as often as one likes.
    max_attempts = models.PositiveSmallIntegerField(_("tries allowed"), null=True, blank=True)
    questions = models.ManyToManyField(Question, through="QuizQuestion", related_name="quizzes")

    class Meta:
        verbose_name_plural = "quizzes"
        constraints = [
            models.CheckConstraint(condition=Q(pass_mark__lte=100), name="pass_mark_is_a_percentage")
        ]

    def __str__(self) -> str:
        return f"quiz of {self.module_id}"


class QuizQuestion(models.Model):
    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="quiz_questions")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["quiz", "question"], name="question_once_in_quiz"),
            models.UniqueConstraint(
                fields=["quiz", "position"], deferrable=models.Deferrable.DEFERRED, name="quiz_position_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}: {self.question_id}"


class QuestionThread(models.Model):
    """A question's own conversation in the space of a session; it opens to those who have answered."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="question_threads")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "space"], name="question_thread_once")]

    def __str__(self) -> str:
        return f"{self.question_id} is talked about in {self.thread_id}"


class Attempt(models.Model):
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="attempts")
    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Points earned and points possible; one point a question. See courses.grading.
    score = models.DecimalField(max_digits=20, decimal_places=grading.DECIMALS, null=True, blank=True)
    max_score = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "quiz", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["enrolment", "quiz"], condition=Q(finished_at=None), name="one_attempt_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.enrolment_id}"

    @property
    def points(self) -> Decimal:
        """Points earned, as they are shown."""
        return grading.shown(self.score or Decimal())

    @property
    def percent(self) -> int:
        return grading.percent_of(self.score or Decimal(), self.max_score or 0)

    def passed(self, pass_mark: int) -> bool:
        return grading.reaches(self.score or Decimal(), self.max_score or 0, pass_mark)


class Answer(models.Model):
    """What was chosen in an attempt; saved when given, and final: the group's choices open after it."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    question_version = models.PositiveIntegerField(default=1)
    options = ArrayField(models.BigIntegerField())
    # Share of the point, 0 to 1: a fraction of few parts, which a float is near enough to tell exactly.
    score = models.FloatField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "question"], name="answer_once")]
        indexes = [models.Index(fields=["question", "at"], name="answer_of_question")]

    def __str__(self) -> str:
        return f"answer to {self.question_id}"
