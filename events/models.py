"""The append-only log of what people did, its readers' cursors, and what must leave the house.

Nothing here knows people or spaces: the log keeps their ids, so that it stands below everything.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Cast, Now


class CurrentTransaction(Func):
    """The id of the running transaction, as PostgreSQL's fence functions compare it."""

    template = "pg_current_xact_id()"
    output_field = models.TextField()


class Event(models.Model):
    """One sentence: who did what to which thing, where, when."""

    class Role(models.TextChoices):
        LEARNER = "learner"
        TRAINER = "trainer"
        STAFF = "staff"
        SYSTEM = "system"

    txid = models.BigIntegerField(
        db_default=Cast(Cast(CurrentTransaction(), models.TextField()), models.BigIntegerField())
    )
    verb = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=Now())
    recorded_at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    # The actor's role when it happened: a later promotion must not rewrite past figures (METRICS C2).
    role = models.CharField(max_length=10, choices=Role, default=Role.LEARNER)
    organisation_id = models.BigIntegerField(null=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    space_id = models.BigIntegerField(null=True)
    thread_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    session_id = models.BigIntegerField(null=True)
    module_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    # Set by imports and repeated commands: the same key is recorded once.
    key = models.CharField(max_length=120, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="event_key_once")]
        indexes = [
            models.Index(fields=["txid", "id"], name="event_reading_order"),
            models.Index(fields=["actor_id", "at"], name="event_actor_at"),
            models.Index(fields=["organisation_id", "at"], name="event_organisation_at"),
            BrinIndex(fields=["at"], name="event_at_brin"),
            # Rare, and asked for over all that came since a day: who was in a space then and has left.
            models.Index(
                fields=["at"],
                condition=Q(verb="community.space_left"),
                name="event_space_left",
            ),
            # Rare too, and asked for at each post: who was called in it.
            models.Index(
                fields=["post_id"],
                condition=Q(verb="community.person_mentioned"),
                name="event_mention",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} #{self.pk}"


# Before every event, also before those a restored backup has moved below zero.
BEGINNING = -(2**62)


class Cursor(models.Model):
    """How far a reader has read, in (txid, id) order."""

    reader = models.CharField(max_length=80, primary_key=True)
    txid = models.BigIntegerField(default=BEGINNING)
    event_id = models.BigIntegerField(default=0)
    # The event the reader stumbles over now, and how often it has tried.
    failing_event_id = models.BigIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.reader} at {self.txid}/{self.event_id}"

    @property
    def position(self) -> tuple[int, int]:
        return self.txid, self.event_id


class ParkedEvent(models.Model):
    """An event that a reader failed on five times; kept for the administrator."""

    reader = models.CharField(max_length=80)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="parked")
    error = models.TextField()
    parked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "event"], name="parked_once")]

    def __str__(self) -> str:
        return f"{self.reader}: event {self.event_id}"


class Delivery(models.Model):
    """Something that leaves the house: claimed with a lease, sent, marked."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        DROPPED = "dropped"
        FAILED = "failed"

    kind = models.CharField(max_length=40)
    # The same thing is never sent twice; the key also makes the Message-ID.
    key = models.CharField(max_length=160, unique=True)
    recipient_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(db_default=Now())
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["recipient_id", "-created_at"], name="delivery_of_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Tick(models.Model):
    """The last time a scheduled process was seen alive."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField(default=None, null=True)

    def __str__(self) -> str:
        return self.name
