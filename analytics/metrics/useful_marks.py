"""Who of those who read says what was useful to them: M12, from the useful marks that learners give."""

from django.utils.translation import gettext_lazy as _

from analytics.measures import USEFUL_MARKS
from analytics.metrics.base import Unit, Value, Words, metric
from analytics.metrics.participation import ELIGIBLE, Group, share


def useful_rate(group: Group, *, k: int) -> Value:
    givers = group.activity.people(USEFUL_MARKS) & group.people
    return share(givers.bit_count(), group.active, k=k)


metric(
    "M12",
    1,
    question=_("How many of those who read say what was useful to them?"),
    formula=useful_rate,
    edge_cases=_(
        "A mark that was taken back does not count; a person counts once, whatever the number of their marks."
    ),
    words=Words(
        name=_("Readers who mark what is useful"),
        definition=_(
            "Of the learners who opened a module or a discussion in the period, share of those who marked at "
            "least one message “useful”."
        ),
        population=ELIGIBLE,
    ),
    facts=Group,
    unit=Unit.SHARE,
)
