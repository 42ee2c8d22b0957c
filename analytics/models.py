"""Figures rebuilt from the log, per (organisation, local day): deleted and inserted, never incremented."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from people.models import Organisation


class LearnerDay(models.Model):
    """What a learner did on a civil day of their organisation, in one space (0: outside any space)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The unit on that day (METRICS C5), not the one of today; 0: none.
    unit_id = models.BigIntegerField(default=0)
    space_id = models.BigIntegerField(default=0)
    presences = models.PositiveIntegerField(default=0)
    # Posts of a same burst (same thread, less than ten minutes apart) count once here (METRICS M05).
    contributions = models.PositiveIntegerField(default=0)
    participations = models.PositiveIntegerField(default=0)
    reactions = models.PositiveIntegerField(default=0)
    # Those of the reactions that say "useful".
    useful_marks = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "day", "user", "space_id"], name="learner_day_once"
            )
        ]
        indexes = [
            models.Index(fields=["user", "day"], name="learner_day_of_user"),
            models.Index(fields=["space_id", "day"], name="learner_day_of_space"),
            # One in ten of them: who wrote in a space over a month is found without the rows.
            models.Index(
                fields=["space_id", "day"],
                include=["user"],
                condition=Q(contributions__gt=0),
                name="learner_day_of_writer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.day}"


class SpaceDay(models.Model):
    """What was said in a space on a day. Names nobody: it keeps the volumes when a person is erased (C7)."""

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
        indexes = [models.Index(fields=["space_id", "day"], name="space_day_of_space")]

    def __str__(self) -> str:
        return f"{self.space_id} on {self.day}"


class AnonymousDay(models.Model):
    """Contributions of people who have been erased: they stay counted in the volumes, by nobody (C7)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    space_id = models.BigIntegerField()
    contributions = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "day", "space_id"], name="anonymous_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.space_id} on {self.day}"


class ThreadFact(models.Model):
    """What a learner's question went through: when it was asked, first answered, accepted."""

    thread_id = models.BigIntegerField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    space_id = models.BigIntegerField()
    day = models.DateField()
    # The asker's unit on that day; 0: none.
    unit_id = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField()
    first_reply_at = models.DateTimeField(null=True)
    first_peer_reply_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    replies = models.PositiveIntegerField(default=0)
    repliers = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "day"], name="thread_fact_day"),
            models.Index(fields=["space_id", "day"], name="thread_fact_of_space"),
        ]

    def __str__(self) -> str:
        return f"facts of thread {self.thread_id}"


class CompletionDay(models.Model):
    """At the end of a day: how many enrolments stand, and how many of them are completed.

    A day puts each learner in one unit, so that units add up. Course and session 0 hold all of them.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    course_id = models.BigIntegerField(default=0)
    session_id = models.BigIntegerField(default=0)
    unit_id = models.BigIntegerField(default=0)
    learners = models.PositiveIntegerField(default=0)
    enrolments = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    # Enrolled for less than seven days: counted apart, and shown (METRICS C1).
    recent = models.PositiveIntegerField(default=0)
    # How many of the enrolments, and of the completed ones, each person has: packed slices (`analytics/bitmaps.py`).
    enrolled_people = models.BinaryField(db_default=b"\0")
    completed_people = models.BinaryField(db_default=b"\0")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "day", "course_id", "session_id", "unit_id"],
                name="completion_day_once",
            )
        ]

    def __str__(self) -> str:
        return f"course {self.course_id} on {self.day}"


class Seat(models.Model):
    """The place of a person in the bitmaps of their organisation; never given to anybody else."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "position"], name="seat_once")]

    def __str__(self) -> str:
        return f"seat {self.position}"


class ActivityBlock(models.Model):
    """One measure (`analytics/measures.py`) of a scope, on a day or in a week: a number per person, unit by unit.

    Sets of seats packed as bitmaps (`analytics/bitmap_index.py`): distinct people over any period are the union
    of some weeks and some days, which no sum of daily counts can give.
    """

    class Grain(models.TextChoices):
        DAY = "D"
        WEEK = "W"

    class Scope(models.TextChoices):
        ALL = "all"
        COURSE = "course"
        SESSION = "session"
        SPACE = "space"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    grain = models.CharField(max_length=1, choices=Grain)
    starts_on = models.DateField()
    scope = models.CharField(max_length=7, choices=Scope)
    scope_id = models.BigIntegerField(default=0)
    measure = models.CharField(max_length=20, db_default="")
    # How the bytes are laid out: those of another layout are not read.
    layout = models.PositiveSmallIntegerField(db_default=0)
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "scope", "scope_id", "grain", "starts_on", "measure"],
                name="activity_block_of_measure_once",
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "grain", "starts_on"], name="activity_block_days"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.scope} {self.scope_id} {self.grain} {self.starts_on}"


class BuiltDay(models.Model):
    """A day whose figures exist, and since when they are what they are."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    built_at = models.DateTimeField(db_default=Now())
    # The measures its blocks hold, with their versions.
    measures = models.TextField(db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="built_day_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.day}"


class DirtyDay(models.Model):
    """A day whose figures must be rebuilt."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    # Who belongs to what may have changed, not only what they did: all of the day is looked at again.
    roster = models.BooleanField(default=True, db_default=True)
    # Those whose own rows alone have changed; null: anybody's.
    people = ArrayField(models.BigIntegerField(), null=True)
    # What was said has changed too: the volumes of spaces, what became of questions.
    said = models.BooleanField(default=True, db_default=True)
    # The transaction that marked it last: a rebuild removes the row only if no other came in meanwhile.
    mark = models.BigIntegerField(default=1)
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="dirty_day_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.day}"


class ShownGroup(models.Model):
    """A group of people whose figures HR has seen for a period.

    Another group over a period that has a day in common with it, differing from it by less than the threshold,
    would give away the few people between the two by subtraction (METRICS C8): it is refused.
    """

    class Figures(models.TextChoices):
        """Which figures stand on these people; those of two kinds cannot be subtracted from each other."""

        ACTIVITY = "activity"
        QUESTIONS = "questions"
        # What is finished stays so whatever day it is looked at: all their periods have days in common.
        ENROLMENTS = "enrolments"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    figures = models.CharField(max_length=10, choices=Figures, db_default=Figures.ACTIVITY)
    # The filters that define it, spelled one way; those of each kind of figures their own.
    filters = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    people = models.BinaryField()
    # How many they are: groups that differ by few people have nearly the same size, and no others are read.
    size = models.PositiveIntegerField(db_default=0)
    shown_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "starts_on", "ends_on", "filters", "digest"],
                name="shown_group_of_people_once",
            )
        ]
        indexes = [models.Index(fields=["organisation", "figures", "size"], name="shown_group_of_size")]

    def __str__(self) -> str:
        return f"{self.filters} {self.starts_on}–{self.ends_on}"
