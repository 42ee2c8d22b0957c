from django.db import transaction

from events.models import Event
from events.recording import record
from gamification.models import Grant, PointEntry, Recognition
from people.models import Standing, User


@transaction.atomic
def grant(code: str, *, user_id: int, evidence: str, event: Event) -> None:
    """Recognise a person for a piece of evidence; the same event counts once, the same evidence too."""
    recognition = Recognition.objects.filter(pk=code, active=True).first()
    user = User.objects.filter(pk=user_id, anonymised_at=None).first()
    if recognition is None or user is None:
        return
    given, created = Grant.objects.get_or_create(
        user=user,
        recognition=recognition,
        evidence=evidence,
        defaults={"event_id": event.pk, "space_id": event.space_id, "granted_at": event.at},
    )
    if created:
        _enter(recognition, given, event, recognition.points)
        _tell("gamification.recognition_granted", given, user, event)


@transaction.atomic
def revoke(code: str, *, user_id: int, evidence: str, event: Event) -> None:
    """What was recognised no longer holds: the grant goes, the ledger takes back what it gave."""
    given = (
        Grant.objects.filter(recognition=code, user=user_id, evidence=evidence)
        .select_related("recognition", "user")
        .first()
    )
    if given is None:
        return
    points = PointEntry.objects.get(event_id=given.event_id, user=user_id, recognition=code).points
    _enter(given.recognition, given, event, -points)
    _tell("gamification.recognition_revoked", given, given.user, event)
    given.delete()
    show_latest(user_id)


def show_latest(user_id: int) -> None:
    """Write the last recognition a person still holds where every author chip finds it."""
    held = Grant.objects.filter(user=user_id, recognition__active=True).order_by("-granted_at", "-pk")
    code = held.values_list("recognition", flat=True).first()
    Standing.objects.filter(user=user_id).update(recognition=code or "")


def forget_everything() -> None:
    """Before a rebuild: grants and ledger are read again from the log."""
    Grant.objects.all().delete()
    PointEntry.objects.all().delete()
    Standing.objects.exclude(recognition="").update(recognition="")


def _enter(recognition: Recognition, given: Grant, event: Event, points: int) -> None:
    PointEntry.objects.create(
        user_id=given.user_id,
        recognition=recognition,
        evidence=given.evidence,
        points=points,
        event_id=event.pk,
        at=event.at,
    )
    show_latest(given.user_id)


def _tell(verb: str, given: Grant, user: User, event: Event) -> None:
    # A rebuild grants again what the log has already heard of.
    key = f"{verb}:{event.pk}:{given.recognition_id}"
    if not Event.objects.filter(key=key).exists():
        record(
            verb,
            actor=None,
            subject=user,
            organisation_id=user.organisation_id,
            space_id=event.space_id,
            thread_id=event.thread_id,
            post_id=event.post_id,
            data={"recognition": given.recognition_id},
            at=event.at,
            key=key,
        )
