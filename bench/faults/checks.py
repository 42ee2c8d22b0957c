"""The journal against the rows: what was acknowledged is there, once; what is derived equals what is counted anew."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models, transaction

from bench.faults.journal import Act, Journal
from bench.faults.mailbox import Mailbox
from community.models import Attachment, Draft, Post, Reaction, ReadState
from courses.models import Answer, Progress
from events import reading
from events.deliveries import message_id
from events.models import Delivery
from lms.integrity import DRIFT_OF, differing_rows

# What readers of the log make of it alone; a column that holds when the reader came by is not compared. Notices
# also depend on who watched and read at the time: they are counted by `NOTICES`.
REREAD = ("gamification.recognition", "courses.completion", "analytics.days")
DERIVED = {
    "gamification.Grant": {"granted_at"},
    "gamification.PointEntry": {"at"},
    "courses.Progress": {"opened_at", "completed_at", "heard_at"},
}
FIGURES = ("LearnerDay", "SpaceDay", "AnonymousDay", "ThreadFact", "CompletionDay", "Seat", "ActivityBlock")
# One statement sees one moment: these hold at any time, not only when all is quiet.
COUNTERS = DRIFT_OF["community"] | {
    "numbers of posts left out": """
        SELECT t.id FROM community_thread t WHERE last_number <> (
        SELECT count(*) FROM community_post WHERE thread_id = t.id)""",
    "events of posts": """
        SELECT p.id FROM community_post p WHERE key IS NOT NULL AND 1 <> (
        SELECT count(*) FROM events_event WHERE verb = 'community.post_written' AND post_id = p.id)""",
}
NOTICES = {
    "notices given twice": DRIFT_OF["notifications"]["notices of one event given twice"],
    # Whoever watched before the post came and has not read that far was told of it.
    "notices missing": """
        SELECT e.id FROM events_event e
        JOIN community_watch w ON w.thread_id = e.thread_id AND NOT w.muted AND w.created_at < e.at
        JOIN community_post p ON p.id = e.post_id
        LEFT JOIN community_readstate r ON r.thread_id = e.thread_id AND r.user_id = w.user_id
        WHERE e.verb = 'community.post_written' AND w.user_id <> e.actor_id
        AND coalesce(r.last_number, 0) < p.number AND NOT EXISTS (
            SELECT 1 FROM notifications_notification n WHERE n.user_id = w.user_id
            AND n.thread_id = e.thread_id AND n.event_ids @> to_jsonb(e.id))""",
}


@dataclass
class Found:
    lost: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    drift: dict[str, int] = field(default_factory=dict)


class Acknowledged:
    """The acknowledged acts of each kind at one moment."""

    def __init__(self, journal: Journal) -> None:
        self.acts: dict[str, list[Act]] = defaultdict(list)
        for act in list(journal.acts):
            if act.acknowledged is not None:
                self.acts[act.kind].append(act)

    def of(self, kind: str) -> list[Act]:
        return self.acts[kind]


def check_journal(journal: Journal, academy: Any) -> Found:
    """Everything acknowledged so far; may run while people work."""
    found = Found()
    # What counts as acknowledged is settled before a row is read: what is acknowledged meanwhile comes next time.
    before = Acknowledged(journal)
    for check in (posts, answers, likes, drafts, watching, readings, uploads):
        check(journal, before, academy, found)
    found.drift = counted_wrong(COUNTERS)
    return found


def counted_wrong(queries: dict[str, str]) -> dict[str, int]:
    return {what: drift for what, query in queries.items() if (drift := differing_rows(what, query).drift)}


def posts(journal: Journal, before: Acknowledged, academy: Any, found: Found) -> None:
    """By their words, which name the key that was sent: the row keeps that of the person and the act."""
    acknowledged = {act.facts["body"] for act in before.of("post")}
    sent = {act.facts["body"]: act for act in journal.of("post")}
    rows = Post.objects.filter(body__startswith="Text ").values_list("body", "thread_id", "author_id")
    times: Counter[str] = Counter()
    right = set()
    for body, thread, author in rows:
        times[body] += 1
        act = sent.get(body)
        if act and (thread, author) == (act.facts["thread"], academy.people[act.person]):
            right.add(body)
    found.lost |= {f"post {sent[body].facts['key']}" for body in acknowledged - right}
    found.doubled |= {body for body, number in times.items() if number > 1}


def answers(journal: Journal, before: Acknowledged, academy: Any, found: Found) -> None:
    rows: Counter[tuple[int, int]] = Counter()
    for person, question, options in Answer.objects.values_list(
        "attempt__enrolment__user", "question", "options"
    ):
        rows[person, question] += options == [dict(academy.questions)[question]]
    acknowledged = Counter(_of(academy, act, "question") for act in before.of("answer"))
    tried = Counter(_of(academy, act, "question") for act in journal.of("answer"))
    found.lost |= {f"answer {key}" for key, times in acknowledged.items() if rows[key] < times}
    found.doubled |= {f"answer {key}" for key, times in rows.items() if times > tried[key]}


def likes(journal: Journal, before: Acknowledged, academy: Any, found: Found) -> None:
    last = {_of(academy, act, "post"): act for act in before.of("like")}
    there = Counter(Reaction.objects.filter(kind="useful").values_list("user_id", "post_id"))
    newest = {_of(academy, act, "post"): act for act in journal.of("like")}
    for key, act in last.items():
        # One that is being taken back at this moment may stand either way.
        if newest[key] is act and there[key] != int(act.facts["on"]):
            (found.doubled if there[key] > 1 else found.lost).add(f"mark {key}")


def drafts(journal: Journal, before: Acknowledged, academy: Any, found: Found) -> None:
    """The newest acknowledged draft, or a newer one that was sent: never an older one."""
    kept = {
        person: (sequence, body)
        for person, sequence, body in Draft.objects.filter(place=f"thread:{academy.drafts}").values_list(
            "user_id", "sequence", "body"
        )
    }
    bodies = {
        (academy.people[act.person], act.facts["sequence"]): act.facts["body"] for act in journal.of("draft")
    }
    newest: dict[int, int] = {}
    for act in before.of("draft"):
        person = academy.people[act.person]
        newest[person] = max(newest.get(person, 0), act.facts["sequence"])
    for person, sequence in newest.items():
        stored, body = kept.get(person, (-1, ""))
        if stored < sequence or bodies.get((person, stored)) != body:
            found.lost.add(f"draft of {person}")


def watching(journal: Journal, before: Acknowledged, academy: Any, found: Found) -> None:
    stored = dict(Progress.objects.filter(module=academy.video).values_list("enrolment__user_id", "coverage"))
    for act in before.of("watch"):
        if stored.get(academy.people[act.person], -1) < act.found["coverage"] - 1e-9:
            found.lost.add(f"watching of {act.person}")


def readings(journal: Journal, before: Acknowledged, academy: Any, found: Found) -> None:
    stored = {
        (person, thread): number
        for person, thread, number in ReadState.objects.values_list("user_id", "thread_id", "last_number")
    }
    for act in before.of("read"):
        if stored.get(_of(academy, act, "thread"), 0) < act.found["number"]:
            found.lost.add(f"reading of {act.person} in {act.facts['thread']}")


def uploads(journal: Journal, before: Acknowledged, academy: Any, found: Found) -> None:
    rows = Counter(Attachment.objects.values_list("name", "size"))
    for act in before.of("upload"):
        if rows[act.facts["name"], act.facts["size"]] != 1:
            found.lost.add(f"file {act.facts['name']}")
    cut = {act.facts["name"] for act in journal.of("cut upload")}
    found.doubled |= {f"half a file: {name}" for name, _size in rows if name in cut}
    for attachment in Attachment.objects.all():
        if not attachment.file.storage.exists(attachment.file.name):
            found.lost.add(f"file {attachment.name}")


def files_without_rows(media: Path) -> int:
    known = set(Attachment.objects.values_list("file", flat=True))
    return sum(1 for path in media.rglob("*") if path.is_file() and str(path.relative_to(media)) not in known)


def mails(journal: Journal, mailbox: Mailbox) -> Found:
    """Each one asked for has come under an id of its own, and no more ids than were asked for."""
    found = Found()
    asked = Counter(act.facts["address"] for act in journal.of("mail"))
    acknowledged = Counter(act.facts["address"] for act in journal.acknowledged("mail"))
    for address in asked:
        from_here = {number for number in mailbox.received[address] if number in mailbox.resets}
        if len(from_here) < acknowledged[address]:
            found.lost.add(f"mail to {address}")
        if len(from_here) > asked[address]:
            found.doubled.add(f"mail to {address}")
    sent = {
        message_id(key)
        for key in Delivery.objects.filter(state=Delivery.State.SENT).values_list("key", flat=True)
    }
    known = {message_id(key) for key in Delivery.objects.values_list("key", flat=True)}
    found.lost |= {f"mail {number} marked as sent" for number in sent - mailbox.ids.keys()}
    found.doubled |= {f"mail {number} of no delivery" for number in mailbox.ids.keys() - known}
    return found


def derived_drift() -> dict[str, int]:
    """Rows that differ between what the readers made under fire and what they make of the log in peace."""
    before = {name: rows_of(name, without) for name, without in DERIVED.items()}
    for name in REREAD:
        reading.rebuild(reading.READERS[name])
    return _differences(before, {name: rows_of(name, without) for name, without in DERIVED.items()})


def figures_drift() -> dict[str, int]:
    """The same for the figures: days rebuilt as they were marked, against all of them rebuilt at once."""
    from analytics import days
    from analytics.rollups import rebuilding
    from people.models import Organisation

    rebuilding.rebuild_dirty()
    names = [f"analytics.{name}" for name in FIGURES]
    before = {name: rows_of(name, set()) for name in names}
    for organisation in Organisation.objects.all():
        rebuilding.rebuild(organisation, rebuilding.first_day(organisation), days.today(organisation))
    return _differences(before, {name: rows_of(name, set()) for name in names})


def rows_of(name: str, without: Iterable[str]) -> Counter[str]:
    model = apps.get_model(name)
    columns = [
        one.attname
        for one in model._meta.concrete_fields
        if not isinstance(one, models.AutoField) and one.attname not in without
    ]
    with transaction.atomic():
        return Counter(repr(row) for row in model._default_manager.values_list(*columns))


def _differences(before: dict[str, Counter[str]], after: dict[str, Counter[str]]) -> dict[str, int]:
    wrong = {name: ((before[name] - after[name]) + (after[name] - before[name])).total() for name in before}
    return {name: number for name, number in wrong.items() if number}


def _of(academy: Any, act: Act, fact: str) -> tuple[int, int]:
    return academy.people[act.person], act.facts[fact]
