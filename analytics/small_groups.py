"""Groups too small to be shown, and what must be hidden with them so that a subtraction finds nobody (C8)."""

import hashlib
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import reduce

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from analytics import bitmaps
from analytics.filters import Period
from analytics.models import ShownGroup
from core.prepared import prepared


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


@dataclass(frozen=True)
class GroupRequest:
    filters: str
    people: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(bitmaps.packed(self.people)).hexdigest()


def is_too_close(left: int, right: int, k: int) -> bool:
    """True when the people by whom two groups differ are some, but fewer than k."""
    return 0 < (left ^ right).bit_count() < k


@prepared
def _digests(organisation: int, first: date, last: date) -> QuerySet:
    period = {"starts_on": first, "ends_on": last}
    return ShownGroup.objects.filter(organisation=organisation, **period).values_list("filters", "digest")


@transaction.atomic
def refused(organisation, period: Period, asked: Sequence[GroupRequest]) -> set[str]:
    """Of the groups about to be shown, those that differ by too few people from one shown before.

    Groups are compared over the same period: over different ones, a difference is made of days, not people.
    The others are remembered as shown. The order of `asked` decides which of two stays; its first is the
    whole, and where that is refused nothing is shown.
    """
    k = organisation.small_group
    known = ShownGroup.objects.filter(organisation=organisation, starts_on=period.first, ends_on=period.last)
    digests = dict(_digests(organisation=organisation.pk, first=period.first, last=period.last))
    if all(digests.get(group.filters) == group.digest for group in asked):
        return set()
    with connection.cursor() as cursor:
        # Two groups asked for at the same moment would each find the other not shown yet.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('analytics.shown'), %s)", [organisation.pk])
    seen = {row.filters: bitmaps.Unpacker(row.people).people() for row in known.only("filters", "people")}
    too_close: set[str] = set()
    for group in asked:
        others = (people for filters, people in seen.items() if filters != group.filters)
        if any(is_too_close(group.people, people, k) for people in others):
            too_close.add(group.filters)
            if group is asked[0]:
                return too_close
        else:
            seen[group.filters] = group.people
    fresh = [group for group in asked if group.filters not in too_close]
    ShownGroup.objects.bulk_create(
        [
            ShownGroup(
                organisation=organisation,
                starts_on=period.first,
                ends_on=period.last,
                filters=group.filters,
                digest=group.digest,
                people=bitmaps.packed(group.people),
                shown_at=timezone.now(),
            )
            for group in fresh
            if digests.get(group.filters) != group.digest
        ],
        update_conflicts=True,
        unique_fields=["organisation", "starts_on", "ends_on", "filters"],
        update_fields=["digest", "people", "shown_at"],
    )
    return too_close
