"""Who takes part: M03, M04, M05, M06, computed on sets of learners."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics import bitmaps
from analytics.bitmap_index import GroupActivity
from analytics.measures import CONTRIBUTIONS, PARTICIPATED, PRESENT
from analytics.metrics import formulas
from analytics.metrics.base import Formula, Unit, Value, Words, metric

# Below this number of people an index of inequality says nothing (METRICS M06).
FEW = 10


def too_few(number: int) -> str:
    return gettext("fewer than %(number)s people") % {"number": number}


@dataclass(frozen=True)
class Group:
    """Eligible learners and what they did. Anything anybody else did is out of every figure."""

    people: int
    activity: GroupActivity

    @cached_property
    def size(self) -> int:
        return self.people.bit_count()

    @cached_property
    def participants(self) -> int:
        return (self.activity.people(PARTICIPATED) & self.people).bit_count()

    @cached_property
    def contributors(self) -> int:
        return (self.activity.people(CONTRIBUTIONS) & self.people).bit_count()

    @cached_property
    def active(self) -> int:
        return (self.activity.people(PRESENT) & self.people).bit_count()

    @property
    def readers(self) -> int:
        return (
            self.activity.people(PRESENT) & self.people & ~self.activity.people(CONTRIBUTIONS)
        ).bit_count()

    @property
    def silent(self) -> int:
        return (
            self.people & ~self.activity.people(PRESENT) & ~self.activity.people(CONTRIBUTIONS)
        ).bit_count()

    @cached_property
    def contributions(self) -> Counter[int]:
        """How many people made 0, 1, 2… contributions."""
        return bitmaps.histogram(self.activity.of(CONTRIBUTIONS), self.people)

    @cached_property
    def amount(self) -> int:
        return bitmaps.total(self.activity.of(CONTRIBUTIONS), self.people)


def share(part: int, whole: int, *, k: int) -> Value:
    if whole < k:
        return Value(n=whole, reason=too_few(k))
    low, high = formulas.wilson(part, whole) or (None, None)
    return Value(part / whole, whole, low, high)


def share_of(number: str) -> Formula:
    return lambda group, k: share(getattr(group, number), group.size, k=k)


def participation_rate(group: Group, *, k: int) -> Value:
    return share(group.participants, group.size, k=k)


def contributions_per_learner(group: Group, *, k: int) -> Value:
    if group.size < k:
        return Value(n=group.size, reason=too_few(k))
    if _one_person_made_most(group):
        return Value(n=group.size, reason=_("one person wrote more than half"))
    return Value(group.amount / group.size, group.size)


def median_contributions(group: Group, *, k: int) -> Value:
    if group.size < k:
        return Value(n=group.size, reason=too_few(k))
    return Value(formulas.median(group.contributions), group.size)


def contributions_per_writer(group: Group, *, k: int) -> Value:
    if group.contributors < k:
        return Value(n=group.contributors, reason=too_few(k))
    if _one_person_made_most(group):
        return Value(n=group.contributors, reason=_("one person wrote more than half"))
    return Value(group.amount / group.contributors, group.contributors)


def gini_of_all(group: Group, *, k: int) -> Value:
    return _gini(group.contributions, k)


def gini_of_writers(group: Group, *, k: int) -> Value:
    return _gini({value: people for value, people in group.contributions.items() if value}, k)


def share_of_the_top_fifth(group: Group) -> float | None:
    """What share of the contributions the most active fifth of the people wrote."""
    curve = formulas.lorenz(group.contributions, points=5)
    return 1 - curve[4] if curve else None


def _gini(histogram: dict[int, int] | Counter[int], k: int) -> Value:
    people = sum(histogram.values())
    if people < max(FEW, k):
        return Value(n=people, reason=too_few(max(FEW, k)))
    number = formulas.gini(histogram)
    if number is None:
        return Value(n=people, reason=_("nobody has written yet"))
    return Value(number, people)


def _one_person_made_most(group: Group) -> bool:
    """A sum of which one person makes more than half would tell what that person did (METRICS C8)."""
    return bitmaps.highest(group.activity.of(CONTRIBUTIONS), group.people) * 2 > group.amount > 0


ELIGIBLE = _(
    "Learners with an open account (or enrolled in what the filter names) for at least seven days of the "
    "period, or all of it when it is shorter. Trainers and administrators are not counted."
)
PARTICIPATION = metric(
    "M03",
    1,
    question=_("How many learners take part?"),
    formula=participation_rate,
    edge_cases=_("One reaction is enough: read it beside the share of people who write."),
    words=Words(
        name=_("Participation"),
        definition=_(
            "Share of eligible learners who took part at least once: a message, a reply, a vote, a quiz answer "
            "or a reaction. Reading alone is presence, not participation."
        ),
        population=ELIGIBLE,
    ),
    facts=Group,
    unit=Unit.SHARE,
)
VOICES = metric(
    "M04",
    1,
    question=_("Who writes, who reads, who is silent?"),
    formula={
        "writers": (_("writers"), share_of("contributors")),
        "readers": (_("readers"), share_of("readers")),
        "silent": (_("silent"), share_of("silent")),
    },
    edge_cases=_("Readers do reuse what they read: they are not passive."),
    words=Words(
        name=_("Writers, readers, silent"),
        definition=_(
            "Writers published at least one message; readers were present without writing; silent people were "
            "not present. The three add up to the eligible learners."
        ),
        population=ELIGIBLE,
    ),
    facts=Group,
    unit=Unit.SHARE,
    is_a_whole=True,
)
WRITING = metric(
    "M05",
    1,
    question=_("How much does a learner write?"),
    formula={
        "mean": (_("mean"), contributions_per_learner),
        "median": (_("median"), median_contributions),
        "writer": (_("mean per writer"), contributions_per_writer),
    },
    edge_cases=_("One person who writes a lot moves the mean, not the median: read both."),
    words=Words(
        name=_("Contributions per learner"),
        definition=_(
            "Messages and replies published and not removed, divided by the eligible learners. Messages of one "
            "person in one discussion less than ten minutes apart count once; a text repeated within 24 hours "
            "does not count."
        ),
        population=ELIGIBLE,
    ),
    facts=Group,
    unit=Unit.NUMBER,
)
GINI = metric(
    "M06",
    1,
    question=_("Does everybody speak, or do a few say everything?"),
    formula={
        "all": (_("all learners"), gini_of_all),
        "writers": (_("writers alone"), gini_of_writers),
    },
    edge_cases=_("High is normal where experts help; neither high nor low is good in itself."),
    words=Words(
        name=_("Who speaks, who stays silent"),
        definition=_(
            "Gini index of the contributions: 0 when everybody writes as much, close to 1 when one person writes "
            "everything. Computed on all eligible learners, silent ones included, then on writers alone."
        ),
        population=ELIGIBLE,
    ),
    facts=Group,
    unit=Unit.INDEX,
    more_is_better=None,
)
