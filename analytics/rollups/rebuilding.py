"""Rebuild days: delete and insert, one rebuild of a week at a time, and no mark lost."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from analytics import days
from analytics.measures import SIGNATURE
from analytics.models import BuiltDay, DirtyDay
from analytics.rollups import completion_days, index_blocks, learner_days, space_days, thread_facts
from events.models import Event
from events.verbs import PARTICIPATIONS, PRESENCE
from people.models import Organisation


@dataclass
class Acts:
    """What has changed on a day on which people only did something: rosters and completions are as they were."""

    # Those whose own rows alone have changed; None: anybody's.
    people: set[int] | None = None
    # Else what was said in spaces, and what became of questions, is as it was too.
    said: bool = True

    @property
    def named(self) -> list[int] | None:
        return None if self.people is None else sorted(self.people)


NO_ACTS: Mapping[date, Acts] = MappingProxyType({})
# More than these on one day, and counting everybody in one go costs less.
PEOPLE_AT_MOST = 1_000


def mark(organisation_id: int, dirty: Iterable[date], *, acts: Mapping[date, Acts] = NO_ACTS) -> None:
    """Ask for a rebuild of these days, and of those with `acts` as far as these go. A day that is being rebuilt at
    this moment is rebuilt once more."""
    rows: list[dict[str, Any]] = [
        {"day": day, "roster": False, "said": of_day.said, "people": of_day.named}
        for day, of_day in acts.items()
    ]
    rows += [{"day": day, "roster": True, "said": True} for day in set(dirty)]
    if not rows:
        return
    # The mark is the transaction that left it: another one differs, and marking twice in the same writes once.
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO analytics_dirtyday AS marked (organisation_id, day, mark, roster, said, people)
               SELECT DISTINCT ON (day) %s, day, pg_current_xact_id()::text::bigint, roster, said, people
               FROM jsonb_to_recordset(%s) AS asked (day date, roster boolean, said boolean, people bigint[])
               ORDER BY day, roster DESC
               ON CONFLICT ON CONSTRAINT dirty_day_once DO UPDATE SET
                   mark = excluded.mark, roster = marked.roster OR excluded.roster,
                   said = marked.said OR excluded.said, people = CASE
                       WHEN cardinality(marked.people) + cardinality(excluded.people) <= %s
                       THEN ARRAY(SELECT DISTINCT unnest(marked.people || excluded.people))
                   END
               WHERE marked.mark <> excluded.mark OR marked.roster < excluded.roster
                  OR marked.said < excluded.said
                  OR NOT coalesce(excluded.people <@ marked.people, marked.people IS NULL)""",
            [organisation_id, json.dumps(rows, default=str), PEOPLE_AT_MOST],
        )


def rebuild_dirty(limit: int = 500) -> int:
    """Rebuild the days that are marked, oldest mark first; the number of days rebuilt."""
    # Read before the figures are: whoever marks a day from here on changes its mark, and the row stays.
    marked = DirtyDay.objects.order_by("marked_at", "day")
    columns = "pk", "organisation_id", "day", "mark", "roster", "people", "said"
    seen: list[Any] = list(marked.values(*columns)[:limit])
    weeks: dict[tuple[int, date], list[dict[str, Any]]] = defaultdict(list)
    for row in seen:
        weeks[row["organisation_id"], days.monday(row["day"])].append(row)
    organisations = Organisation.objects.in_bulk({organisation for organisation, _ in weeks})
    for (organisation, _monday), rows in weeks.items():
        with transaction.atomic():
            dates = sorted(row["day"] for row in rows)
            # Seen without the roster and marked with it meanwhile: its mark differs, and it is rebuilt once more.
            acts = {
                row["day"]: Acts(None if row["people"] is None else set(row["people"]), row["said"])
                for row in rows
                if not row["roster"]
            }
            _rebuild_week(organisations[organisation], dates, acts=acts)
            for row in rows:
                DirtyDay.objects.filter(pk=row["pk"], mark=row["mark"]).delete()
    return len(seen)


def rebuild(organisation: Organisation, first: date, last: date) -> int:
    """Rebuild every day from the first to the last, whatever is marked."""
    weeks: dict[date, list[date]] = defaultdict(list)
    for day in days.each_day(first, last):
        weeks[days.monday(day)].append(day)
    for dates in weeks.values():
        with transaction.atomic():
            _rebuild_week(organisation, dates, whole=True)
    return sum(map(len, weeks.values()))


def _rebuild_week(
    organisation: Organisation,
    dates: list[date],
    *,
    acts: Mapping[date, Acts] = NO_ACTS,
    whole: bool = False,
) -> None:
    """Days of one week, then the week of what they changed, or of everything (`whole`).

    On the days of `acts`, that alone has changed since they were built.
    Two rebuilds of a week would each miss the other's days: one waits for the other.
    """
    monday = days.monday(dates[0])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('analytics.week'), hashtext(%s))",
            [f"{organisation.pk} {monday}"],
        )
        # A hundred thousand people are sorted in memory instead of on disk.
        cursor.execute("SET LOCAL work_mem = '64MB'")
    built = BuiltDay.objects.filter(organisation=organisation, day__in=acts, measures=SIGNATURE)
    repaired = set(built.values_list("day", flat=True))
    changed: set[index_blocks.BlockKey] = set()
    for day in dates:
        of_day = acts[day] if day in repaired else Acts()
        # The answer to a question of this day, or what may be said again on it, changes nothing that was said then.
        spoke = of_day.said and learner_days.has_words_of(organisation, day, of_day.named)
        acted = learner_days.rebuild(organisation, day, of_day.named, spoke=spoke)
        if of_day.said:
            thread_facts.rebuild(organisation, day)
        if spoke:
            space_days.rebuild(organisation, day)
        else:
            space_days.count_learners(organisation, day, {space for _user, space in acted if space})
        if day in repaired:
            changed |= index_blocks.repair_day(organisation, day, acted)
        else:
            # It gives everybody the seat that the enrolments are kept by.
            changed |= index_blocks.rebuild_day(organisation, day)
            completion_days.rebuild(organisation, day)
    if whole:
        changed |= index_blocks.keys_of_week(organisation, monday)
    index_blocks.rebuild_week(organisation, monday, changed)
    BuiltDay.objects.bulk_create(
        [BuiltDay(organisation=organisation, day=day, built_at=Now(), measures=SIGNATURE) for day in dates],
        update_conflicts=True,
        unique_fields=["organisation", "day"],
        update_fields=["built_at", "measures"],
    )


def first_day(organisation: Organisation) -> date:
    """The day somebody first did something: before it there is nothing to count, whoever was enrolled."""
    acts = Event.objects.filter(organisation_id=organisation.pk, verb__in=PRESENCE | PARTICIPATIONS)
    first = acts.order_by("at").values_list("at", flat=True).first()
    return days.civil_day(first, organisation.zone) if first else days.today(organisation)


def mark_missing_days() -> int:
    """Mark the days that have no figures yet, today among them (a day without events has its roster too), and
    those built before a measure was added or changed."""
    marked = 0
    for organisation in Organisation.objects.all():
        days_built = BuiltDay.objects.filter(organisation=organisation, measures=SIGNATURE)
        built = set(days_built.values_list("day", flat=True))
        every = days.each_day(first_day(organisation), days.today(organisation))
        missing = [day for day in every if day not in built]
        mark(organisation.pk, missing)
        marked += len(missing)
    return marked
