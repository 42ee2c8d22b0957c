"""Bringing the log of another LMS in: each line becomes one event at its own time, found again by its key."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import override

from analytics.formats.activity_csv import Activity, read
from core.importing import RefusedItem, Report, batches
from events.models import Event
from events.recording import BATCH, record_many
from people.importing import Progress, silent
from people.models import Organisation, Profile, Standing, User

OTHER = "analytics.activity_imported"
# Only what means the same here. (component or None for any, name of the event) in English and French.
VERBS: dict[tuple[str | None, str], str] = {
    (None, "course module viewed"): "courses.module_opened",
    (None, "module de cours consulté"): "courses.module_opened",
    ("forum", "discussion viewed"): "community.thread_opened",
    ("forum", "discussion consultée"): "community.thread_opened",
    ("forum", "discussion created"): "community.thread_started",
    ("forum", "discussion créée"): "community.thread_started",
    ("forum", "post created"): "community.post_written",
    ("forum", "message créé"): "community.post_written",
    ("quiz", "quiz attempt started"): "courses.attempt_started",
    ("test", "tentative de test commencée"): "courses.attempt_started",
    ("quiz", "quiz attempt submitted"): "courses.attempt_finished",
    ("test", "tentative de test envoyée"): "courses.attempt_finished",
}


@dataclass
class Import:
    organisation: Organisation
    report: Report
    seen: Counter[str] = field(default_factory=Counter)
    verbs: Counter[str] = field(default_factory=Counter)


def verb_of(activity: Activity) -> str:
    name = activity.name.lower()
    return VERBS.get((activity.component.lower(), name)) or VERBS.get((None, name), OTHER)


def import_activity(
    path: Path, *, organisation: Organisation, zone: ZoneInfo, report: Report, progress: Progress = silent
) -> Counter[str]:
    """Record each line as an event of a learner of `organisation`; must run in a transaction.

    Times without a zone are read in `zone`. What has no equal here keeps its own words under
    analytics.activity_imported. Returns how many lines went to each verb. Raises Refused for a file that is no log.
    """
    run = Import(organisation, report)
    activities: list[Activity] = []
    for item in read(path, zone):
        if isinstance(item, RefusedItem):
            report.refuse(_("log lines"), item)
        else:
            activities.append(item)
    people = _people(run, activities)
    done = 0
    for batch in batches(activities, BATCH * 5):
        made = record_many(_event(run, activity, people[activity.user]) for activity in batch)
        report.take(_("log lines"), made=made, there=len(batch) - made)
        done += len(batch)
        progress(_("log lines"), done, len(activities))
    ambiguous = sum(activity.ambiguous for activity in activities)
    if ambiguous:
        report.differences[
            _("in the hour that exists twice when clocks go back: its first passage was taken")
        ] = ambiguous
    report.differences[_("kept in their own words: they have no equal here")] = run.verbs[OTHER]
    report.differences = +report.differences
    return run.verbs


def _people(run: Import, activities: Iterable[Activity]) -> dict[str, User]:
    """The learner of each name in the log: an account of theirs, or a new one they cannot sign in to yet."""
    first: dict[str, datetime] = {}
    for activity in activities:
        first[activity.user] = min(first.get(activity.user, activity.at), activity.at)
    names = {name[:150]: name for name in first}
    people: dict[str, User] = {}
    for user in run.organisation.users.filter(external_id__in=[*names, *(f"log:{name}" for name in names)]):
        people[names[(user.external_id or "").removeprefix("log:")]] = user
    new = {name: _account(run, name, first[name]) for name in sorted(first.keys() - people.keys())}
    run.report.take(_("learners"), made=len(new), there=len(people))
    User.objects.bulk_create(new.values(), batch_size=500)
    Profile.objects.bulk_create([Profile(user=user) for user in new.values()], batch_size=500)
    Standing.objects.bulk_create([Standing(user=user) for user in new.values()], batch_size=500)
    return people | new


def _account(run: Import, name: str, joined_at: datetime) -> User:
    organisation = run.organisation
    with override(organisation.language):
        # A code is not what a person is called; a name of several words is.
        called = name if " " in name else _("Learner %(code)s") % {"code": name}
    user = User(
        organisation=organisation,
        email=None,
        handle=f"log-{organisation.pk}-{hashlib.sha256(name.encode()).hexdigest()[:12]}",
        name=called[:120],
        language=organisation.language,
        time_zone=organisation.time_zone,
        joined_at=joined_at,
        external_id=f"log:{name[:150]}",
    )
    user.set_unusable_password()
    return user


def _event(run: Import, activity: Activity, user: User) -> Event:
    words = (
        activity.user,
        activity.written,
        activity.context,
        activity.component,
        activity.name,
        activity.action,
    )
    digest = hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:40]
    # Two lines that say exactly the same are two events, in this run and in the next one.
    run.seen[digest] += 1
    verb = verb_of(activity)
    run.verbs[verb] += 1
    return Event(
        verb=verb,
        at=activity.at,
        actor_id=user.pk,
        role=Event.Role.LEARNER,
        organisation_id=run.organisation.pk,
        subject_type="imported",
        key=f"import:log:{run.organisation.pk}:{digest}:{run.seen[digest]}",
        data={
            "imported": True,
            "component": activity.component,
            "name": activity.name,
            "context": activity.context,
            "action": activity.action,
        },
    )
