"""Groups too small to be shown, and what must be hidden with them so that a subtraction finds nobody (C8)."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence, Set
from datetime import date
from functools import reduce
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from analytics import bitmaps
from analytics.filters import Period
from analytics.models import ShownGroup
from core.prepared import AnyOf


def hidden_rows(
    groups: Sequence[int], everybody: int, k: int, *, already: Set[int] = frozenset()
) -> set[int]:
    """Which rows of a table may not be shown beside the total, as indexes.

    A row under k people is hidden, as are those given. While the people left between the total and the rows
    still shown are 1 to k − 1, or a single hidden row could be found by subtracting the others, the smallest
    shown row goes too.
    """
    hidden = {index for index, people in enumerate(groups) if 0 < people.bit_count() < k} | already
    while True:
        shown = [index for index, people in enumerate(groups) if people and index not in hidden]
        covered = reduce(int.__or__, (groups[index] for index in shown), 0)
        left = (everybody & ~covered).bit_count()
        alone = len(hidden) == 1
        if not shown or not (0 < left < k or alone):
            return hidden
        hidden.add(min(shown, key=lambda index: (groups[index].bit_count(), index)))


Figures = ShownGroup.Figures
ALWAYS = Period(date.min, date.max)


class GroupRequest(NamedTuple):
    """A group of people whose figures are asked for over a period; `filters` says how it is chosen, one way.

    The period of what stands at a date is ALWAYS: a person who has left since would be the difference of two dates.
    """

    filters: str
    period: Period
    people: int
    figures: Figures = Figures.ACTIVITY

    def meets(self, other: "GroupRequest") -> bool:
        """True when an answer to one could be subtracted from an answer to the other."""
        return self.figures == other.figures and self.period.overlaps(other.period)

    def may_count(self, people: int, k: int) -> bool:
        """True when the people of then may stand for those of now.

        Somebody who has left did nothing since, but what they finished is not known any more.
        """
        has_left = people & ~self.people
        return (people ^ self.people).bit_count() < k and not (
            has_left and self.figures == Figures.ENROLMENTS
        )


def is_too_close(left: int, right: int, k: int) -> bool:
    """True when the people by whom two groups differ are some, but fewer than k."""
    return 0 < (left ^ right).bit_count() < k


def disclosed(organisation, asked: Sequence[GroupRequest]) -> list[int | None]:
    """The people each request may be answered for, None where it may not be answered.

    Any two answers over periods that have a day in common count the same people, or people who differ by k at
    least: on no day can a subtraction leave fewer. Answers without a common day are made of other acts. A group
    that has changed by fewer than k people since it was last shown is answered for the people of then, so that
    newcomers and leavers enter figures k at a time; one that is too close to another is refused. The order of
    `asked` decides which of two stays.
    """
    k = organisation.small_group
    large = [one for one in asked if one.people.bit_count() >= k]
    shown = _shown_for(organisation, large) if large else {}
    answers = [_answered_before(one, shown, k) for one in asked]
    if None in answers:
        _answer(organisation, asked, answers)
    return answers


@transaction.atomic
def _answer(organisation, asked: Sequence[GroupRequest], answers: list[int | None]) -> None:
    """Fill in the answers that are not known yet, and remember them."""
    with connection.cursor() as cursor:
        # Two groups asked for at the same moment would each find the other not shown yet.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('analytics.shown'), %s)", [organisation.pk])
    known = _overlapping(organisation, asked)
    fresh = []
    for place, one in enumerate(asked):
        if answers[place] is None:
            answers[place] = found = _people_for(one, known, organisation.small_group)
            if found is not None:
                answer = one._replace(people=found)
                known.append(answer)
                fresh.append(answer)
    ShownGroup.objects.bulk_create([_row(organisation, one) for one in fresh], ignore_conflicts=True)


def _answered_before(one: GroupRequest, shown: dict[GroupRequest, list[int]], k: int) -> int | None:
    if one.people.bit_count() < k:
        # Nothing is shown of it.
        return 0
    found = shown.get(one._replace(people=0), [])
    return next((people for people in found if one.may_count(people, k)), None)


def _people_for(one: GroupRequest, known: Sequence[GroupRequest], k: int) -> int | None:
    near = [other for other in known if other.meets(one)]
    of_then = [
        other.people
        for other in reversed(near)
        if other.filters == one.filters and one.may_count(other.people, k)
    ]
    for people in dict.fromkeys([one.people, *of_then]):
        if not any(is_too_close(people, other.people, k) for other in near):
            return people
    return None


def _shown_for(organisation, asked: Sequence[GroupRequest]) -> dict[GroupRequest, list[int]]:
    """The people of the groups of these filters and periods, by the request without its people."""
    periods = {(one.figures, one.period) for one in asked}
    these = reduce(Q.__or__, (Q(figures=of, starts_on=when.first, ends_on=when.last) for of, when in periods))
    near = _of_near_size(asked, organisation.small_group - 1)
    found: dict[GroupRequest, list[int]] = defaultdict(list)
    for one in _requests(ShownGroup.objects.filter(these, near, organisation=organisation)):
        found[one._replace(people=0)].append(one.people)
    return found


def _overlapping(organisation, asked: Sequence[GroupRequest]) -> list[GroupRequest]:
    """The groups that these requests, or the people of then that may stand for theirs, could be too close to."""
    these = Q()
    for figures in {one.figures for one in asked}:
        periods = [one.period for one in asked if one.figures == figures]
        first, last = min(period.first for period in periods), max(period.last for period in periods)
        these |= Q(figures=figures, starts_on__lte=last, ends_on__gte=first)
    near = _of_near_size(asked, 2 * (organisation.small_group - 1))
    return _requests(ShownGroup.objects.filter(these, near, organisation=organisation))


def _of_near_size(asked: Sequence[GroupRequest], few: int) -> AnyOf:
    """Groups that differ by few people have sizes that differ by no more."""
    sizes = {one.people.bit_count() for one in asked}
    return AnyOf("size", sorted({size + more for size in sizes for more in range(-few, few + 1)}))


def _requests(shown: QuerySet[ShownGroup]) -> list[GroupRequest]:
    rows = shown.order_by("pk").values_list("filters", "starts_on", "ends_on", "people", "figures")
    return [
        GroupRequest(filters, Period(first, last), bitmaps.Unpacker(people).people(), Figures(figures))
        for filters, first, last, people, figures in rows
    ]


def _row(organisation, one: GroupRequest) -> ShownGroup:
    packed = bitmaps.packed(one.people)
    return ShownGroup(
        organisation=organisation,
        figures=one.figures,
        starts_on=one.period.first,
        ends_on=one.period.last,
        filters=one.filters,
        digest=hashlib.sha256(packed).hexdigest(),
        people=packed,
        size=one.people.bit_count(),
    )
