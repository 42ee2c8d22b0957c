"""How long questions wait: M09 and M10, computed on the questions asked in the period."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics import bitmaps
from analytics.metrics import formulas
from analytics.metrics.base import Facts, FactsKey, ReportQuery, Unit, Value, Words, metric
from analytics.models import ActivityBlock, ShownGroup
from courses.models import Session

MATURITIES = {"24h": timedelta(hours=24), "72h": timedelta(hours=72), "7d": timedelta(days=7)}
# Waits are read to the minute up to two hours, to five minutes up to a day, to the hour up to a week, then to
# the day: as they are written, and a hundred times fewer rows than questions.
WAITS = """
    SELECT unit_id, asker, is_current, by_peers,
           CASE WHEN minutes < 120 THEN minutes WHEN minutes < 1440 THEN minutes / 5 * 5
                WHEN minutes < 10080 THEN minutes / 60 * 60 ELSE minutes / 1440 * 1440 END AS minutes,
           is_answered, count(*)
    FROM (
        SELECT unit_id, {asker} AS asker, day >= %(first)s AS is_current, false AS by_peers,
               first_reply_at IS NOT NULL AS is_answered,
               floor(date_part('epoch', coalesce(first_reply_at, %(now)s) - asked_at) / 60)::int AS minutes
        FROM analytics_threadfact WHERE {where}
        UNION ALL
        SELECT unit_id, {asker}, day >= %(first)s, true, first_peer_reply_at IS NOT NULL,
               floor(date_part('epoch', coalesce(first_peer_reply_at, %(now)s) - asked_at) / 60)::int
        FROM analytics_threadfact WHERE {where}
        -- Keeps the planner from working the minutes out once for each branch above.
        OFFSET 0
    ) waits GROUP BY 1, 2, 3, 4, 5, 6"""
MATURE = """
    SELECT unit_id, {asker} AS asker, day >= %(first)s AS is_current, {askers}, {columns}
    FROM analytics_threadfact WHERE {where} GROUP BY 1, 2, 3"""
ASKERS = "array_agg(DISTINCT (SELECT author_id FROM community_thread WHERE id = thread_id))"
SEATS = """
    SELECT unit_id, fact.day >= %(first)s, array_agg(DISTINCT seat.position)
    FROM (SELECT unit_id, day, thread_id FROM analytics_threadfact WHERE {where}) fact
    JOIN community_thread thread ON thread.id = fact.thread_id
    JOIN analytics_seat seat ON seat.user_id = thread.author_id GROUP BY 1, 2"""
APART = """
    (SELECT seat.position FROM community_thread thread JOIN analytics_seat seat ON seat.user_id = thread.author_id
     WHERE thread.id = thread_id AND seat.position = ANY(%(apart)s))"""


@dataclass
class Questions(Facts):
    """Minutes to the first reply, and minutes waited so far, as {minutes: questions}."""

    answered: Counter[int] = field(default_factory=Counter)
    waiting: Counter[int] = field(default_factory=Counter)
    answered_by_peers: Counter[int] = field(default_factory=Counter)
    waiting_for_peers: Counter[int] = field(default_factory=Counter)
    mature: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    askers: set[int | None] = field(default_factory=set)
    figures = ShownGroup.Figures.QUESTIONS

    @classmethod
    def read(cls, query: ReportQuery) -> tuple[dict[FactsKey, Questions], dict[FactsKey, Questions]]:
        """By unit of the asker on the day of the question."""
        current: dict[FactsKey, Questions] = defaultdict(Questions)
        before: dict[FactsKey, Questions] = defaultdict(Questions)
        where, parameters = questions_asked(query)
        apart = asker_apart(query)
        with connection.cursor() as cursor:
            cursor.execute(WAITS.format(asker=apart, where=where), parameters)
            for unit, asker, is_current, by_peers, minutes, is_answered, number in cursor.fetchall():
                counter = (current if is_current else before)[unit, asker].counter(by_peers, is_answered)
                counter[max(minutes, 0)] += number
            columns = []
            for maturity, age in MATURITIES.items():
                parameters[maturity] = age
                old = f"asked_at <= %(now)s - %({maturity})s"
                late = f"(first_reply_at IS NULL OR first_reply_at > asked_at + %({maturity})s)"
                columns += [f"count(*) FILTER (WHERE {old})", f"count(*) FILTER (WHERE {old} AND {late})"]
            sql = MATURE.format(asker=apart, askers=ASKERS, columns=", ".join(columns), where=where)
            cursor.execute(sql, parameters)
            for unit, asker, is_current, askers, *numbers in cursor.fetchall():
                facts = (current if is_current else before)[unit, asker]
                facts.askers.update(askers)
                for index, maturity in enumerate(MATURITIES):
                    facts.mature[maturity] += numbers[2 * index]
                    facts.unanswered[maturity] += numbers[2 * index + 1]
        return current, before

    def add(self, other: Questions) -> None:
        for name in vars(self):
            getattr(self, name).update(getattr(other, name))

    def counter(self, by_peers: bool, is_answered: bool) -> Counter[int]:
        if by_peers:
            return self.answered_by_peers if is_answered else self.waiting_for_peers
        return self.answered if is_answered else self.waiting

    @property
    def number(self) -> int:
        return self.answered.total() + self.waiting.total()


def questions_asked(query: ReportQuery) -> tuple[str, dict[str, Any]]:
    """The condition on `analytics_threadfact`, for both periods, and its parameters."""
    scope, period = query.scope, query.period
    where = "organisation_id = %(organisation)s AND day >= %(before)s AND day <= %(last)s"
    parameters: dict[str, Any] = {
        "organisation": query.organisation.pk,
        "before": period.preceding.first,
        "first": period.first,
        "last": period.last,
        "now": query.now,
        "apart": list(query.apart),
    }
    if scope.kind == ActivityBlock.Scope.SPACE:
        parameters["spaces"] = [scope.id]
    elif scope.kind != ActivityBlock.Scope.ALL:
        field = "course" if scope.kind == ActivityBlock.Scope.COURSE else "pk"
        parameters["spaces"] = list(
            Session.objects.filter(**{field: scope.id}).values_list("space_id", flat=True)
        )
    if "spaces" in parameters:
        where += " AND space_id = ANY(%(spaces)s)"
    return where, parameters


def asker_apart(query: ReportQuery) -> str:
    """The seat of the asker of a fact, for those who are wanted apart."""
    return APART if query.apart else "NULL::int"


def askers(query: ReportQuery) -> tuple[dict[int, int], dict[int, int]]:
    """Who asked, by unit, in the period and in the one before it."""
    current: dict[int, int] = {}
    before: dict[int, int] = {}
    where, parameters = questions_asked(query)
    with connection.cursor() as cursor:
        cursor.execute(SEATS.format(where=where), parameters)
        for unit, is_current, seats in cursor.fetchall():
            (current if is_current else before)[unit] = bitmaps.set_of(seats)
    return current, before


def few_questions(number: int) -> str:
    return gettext("fewer than %(number)s questions") % {"number": number}


def few_askers(number: int) -> str:
    return gettext("fewer than %(number)s people asked") % {"number": number}


def few_old_questions(number: int) -> str:
    return gettext("fewer than %(number)s questions are old enough") % {"number": number}


def first_response(questions: Questions, *, k: int, peers: bool = False) -> Value:
    if questions.number < k:
        return Value(n=questions.number, reason=few_questions(k))
    if len(questions.askers) < k:
        return Value(n=questions.number, reason=few_askers(k))
    answered = questions.answered_by_peers if peers else questions.answered
    waiting = questions.waiting_for_peers if peers else questions.waiting
    median = formulas.survival_median(answered, waiting)
    if median is None:
        return Value(max([*answered, *waiting]), questions.number, beyond=True)
    return Value(median, questions.number)


def unanswered_rate(questions: Questions, maturity: str, *, k: int) -> Value:
    mature = questions.mature[maturity]
    if mature < k:
        return Value(n=mature, reason=few_old_questions(k))
    if len(questions.askers) < k:
        return Value(n=mature, reason=few_askers(k))
    low, high = formulas.wilson(questions.unanswered[maturity], mature) or (None, None)
    return Value(questions.unanswered[maturity] / mature, mature, low, high)


ASKED = _("Questions that learners asked in the period and that are still published.")
FIRST_RESPONSE = metric(
    "M09",
    1,
    question=_("How long does a question wait for its first answer?"),
    formula={
        "": ("", first_response),
        "peers": (_("by a colleague"), partial(first_response, peers=True)),
    },
    edge_cases=_(
        "“Over” means that half of the questions are not answered yet. To the minute up to two hours, to five "
        "minutes up to a day, to the hour up to a week."
    ),
    words=Words(
        name=_("First answer (median)"),
        definition=_(
            "Time after which half of the questions have a first reply by somebody else than the asker. Questions "
            "still waiting count with the time they have waited so far (Kaplan–Meier); they do not vanish."
        ),
        population=ASKED,
    ),
    facts=Questions,
    unit=Unit.MINUTES,
    more_is_better=False,
)
UNANSWERED = metric(
    "M10",
    1,
    question=_("How many questions stay without an answer?"),
    formula={
        "24h": (_("after 24 hours"), partial(unanswered_rate, maturity="24h")),
        "72h": (_("after 72 hours"), partial(unanswered_rate, maturity="72h")),
        "7d": (_("after 7 days"), partial(unanswered_rate, maturity="7d")),
    },
    edge_cases=_("A question that is 71 hours old is not in the 72 hour figure yet."),
    words=Words(
        name=_("Questions without an answer"),
        definition=_(
            "Share of the questions that nobody but the asker had replied to after 24 hours, 72 hours and 7 days. "
            "Only questions that are old enough are counted. Closing a discussion does not answer it."
        ),
        population=ASKED,
    ),
    facts=Questions,
    unit=Unit.SHARE,
    more_is_better=False,
)
