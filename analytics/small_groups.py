"""Groups too small to be shown, and what must be hidden with them so that a subtraction finds nobody (C8)."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence, Set
from functools import reduce
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from analytics import bitmaps
from analytics.filters import Period
from analytics.models import ShownGroup


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


class GroupRequest(NamedTuple):
    """A group of people whose figures are asked for over a period; `filters` says how it is chosen, one way."""

    filters: str
    period: Period
    people: int


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
    shown = _shown_for(organisation, {one.period for one in asked})
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
    known = _overlapping(organisation, [one.period for one in asked])
    fresh = []
    for place, one in enumerate(asked):
        if answers[place] is None:
            answers[place] = found = _people_for(one, known, organisation.small_group)
            if found is not None:
                answer = one._replace(people=found)
                known.append(answer)
                fresh.append(answer)
    ShownGroup.objects.bulk_create([_row(organisation, one) for one in fresh], ignore_conflicts=True)


def _answered_before(one: GroupRequest, shown: dict[tuple[str, Period], list[int]], k: int) -> int | None:
    if one.people.bit_count() < k:
        # Nothing is shown of it.
        return 0
    found = shown.get((one.filters, one.period), [])
    return next((people for people in found if (people ^ one.people).bit_count() < k), None)


def _people_for(one: GroupRequest, known: Sequence[GroupRequest], k: int) -> int | None:
    near = [other for other in known if other.period.overlaps(one.period)]
    of_then = [
        other.people
        for other in reversed(near)
        if other.filters == one.filters and is_too_close(other.people, one.people, k)
    ]
    for people in dict.fromkeys([one.people, *of_then]):
        if not any(is_too_close(people, other.people, k) for other in near):
            return people
    return None


def _shown_for(organisation, periods: Set[Period]) -> dict[tuple[str, Period], list[int]]:
    these = reduce(Q.__or__, (Q(starts_on=period.first, ends_on=period.last) for period in periods))
    found: dict[tuple[str, Period], list[int]] = defaultdict(list)
    for one in _requests(ShownGroup.objects.filter(these, organisation=organisation)):
        found[one.filters, one.period].append(one.people)
    return found


def _overlapping(organisation, periods: Sequence[Period]) -> list[GroupRequest]:
    first, last = min(period.first for period in periods), max(period.last for period in periods)
    shown = ShownGroup.objects.filter(organisation=organisation, starts_on__lte=last, ends_on__gte=first)
    return _requests(shown)


def _requests(shown: QuerySet[ShownGroup]) -> list[GroupRequest]:
    rows = shown.order_by("pk").values_list("filters", "starts_on", "ends_on", "people")
    return [
        GroupRequest(filters, Period(first, last), bitmaps.Unpacker(people).people())
        for filters, first, last, people in rows
    ]


def _row(organisation, one: GroupRequest) -> ShownGroup:
    packed = bitmaps.packed(one.people)
    return ShownGroup(
        organisation=organisation,
        starts_on=one.period.first,
        ends_on=one.period.last,
        filters=one.filters,
        digest=hashlib.sha256(packed).hexdigest(),
        people=packed,
    )
