"""The base of a figure: the people it stands on, where they are not the learners of its group (METRICS C8).

Questions stand on those who asked, completion on those enrolled. Few of them can be found by subtraction even
between two groups of learners that are far apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from analytics import small_groups
from analytics.bitmap_index import union
from analytics.small_groups import ALWAYS, Figures, GroupRequest

if TYPE_CHECKING:
    from analytics.reports import GroupFigures, Source

# The figures, and whether they are those of the period before.
Column = tuple[Figures, bool]
COLUMNS: list[Column] = [
    (of, before) for of in (Figures.QUESTIONS, Figures.ENROLMENTS) for before in (False, True)
]


def settle(source: Source, whole: GroupFigures, rows: Sequence[GroupFigures], k: int) -> None:
    """Have each group count the people it may be shown for, and refuse what would give few of them away."""
    groups = [whole, *rows]
    asked = {column: [_request(source, group, column) for group in groups] for column in COLUMNS}
    answers = iter(small_groups.disclosed(source.organisation, list(chain.from_iterable(asked.values()))))
    apart = 0
    for column, requests in asked.items():
        found = [next(answers) for _one in requests]
        # What is too small says so by itself.
        counted = [answer or one.people for one, answer in zip(requests, found, strict=True)]
        refused = _refused(found, counted, k)
        for place, group in enumerate(groups):
            group.bases[column] = counted[place]
            if place in refused:
                group.refused.add(column)
            if column[0] is Figures.QUESTIONS:
                apart |= requests[place].people & ~counted[place]
    source.tell_apart(apart)


def _refused(answers: Sequence[int | None], counted: Sequence[int], k: int) -> set[int]:
    """The places of those that may not be shown: the whole comes first, then its rows."""
    whole, *rows = counted
    already = {place for place, answer in enumerate(answers[1:]) if answer is None}
    few = {place for place, people in enumerate(rows) if people.bit_count() < k}
    hidden = small_groups.hidden_rows(rows, whole, k, already=already) - few
    return {place + 1 for place in hidden} | ({0} if answers[0] is None else set())


def _request(source: Source, group: GroupFigures, column: Column) -> GroupRequest:
    figures, before = column
    period = source.filters.period
    when = ALWAYS if figures is Figures.ENROLMENTS else period.preceding if before else period
    of_units = source.bases(figures)[before]
    people = union(found for unit, found in of_units.items() if group.units is None or unit in group.units)
    return GroupRequest(f"{group.key}|{figures}", when, people, figures)
