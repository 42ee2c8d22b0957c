from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Sum

from community.models import Post
from events.models import Event
from events.recording import record
from gamification.definitions import RELEVANT_ANSWER
from gamification.evidence import KeptAnswer, Pair, recognised_answers
from gamification.models import Grant, PointEntry, Recognition
from people.models import Standing


@transaction.atomic
def settle(pair: Pair, *, events: Sequence[Event]) -> None:
    """Give what the two deserve by each other's questions now, take back what they do not.

    `events` are what made it worth looking. Doing it twice changes nothing.
    """
    recognition = Recognition.objects.filter(pk=RELEVANT_ANSWER, active=True).first()
    if recognition is None:
        return
    deserved = {answer.evidence: answer for answer in recognised_answers(pair)}
    held = {given.evidence: given for given in _held(recognition, pair)}
    cause = defaultdict(lambda: events[-1], {f"post:{event.post_id}": event for event in events})
    for evidence in deserved.keys() - held.keys():
        held[evidence] = _grant(recognition, deserved[evidence], cause[evidence])
    balances = _balances(recognition, held)
    for evidence, given in sorted(held.items()):
        if evidence not in deserved:
            _enter(given, cause[evidence], -balances.get(evidence, 0))
            _tell("gamification.recognition_revoked", given, cause[evidence])
            given.delete()
        elif not balances.get(evidence):
            _enter(given, cause[evidence], recognition.points)
    if held.keys() - deserved.keys() or balances.keys() != held.keys():
        for person in pair.people:
            show_latest(person)


def _balances(recognition: Recognition, held: Mapping[str, Grant]) -> dict[str, int]:
    """What the ledger gives for each piece of evidence, all lines together."""
    people = {given.user_id for given in held.values()}
    lines = PointEntry.objects.filter(recognition=recognition, user__in=people, evidence__in=held)
    return dict(lines.order_by().values_list("evidence").annotate(Sum("points")))


def _held(recognition: Recognition, pair: Pair) -> list[Grant]:
    grants = list(Grant.objects.filter(recognition=recognition, user__in=pair.people).select_related("user"))
    posts = Post.objects.filter(
        pair.between("author", "thread__author"), pk__in=[one.post_id for one in grants]
    )
    between = set(posts.values_list("pk", flat=True))
    return [one for one in grants if one.post_id in between]


def _grant(recognition: Recognition, answer: KeptAnswer, event: Event) -> Grant:
    given = Grant.objects.create(
        user_id=answer.author_id,
        recognition=recognition,
        evidence=answer.evidence,
        event_id=event.pk,
        space_id=answer.space_id,
        granted_at=answer.at,
    )
    _tell("gamification.recognition_granted", given, event)
    return given


def show_latest(user_id: int) -> None:
    """Write the last recognition a person still holds where every author chip finds it."""
    held = Grant.objects.filter(user=user_id, recognition__active=True).order_by("-granted_at", "-pk")
    code = held.values_list("recognition", flat=True).first()
    Standing.objects.filter(user=user_id).update(recognition=code or "")


def _enter(given: Grant, event: Event, points: int) -> None:
    if not points:
        return
    PointEntry.objects.create(
        user_id=given.user_id,
        recognition_id=given.recognition_id,
        evidence=given.evidence,
        points=points,
        event_id=event.pk,
        at=event.at,
    )


def _tell(verb: str, given: Grant, event: Event) -> None:
    # What is granted again, because its rows were lost, the log has already heard of.
    key = f"{verb}:{event.pk}:{given.recognition_id}:{given.evidence}"
    if not Event.objects.filter(key=key).exists():
        record(
            verb,
            actor=None,
            subject=given.user,
            organisation_id=given.user.organisation_id,
            space_id=given.space_id,
            thread_id=event.thread_id,
            post_id=given.post_id,
            data={"recognition": given.recognition_id},
            at=event.at,
            key=key,
        )
