"""How long questions wait: M09 and M10, computed on the questions asked in the period."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics.metrics import formulas
from analytics.metrics.base import Measure, Metric, Value

ASKED = _("Questions that learners asked in the period and that are still published.")
FIRST_RESPONSE = Metric(
    id="M09",
    version=1,
    name=_("First answer (median)"),
    definition=_(
        "Time after which half of the questions have a first reply by somebody else than the asker. Questions "
        "still waiting count with the time they have waited so far (Kaplan–Meier); they do not vanish."
    ),
    population=ASKED,
    grain="T",
    measure=Measure.MINUTES,
    caveats=_(
        "“Over” means that half of the questions are not answered yet. To the minute up to two hours, to five "
        "minutes up to a day, to the hour up to a week."
    ),
    more_is_better=False,
)
UNANSWERED = Metric(
    id="M10",
    version=1,
    name=_("Questions without an answer"),
    definition=_(
        "Share of the questions that nobody but the asker had replied to after 24 hours, 72 hours and 7 days. "
        "Only questions that are old enough are counted. Closing a discussion does not answer it."
    ),
    population=ASKED,
    grain="T",
    measure=Measure.SHARE,
    caveats=_("A question that is 71 hours old is not in the 72 hour figure yet."),
    more_is_better=False,
)
MATURITIES = {"24h": timedelta(hours=24), "72h": timedelta(hours=72), "7d": timedelta(days=7)}


@dataclass
class Questions:
    """Minutes to the first reply, and minutes waited so far, as {minutes: questions}."""

    answered: Counter[int] = field(default_factory=Counter)
    waiting: Counter[int] = field(default_factory=Counter)
    answered_by_peers: Counter[int] = field(default_factory=Counter)
    waiting_for_peers: Counter[int] = field(default_factory=Counter)
    mature: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Questions") -> None:
        for name in vars(self):
            getattr(self, name).update(getattr(other, name))

    @property
    def number(self) -> int:
        return self.answered.total() + self.waiting.total()


def few_questions(number: int) -> str:
    return gettext("fewer than %(number)s questions") % {"number": number}


def few_old_questions(number: int) -> str:
    return gettext("fewer than %(number)s questions are old enough") % {"number": number}


def first_response(questions: Questions, *, k: int, peers: bool = False) -> Value:
    if questions.number < k:
        return Value(n=questions.number, reason=few_questions(k))
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
    low, high = formulas.wilson(questions.unanswered[maturity], mature) or (None, None)
    return Value(questions.unanswered[maturity] / mature, mature, low, high)
