"""How many questions find an accepted answer: M11, from the facts of the questions asked in the period."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from analytics.metrics.answers import ASKERS, asker_apart, few_askers, few_old_questions, questions_asked
from analytics.metrics.base import Facts, FactsKey, ReportQuery, Unit, Value, Words, metric
from analytics.metrics.participation import share
from analytics.models import ShownGroup

MATURE_AFTER = timedelta(days=7)
ACCEPTED = """
    SELECT unit_id, {asker} AS asker, day >= %(first)s AS is_current, {askers}, count(*), count(accepted_at)
    FROM analytics_threadfact WHERE {where} AND asked_at <= %(now)s - %(mature_after)s
    GROUP BY 1, 2, 3"""


@dataclass
class Acceptances(Facts):
    """Questions of seven days or more, and those of them with an accepted answer."""

    mature: int = 0
    accepted: int = 0
    askers: set[int | None] = field(default_factory=set)
    figures = ShownGroup.Figures.QUESTIONS

    @classmethod
    def read(cls, query: ReportQuery) -> tuple[dict[FactsKey, Acceptances], dict[FactsKey, Acceptances]]:
        current: dict[FactsKey, Acceptances] = defaultdict(Acceptances)
        before: dict[FactsKey, Acceptances] = defaultdict(Acceptances)
        where, parameters = questions_asked(query)
        with connection.cursor() as cursor:
            sql = ACCEPTED.format(asker=asker_apart(query), askers=ASKERS, where=where)
            cursor.execute(sql, parameters | {"mature_after": MATURE_AFTER})
            for unit, asker, is_current, askers, mature, accepted in cursor.fetchall():
                (current if is_current else before)[unit, asker] = Acceptances(mature, accepted, set(askers))
        return current, before

    def add(self, other: Acceptances) -> None:
        self.mature += other.mature
        self.accepted += other.accepted
        self.askers |= other.askers


def accepted_rate(facts: Acceptances, *, k: int) -> Value:
    if facts.mature < k:
        return Value(n=facts.mature, reason=few_old_questions(k))
    if len(facts.askers) < k:
        return Value(n=facts.mature, reason=few_askers(k))
    return share(facts.accepted, facts.mature, k=k)


metric(
    "M11",
    1,
    question=_("How many questions find an answer that is accepted?"),
    formula=accepted_rate,
    edge_cases=_(
        "An acceptance that is taken back no longer counts. Accepting one's own answer, or one that has been "
        "removed since, does not count."
    ),
    words=Words(
        name=_("Questions with an accepted answer"),
        definition=_(
            "Share of the questions of which the asker or a trainer has accepted an answer by somebody else. "
            "Only questions of seven days or more are counted."
        ),
        population=_("Questions that learners asked in the period and that are still published."),
    ),
    facts=Acceptances,
    unit=Unit.SHARE,
)
