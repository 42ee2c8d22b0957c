"""The HR report: one object that the page, its charts and its file all read, so that they cannot disagree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics import populations, small_groups, tallies
from analytics.filters import Choices, Filters
from analytics.metrics import answers, completion, participation
from analytics.metrics.answers import Questions
from analytics.metrics.base import Metric, Value
from analytics.metrics.completion import Enrolments
from analytics.metrics.participation import Group
from analytics.models import ActivityBlock, BuiltDay, DirtyDay
from analytics.tallies import Joined
from people.models import Organisation


@dataclass
class Line:
    """A metric, its value over the period and over the one before; `detail` names a second reading of it."""

    metric: Metric
    value: Value
    before: Value = field(default_factory=Value)
    detail: str = ""
    # For files: what tells this line from the others of the same metric.
    code: str = ""

    @property
    def change(self) -> float | None:
        if self.value.number is None or self.before.number is None or self.value.beyond or self.before.beyond:
            return None
        return self.value.number - self.before.number


@dataclass
class Row:
    """The figures of one unit with what is below it."""

    name: str
    unit_id: int | None
    learners: int
    lines: dict[str, Line] = field(default_factory=dict)
    # Why nothing is shown of it.
    hidden: str = ""


@dataclass
class Week:
    monday: date
    learners: int
    active: Value
    contributors: Value


@dataclass
class Report:
    filters: Filters
    organisation: Organisation
    group: Group
    before: Group
    lines: list[Line]
    rows: list[Row]
    weeks: list[Week]
    # Enrolled too short a time to be counted.
    short: int
    # People who are in several rows because they changed unit during the period.
    moved: int
    questions: int
    grouped: int
    built_at: datetime | None
    is_behind: bool
    # The sentence that stands in place of the figures.
    refusal: str = ""

    def line(self, code: str) -> Line:
        return next(line for line in self.lines if line.code == code)

    @property
    def by_code(self) -> dict[str, Line]:
        return {line.code: line for line in self.lines}


@dataclass
class Measured:
    """Everything known of one group of units over the two periods."""

    group: Group
    before: Group
    questions: Questions
    questions_before: Questions
    enrolments: Enrolments
    enrolments_before: Enrolments


def build(user, filters: Filters, choices: Choices) -> Report:
    source = Source(user.organisation, filters, choices)
    wanted = source.wanted_units()
    whole = source.measure(wanted)
    k = user.organisation.small_group
    table = Table(source, wanted, whole.group, k)
    report = Report(
        filters=filters,
        organisation=user.organisation,
        group=whole.group,
        before=whole.before,
        lines=[],
        rows=[],
        weeks=[],
        short=source.short(whole.group),
        moved=table.moved,
        questions=whole.questions.number,
        grouped=len(table.hidden),
        refusal=table.refusal,
        **_freshness(user.organisation, filters),
    )
    if not report.refusal:
        report.lines = lines_of(whole, k=k)
        report.weeks = _weeks(source, wanted, k)
        report.rows = table.rows()
    return report


class Source:
    """The rollups of a report, read once."""

    def __init__(self, organisation, filters: Filters, choices: Choices) -> None:
        self.organisation, self.filters, self.choices = organisation, filters, choices
        periods = [filters.period, filters.period.preceding]
        self.reading, self.earlier = populations.read(organisation, filters.scope, periods)
        # Eligibility is decided on the whole scope: a unit's people are those of the whole who were in it, so
        # that the contributions of the units add up to those of the whole.
        self.people, _short = populations.eligible(self.reading.period.whole, filters.period)
        self.people_before, _short = populations.eligible(self.earlier.period.whole, filters.period.preceding)
        if filters.view == "now":
            today = populations.units_of_today(organisation)
            self.reading = self.reading.by_unit_of_today(today)
            self.earlier = self.earlier.by_unit_of_today(today)
        self.questions, self.questions_before = populations.questions(
            organisation, filters.scope, filters.period, now=timezone.now()
        )
        self.enrolments, self.enrolments_before = populations.enrolments(
            organisation, filters.scope, filters.period
        )

    def wanted_units(self) -> frozenset[int] | None:
        if self.filters.unit:
            return self.choices.subtree(self.filters.unit.pk)
        return self.choices.reach

    def group(self, units: frozenset[int] | None) -> Group:
        return _group(self.reading.period, units, self.people)

    def measure(self, units: frozenset[int] | None, group: Group | None = None) -> Measured:
        """`group`: that of these units, if it is known."""
        return Measured(
            group=group or self.group(units),
            before=_group(self.earlier.period, units, self.people_before),
            questions=_sum(self.questions, units, Questions()),
            questions_before=_sum(self.questions_before, units, Questions()),
            enrolments=_sum(self.enrolments, units, Enrolments()),
            enrolments_before=_sum(self.enrolments_before, units, Enrolments()),
        )

    def short(self, group: Group) -> int:
        return (group.tally.exposed & ~self.people).bit_count()


def _group(joined: Joined, units: frozenset[int] | None, eligible: int) -> Group:
    tally = joined.of(units)
    return Group(eligible & tally.exposed, tally)


def _sum(facts: dict, wanted: frozenset[int] | None, total):
    for unit, part in facts.items():
        if wanted is None or unit in wanted:
            total.add(part)
    return total


VOICES = [
    ("M04.writers", gettext_lazy("writers"), "contributors"),
    ("M04.readers", gettext_lazy("readers"), "readers"),
    ("M04.silent", gettext_lazy("silent"), "silent"),
]
MATURITIES = [
    ("24h", gettext_lazy("after 24 hours")),
    ("72h", gettext_lazy("after 72 hours")),
    ("7d", gettext_lazy("after 7 days")),
]


def lines_of(measured: Measured, *, k: int) -> list[Line]:
    group, before = measured.group, measured.before
    questions, earlier = measured.questions, measured.questions_before
    lines = []

    def add(metric: Metric, code: str, formula, now, then, detail: str = "", **options) -> None:
        value, previous = formula(now, k=k, **options), formula(then, k=k, **options)
        lines.append(Line(metric, value, previous, detail, code))

    add(participation.PARTICIPATION, "M03", participation.participation_rate, group, before)
    for code, words, number in VOICES:
        add(
            participation.VOICES,
            code,
            lambda of, *, k, number=number: participation.share(getattr(of, number), of.size, k=k),
            group,
            before,
            str(words),
        )
    mean, median = participation.contributions_per_learner, participation.median_contributions
    add(participation.CONTRIBUTIONS, "M05.mean", mean, group, before, _("mean"))
    add(participation.CONTRIBUTIONS, "M05.median", median, group, before, _("median"))
    writer = participation.contributions_per_writer
    add(participation.CONTRIBUTIONS, "M05.writer", writer, group, before, _("mean per writer"))
    add(participation.GINI, "M06.all", participation.gini_of_all, group, before, _("all learners"))
    add(participation.GINI, "M06.writers", participation.gini_of_writers, group, before, _("writers alone"))
    add(answers.FIRST_RESPONSE, "M09", answers.first_response, questions, earlier)
    add(
        answers.FIRST_RESPONSE, "M09.peers", answers.first_response, questions, earlier, _("by a colleague"),
        peers=True,
    )  # fmt: skip
    for maturity, words in MATURITIES:
        add(
            answers.UNANSWERED, f"M10.{maturity}", answers.unanswered_rate, questions, earlier, str(words),
            maturity=maturity,
        )  # fmt: skip
    rate = completion.completion_rate
    add(completion.COMPLETION, "M21", rate, measured.enrolments, measured.enrolments_before)
    return lines


@dataclass(frozen=True)
class Part:
    """One row of the table before it is measured: a unit with what is below it, or the rest."""

    name: str
    unit_id: int | None
    units: frozenset[int]


class Table:
    """The rows by unit, and which of them may be shown beside the whole."""

    def __init__(self, source: Source, wanted: frozenset[int] | None, whole: Group, k: int) -> None:
        self.source, self.k = source, k
        parts = _parts(source, wanted)
        groups = [(part, source.group(part.units)) for part in parts]
        kept = [(part, group) for part, group in groups if group.people]
        self.parts = [part for part, _group in kept]
        self.measured = [group for _part, group in kept]
        self.groups = [group.people for group in self.measured]
        # People who changed unit during the period are in several rows.
        self.moved = max(0, sum(people.bit_count() for people in self.groups) - whole.size) if kept else 0
        self.hidden: set[int] = set()
        self.refusal = self._refusal(whole)

    def _refusal(self, whole: Group) -> str:
        if not whole.size:
            return ""
        if whole.size < self.k:
            return _(
                "This group has fewer than %(number)s learners. Its figures would tell who did what, so they "
                "are not shown. Choose a wider unit or a longer period."
            ) % {"number": self.k}
        if self._hide(whole.people):
            return _(
                "This group differs by fewer than %(number)s people from one already shown for this period. "
                "Comparing the two would tell what those few people did, so it is not shown."
            ) % {"number": self.k}
        return ""

    def _hide(self, everybody: int) -> bool:
        """Decide which rows are hidden; True when the whole itself may not be shown."""
        filters, organisation = self.source.filters, self.source.organisation
        self.hidden = small_groups.hidden_rows(self.groups, everybody, self.k)
        keys = [f"{filters.scope.key}|unit:{part.unit_id or 'rest'}|{filters.view}" for part in self.parts]
        asked = [small_groups.Shown(filters.key, everybody)] + [
            small_groups.Shown(keys[index], people)
            for index, people in enumerate(self.groups)
            if index not in self.hidden
        ]
        too_close = small_groups.refused(organisation, filters.period, asked)
        if filters.key in too_close:
            return True
        close = {index for index, key in enumerate(keys) if key in too_close}
        if close:
            already = self.hidden | close
            self.hidden = small_groups.hidden_rows(self.groups, everybody, self.k, already=already)
        return False

    def rows(self) -> list[Row]:
        made = []
        for index, part in enumerate(self.parts):
            if index not in self.hidden:
                made.append(self._row(part, self.measured[index]))
        if self.hidden:
            together = frozenset().union(*(self.parts[index].units for index in self.hidden))
            made.append(self._row(Part(_("Units grouped together"), None, together)))
        return made

    def _row(self, part: Part, group: Group | None = None) -> Row:
        measured = self.source.measure(part.units, group)
        row = Row(part.name, part.unit_id, measured.group.size)
        if measured.group.size < self.k:
            row.hidden = _(
                "Fewer than %(number)s people together: their figures would tell who did what."
            ) % {"number": self.k}
        else:
            row.lines = {line.code: line for line in lines_of(measured, k=self.k)}
        return row


def _parts(source: Source, wanted: frozenset[int] | None) -> list[Part]:
    """The units below the one asked for, then the people who are in none of them."""
    choices, unit = source.choices, source.filters.unit
    if unit:
        children = choices.children.get(unit.pk, [])
    elif choices.reach is None:
        children = choices.children.get(None, [])
    else:
        reach = choices.reach
        children = [unit for unit, _depth in choices.offered_units if unit.parent_id not in reach]
    parts = [Part(child.name, child.pk, choices.subtree(child.pk)) for child in children]
    if not parts:
        return []
    named = frozenset().union(*(part.units for part in parts))
    rest = (frozenset(source.reading.period.people) if wanted is None else wanted) - named
    return [*parts, Part(_("Elsewhere"), None, rest)] if rest else parts


def _weeks(source: Source, wanted: frozenset[int] | None, k: int) -> list[Week]:
    """Week by week over the period and the one before it, so that a change is seen where it happened."""
    weeks: dict[date, Group] = {}
    for reading, people in ((source.earlier, source.people_before), (source.reading, source.people)):
        for monday, joined in reading.weeks.items():
            of_week = _group(joined, wanted, people)
            if other := weeks.get(monday):
                of_week = Group(of_week.people | other.people, tallies.total([of_week.tally, other.tally]))
            weeks[monday] = of_week
    return [
        Week(
            monday,
            weeks[monday].size,
            participation.share(weeks[monday].active, weeks[monday].size, k=k),
            participation.share(weeks[monday].contributors, weeks[monday].size, k=k),
        )
        for monday in sorted(weeks)
        if weeks[monday].size
    ]


def _freshness(organisation, filters: Filters) -> dict:
    days = {"organisation": organisation, "day__range": (filters.period.preceding.first, filters.period.last)}
    return {
        "built_at": BuiltDay.objects.filter(**days).aggregate(at=Max("built_at"))["at"],
        "is_behind": DirtyDay.objects.filter(**days).exists(),
    }


def has_figures(organisation) -> bool:
    return ActivityBlock.objects.filter(organisation=organisation).exists()
