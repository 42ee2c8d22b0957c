"""Builds the bitmap index: the blocks of a day from its rows and its roster, those of a week from its days."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from functools import reduce
from itertools import chain

from django.db import connection
from django.db.models import Max, Q

from analytics import bitmap_index, bitmaps
from analytics.bitmap_index import ActivityByUnit, GroupActivity
from analytics.days import bounds
from analytics.models import ActivityBlock, LearnerDay, Seat
from analytics.rollups.roster import Roster, roster_of
from courses.models import Enrolment, Session

Block = ActivityBlock
ScopeKey = tuple[str, int]


class DayActivity:
    """What the blocks of one day are made from."""

    def __init__(self, organisation, day: date) -> None:
        self.roster = roster_of(organisation, day)
        rows = LearnerDay.objects.filter(organisation=organisation, day=day).values_list(
            "user_id", "unit_id", "space_id", "presences", "contributions", "participations"
        )
        self.rows = sorted(rows)
        self.seats = _seats(organisation, self.roster, self.rows)
        # Hundreds of spaces, sessions and courses each look at their own rows, never at all of the day's.
        self.rows_of_space: dict[int, list[tuple]] = defaultdict(list)
        for row in self.rows:
            self.rows_of_space[row[2]].append(row)

    def units(self, enrolled: Iterable[int], spaces: Collection[int] | None) -> ActivityByUnit:
        """The activity of the learners enrolled in a scope, with what happened in its spaces (None: anywhere)."""
        roll, present, part = defaultdict(list), defaultdict(list), defaultdict(list)
        counts: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        units, seats = self.roster.units, self.seats
        for user in enrolled:
            if user in units:
                roll[units[user]].append(seats[user])
        rows = self.rows if spaces is None else chain.from_iterable(map(self._rows_in, spaces))
        for user, unit, _space, presences, contributions, participations in rows:
            seat = seats[user]
            if presences or participations:
                present[unit].append(seat)
            if participations:
                part[unit].append(seat)
            if contributions:
                counts[unit][seat] += contributions
        return {
            unit: GroupActivity(
                [bitmaps.set_of(roll[unit])] if unit in roll else [],
                bitmaps.set_of(present[unit]),
                bitmaps.set_of(part[unit]),
                bitmaps.slices_of(counts[unit]),
            )
            for unit in sorted({*roll, *present, *part, *counts})
        }

    def _rows_in(self, space: int) -> list[tuple]:
        return self.rows_of_space.get(space, [])

    def scopes(self) -> dict[ScopeKey, ActivityByUnit]:
        roster = self.roster
        made: dict[ScopeKey, ActivityByUnit] = {(Block.Scope.ALL, 0): self.units(roster.units, None)}
        for space, users in roster.spaces.items():
            made[Block.Scope.SPACE, space] = self.units(users, {space})
        for session, users in roster.sessions.items():
            made[Block.Scope.SESSION, session] = self.units(users, roster.spaces_of_session[session])
        for course, people in roster.courses.items():
            made[Block.Scope.COURSE, course] = self.units(people, roster.spaces_of_course[course])
        return {place: units for place, units in made.items() if units}


def rebuild_day(organisation, day: date) -> set[ScopeKey]:
    """Write the blocks of a day that are not what they should be; the places they belong to."""
    made = {
        place: bitmap_index.pack(units) for place, units in DayActivity(organisation, day).scopes().items()
    }
    blocks = Block.objects.filter(organisation=organisation, grain=Block.Grain.DAY, starts_on=day)
    kept = {(scope, key): bytes(data) for scope, key, data in blocks.values_list("scope", "scope_id", "data")}
    changed = {place for place in made.keys() | kept.keys() if made.get(place) != kept.get(place)}
    _replace(organisation, Block.Grain.DAY, day, changed, made)
    return changed


def repair_day(organisation, day: date, acted: Collection[tuple[int, int]]) -> set[ScopeKey]:
    """The same when only these people's acts have changed, each in a space, and no roster: their seats alone are
    set anew in the blocks that hold them. A block that is not there yet is left to the rebuild of all."""
    if not acted:
        return set()
    users = {user for user, _space in acted}
    seats = dict(Seat.objects.filter(user__in=users).values_list("user_id", "position"))
    scopes = _scopes_of(organisation, day, {space for _user, space in acted if space})
    blocks = Block.objects.filter(
        _at(scopes.keys()), organisation=organisation, grain=Block.Grain.DAY, starts_on=day
    )
    kept = {(block.scope, block.scope_id): bytes(block.data) for block in blocks}
    if kept.keys() != scopes.keys() or seats.keys() != users:
        return rebuild_day(organisation, day)
    rows = LearnerDay.objects.filter(organisation=organisation, day=day, user__in=users)
    made = {}
    for place, spaces in scopes.items():
        units = bitmap_index.unpack(kept[place])
        bitmap_index.forget_acts(units, bitmaps.set_of(seats.values()))
        for row in rows:
            if spaces is None or row.space_id in spaces:
                activity = units.setdefault(row.unit_id, GroupActivity())
                activity.act(seats[row.user_id], row.presences, row.contributions, row.participations)
        made[place] = bitmap_index.pack(
            {unit: activity for unit, activity in units.items() if activity.is_anything}
        )
    changed = {place for place in made if made[place] != kept[place]}
    # A place without anything left has no block.
    _replace(
        organisation, Block.Grain.DAY, day, changed, {place: data for place, data in made.items() if data}
    )
    return changed


def _scopes_of(organisation, day: date, spaces: set[int]) -> dict[ScopeKey, set[int] | None]:
    """Every scope that looks at one of these spaces, with all the spaces it looks at (None: anywhere)."""
    found: dict[ScopeKey, set[int] | None] = {(Block.Scope.ALL, 0): None}
    found |= {(Block.Scope.SPACE, space): {space} for space in spaces}
    sessions = Session.objects.filter(space__in=spaces, course__organisation=organisation)
    courses = set()
    for session, space, course in sessions.values_list("pk", "space_id", "course_id"):
        found[Block.Scope.SESSION, session] = {space}
        courses.add(course)
    start, end = bounds(day, organisation.zone)
    # As on the roster: the sessions somebody was enrolled in that day.
    stays = Enrolment.objects.filter(session__course__in=courses, enrolled_at__lt=end)
    stays = stays.filter(Q(left_at=None) | Q(left_at__gte=start))
    for course, space in stays.values_list("session__course", "session__space").distinct():
        place = (Block.Scope.COURSE, course)
        found[place] = (found.get(place) or set()) | {space}
    return found


def rebuild_week(organisation, monday: date, places: Collection[ScopeKey]) -> None:
    """The week of these places, from their days."""
    made: dict[ScopeKey, ActivityByUnit] = defaultdict(dict)
    days = Block.objects.filter(
        _at(places),
        organisation=organisation,
        grain=Block.Grain.DAY,
        starts_on__range=(monday, monday + timedelta(days=6)),
    ).order_by("starts_on")
    for block in days:
        bitmap_index.merge(made[block.scope, block.scope_id], bitmap_index.unpack(block.data))
    packed = {place: bitmap_index.pack(units) for place, units in made.items()}
    _replace(organisation, Block.Grain.WEEK, monday, places, packed)


def places_of_week(organisation, monday: date) -> set[ScopeKey]:
    """Everything that has a block in a week, its own or one of a day."""
    span = (monday, monday + timedelta(days=6))
    blocks = Block.objects.filter(organisation=organisation, starts_on__range=span)
    return set(blocks.values_list("scope", "scope_id").distinct())


def _at(places: Collection[ScopeKey]) -> Q:
    keys: dict[str, list[int]] = defaultdict(list)
    for scope, key in places:
        keys[scope].append(key)
    among = (Q(scope=scope, scope_id__in=sorted(found)) for scope, found in sorted(keys.items()))
    return reduce(Q.__or__, among, Q(pk=None))


def _replace(
    organisation, grain: str, starts_on: date, places: Collection[ScopeKey], made: dict[ScopeKey, bytes]
) -> None:
    """Delete and insert the blocks of these places."""
    if not places:
        return
    Block.objects.filter(_at(places), organisation=organisation, grain=grain, starts_on=starts_on).delete()
    Block.objects.bulk_create(
        Block(
            organisation=organisation,
            grain=grain,
            starts_on=starts_on,
            scope=scope,
            scope_id=scope_id,
            data=made[scope, scope_id],
        )
        for scope, scope_id in sorted(made.keys() & set(places))
    )


def _seats(organisation, roster: Roster, rows: list[tuple]) -> dict[int, int]:
    """The seats of everybody on the roster and in the rows; those who have none get the next ones.

    Given unit by unit, so that the people of a unit sit together and its bitmaps stay short.
    """
    needed = [*roster.units, *sorted({row[0] for row in rows} - roster.units.keys())]
    seats = _known_seats(organisation)
    if any(user not in seats for user in needed):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('analytics.seats'), %s)", [organisation.pk])
        seats = _known_seats(organisation)
        last = Seat.objects.filter(organisation=organisation).aggregate(last=Max("position"))["last"]
        first = 0 if last is None else last + 1
        missing = [user for user in needed if user not in seats]
        new = [
            Seat(organisation=organisation, user_id=user, position=position)
            for position, user in enumerate(missing, start=first)
        ]
        Seat.objects.bulk_create(new)
        seats.update((seat.user_id, seat.position) for seat in new)
    return seats


def _known_seats(organisation) -> dict[int, int]:
    return dict(Seat.objects.filter(organisation=organisation).values_list("user_id", "position"))
