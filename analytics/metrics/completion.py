"""Who finished what they are enrolled in: M21."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from analytics import bitmaps
from analytics.bitmaps import Slices
from analytics.metrics.base import Facts, FactsKey, ReportQuery, Unit, Value, Words, metric
from analytics.metrics.participation import share, too_few
from analytics.models import ActivityBlock, CompletionDay, ShownGroup
from core.prepared import AnyOf, prepared


@dataclass
class Enrolments(Facts):
    """Enrolments at the end of a period, and those of them that are completed: a number of each person."""

    numbers: Slices = field(default_factory=list)
    completed: Slices = field(default_factory=list)
    figures = ShownGroup.Figures.ENROLMENTS

    @classmethod
    def read(cls, query: ReportQuery) -> tuple[dict[FactsKey, Enrolments], dict[FactsKey, Enrolments]]:
        """At the end of the period and of the one before it; nothing for a space."""
        current: dict[FactsKey, Enrolments] = {}
        before: dict[FactsKey, Enrolments] = {}
        scope = query.scope
        if scope.kind == ActivityBlock.Scope.SPACE:
            return current, before
        ends = {query.period.last: current, query.period.preceding.last: before}
        organisation, days = query.organisation.pk, list(ends)
        if scope.kind == ActivityBlock.Scope.SESSION:
            rows = _of_session(organisation, days, session=scope.id)
        else:
            rows = _of_course(organisation, days, course=scope.id)
        for day, unit, *packed in rows:
            ends[day][unit, None] = Enrolments(*(bitmaps.Unpacker(data).slices() for data in packed))
        return current, before

    def add(self, other: Enrolments) -> None:
        self.numbers = bitmaps.added(self.numbers, other.numbers)
        self.completed = bitmaps.added(self.completed, other.completed)

    def among(self, people: int) -> Enrolments:
        return Enrolments(bitmaps.among(self.numbers, people), bitmaps.among(self.completed, people))

    @property
    def people(self) -> int:
        return bitmaps.anyone(self.numbers)


@prepared
def _of_session(organisation: int, days: list[date], session: int) -> QuerySet:
    return _completions(organisation, days).filter(session_id=session)


@prepared
def _of_course(organisation: int, days: list[date], course: int) -> QuerySet:
    """Course 0: all of them."""
    return _completions(organisation, days).filter(session_id=0, course_id=course)


def _completions(organisation: int, days: list[date]) -> QuerySet:
    at = AnyOf("day", days)
    rows = CompletionDay.objects.filter(at, organisation=organisation)
    return rows.values_list("day", "unit_id", "enrolled_people", "completed_people")


def completion_rate(enrolments: Enrolments, *, k: int) -> Value:
    people = enrolments.people
    number = bitmaps.total(enrolments.numbers, people)
    if people.bit_count() < k:
        return Value(n=number, reason=too_few(k))
    # Nobody has fewer enrolments than one.
    return share(bitmaps.total(enrolments.completed, people), number, k=k)


COMPLETION = metric(
    "M21",
    1,
    question=_("How many enrolments are completed?"),
    formula=completion_rate,
    edge_cases=_("A learner enrolled in two courses counts twice."),
    words=Words(
        name=_("Completion"),
        definition=_(
            "On the last day of the period, share of the current enrolments whose mandatory modules are all done, "
            "in the version of the course the learner enrolled on."
        ),
        population=_(
            "Enrolments of at least seven days on that day, or already completed. Those who left are not counted "
            "from the day after."
        ),
    ),
    facts=Enrolments,
    unit=Unit.SHARE,
)
