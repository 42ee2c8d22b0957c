"""Who finished what they are enrolled in: M21."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from analytics.metrics import formulas
from analytics.metrics.base import Measure, Metric, Value
from analytics.metrics.participation import too_few

COMPLETION = Metric(
    id="M21",
    version=1,
    name=_("Completion"),
    definition=_(
        "On the last day of the period, share of the current enrolments whose mandatory modules are all done, "
        "in the version of the course the learner enrolled on."
    ),
    population=_(
        "Enrolments of at least seven days on that day, or already completed. Those who left are not counted "
        "from the day after."
    ),
    grain="C",
    measure=Measure.SHARE,
    caveats=_("A learner enrolled in two courses counts twice."),
)


@dataclass
class Enrolments:
    learners: int = 0
    number: int = 0
    completed: int = 0
    recent: int = 0

    def add(self, other: "Enrolments") -> None:
        self.learners += other.learners
        self.number += other.number
        self.completed += other.completed
        self.recent += other.recent


def completion_rate(enrolments: Enrolments, *, k: int) -> Value:
    if enrolments.learners < k:
        return Value(n=enrolments.number, reason=too_few(k))
    low, high = formulas.wilson(enrolments.completed, enrolments.number) or (None, None)
    return Value(enrolments.completed / enrolments.number, enrolments.number, low, high)
