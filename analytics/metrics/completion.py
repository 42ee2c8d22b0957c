"""Who finished what they are enrolled in: M21."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from analytics.metrics.base import Facts, ReportQuery, Unit, Value, Words, metric
from analytics.metrics.participation import share, too_few
from analytics.models import ActivityBlock, CompletionDay
from core.prepared import AnyOf, prepared


@dataclass
class Enrolments(Facts):
    """Enrolments at the end of a period."""

    learners: int = 0
    number: int = 0
    completed: int = 0
    recent: int = 0

    @classmethod
    def read(cls, query: ReportQuery) -> tuple[dict[int, Enrolments], dict[int, Enrolments]]:
        """At the end of the period and of the one before it; nothing for a space."""
        current: dict[int, Enrolments] = defaultdict(Enrolments)
        before: dict[int, Enrolments] = defaultdict(Enrolments)
        scope = query.scope
        if scope.kind == ActivityBlock.Scope.SPACE:
            return current, before
        ends = {query.period.last: current, query.period.preceding.last: before}
        organisation, days = query.organisation.pk, list(ends)
        if scope.kind == ActivityBlock.Scope.SESSION:
            rows = _of_session(organisation, days, session=scope.id)
        else:
            rows = _of_course(organisation, days, course=scope.id)
        for day, unit, *numbers in rows:
            ends[day][unit] = Enrolments(*numbers)
        return current, before

    def add(self, other: Enrolments) -> None:
        self.learners += other.learners
        self.number += other.number
        self.completed += other.completed
        self.recent += other.recent


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
    return rows.values_list("day", "unit_id", "learners", "enrolments", "completed", "recent")


def completion_rate(enrolments: Enrolments, *, k: int) -> Value:
    if enrolments.learners < k:
        return Value(n=enrolments.number, reason=too_few(k))
    # Nobody has fewer enrolments than one.
    return share(enrolments.completed, enrolments.number, k=k)


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
