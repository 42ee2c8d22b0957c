"""Builds the bitmap index: the blocks of a day from its rows and its roster, those of a week from its days."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from functools import reduce
from itertools import chain
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Q

from analytics import bitmap_index, bitmaps
from analytics.bitmap_index import NumbersByUnit
from analytics.days import bounds
from analytics.measures import ENROLLED, LAYOUT, MEASURES, LearnerDayRow, Measure
from analytics.models import ActivityBlock, LearnerDay, Seat
from analytics.rollups.roster import Roster, roster_of
from courses.models import Enrolment, Session

Block = ActivityBlock
Scope = tuple[str, int]
# A person's number of a measure: their unit, their seat, the number.
Act = tuple[int, int, int]
OF_ACTS = [measure for measure in MEASURES.values() if measure.number]


class BlockKey(NamedTuple):
    """Which block it is among those of a day or a week."""

    scope: str
    scope_id: int
    measure: str


class DayActivity:
    """What the blocks of one day are made from."""

    def __init__(self, organisation, day: date) -> None:
        self.roster = roster_of(organisation, day)
        found = LearnerDay.objects.filter(organisation=organisation, day=day)
        rows = sorted(map(LearnerDayRow._make, found.values_list(*LearnerDayRow._fields)))
        self.seats = _seats(organisation, self.roster, rows)
        # Hundreds of spaces, sessions and courses each look at their own acts, never at all of the day's.
        self.acts = {measure: _acts_by_space(measure, rows, self.seats) for measure in OF_ACTS}

    def contents(self) -> Iterator[tuple[BlockKey, NumbersByUnit]]:
        roster = self.roster
        yield from self._scope(Block.Scope.ALL, 0, roster.units, None)
        for space, users in roster.spaces.items():
            yield from self._scope(Block.Scope.SPACE, space, users, {space})
        for session, users in roster.sessions.items():
            yield from self._scope(Block.Scope.SESSION, session, users, roster.spaces_of_session[session])
        for course, people in roster.courses.items():
            yield from self._scope(Block.Scope.COURSE, course, people, roster.spaces_of_course[course])

    def _scope(
        self, scope: str, scope_id: int, enrolled: Iterable[int], spaces: Collection[int] | None
    ) -> Iterator[tuple[BlockKey, NumbersByUnit]]:
        """The learners enrolled in a scope, and each measure of what happened in its spaces (None: anywhere)."""
        yield BlockKey(scope, scope_id, ENROLLED.name), self._enrolled(enrolled)
        for measure, of_space in self.acts.items():
            acts = of_space.values() if spaces is None else (of_space.get(space, []) for space in spaces)
            yield BlockKey(scope, scope_id, measure.name), _numbers(measure, chain.from_iterable(acts))

    def _enrolled(self, users: Iterable[int]) -> NumbersByUnit:
        units, seats = self.roster.units, self.seats
        roll: dict[int, list[int]] = defaultdict(list)
        for user in users:
            if user in units:
                roll[units[user]].append(seats[user])
        return {unit: [bitmaps.set_of(found)] for unit, found in roll.items()}


def _acts_by_space(
    measure: Measure, rows: Iterable[LearnerDayRow], seats: dict[int, int]
) -> dict[int, list[Act]]:
    assert measure.number is not None
    acts: dict[int, list[Act]] = defaultdict(list)
    for row in rows:
        if number := measure.number(row):
            acts[row.space_id].append((row.unit_id, seats[row.user_id], number))
    return acts


def _numbers(measure: Measure, acts: Iterable[Act]) -> NumbersByUnit:
    numbers: dict[int, dict[int, int]] = defaultdict(dict)
    for unit, seat, number in acts:
        of_unit = numbers[unit]
        of_unit[seat] = of_unit.get(seat, 0) + number if measure.adds_up else 1
    return {unit: bitmaps.slices_of(of_unit) for unit, of_unit in numbers.items()}


def rebuild_day(organisation, day: date) -> set[BlockKey]:
    """Write the blocks of a day that are not what they should be; which ones."""
    contents = DayActivity(organisation, day).contents()
    made = {key: data for key, units in contents if (data := bitmap_index.pack(units))}
    known = _known(organisation, day, Q())
    changed = {key for key in made.keys() | known.keys() if made.get(key) != known.get(key)}
    _replace(organisation, Block.Grain.DAY, day, changed, made)
    return changed


def repair_day(organisation, day: date, acted: Collection[tuple[int, int]]) -> set[BlockKey]:
    """The same when only these people's acts have changed, each in a space, and no roster: their seats alone are
    set anew in the blocks that hold them. A scope that is not there yet is left to the rebuild of all."""
    if not acted:
        return set()
    users = {user for user, _space in acted}
    seats = dict(Seat.objects.filter(user__in=users).values_list("user_id", "position"))
    scopes = _scopes_of(organisation, day, {space for _user, space in acted if space})
    known = _known(organisation, day, _in_scopes(scopes.keys()))
    if {key[:2] for key in known} != scopes.keys() or seats.keys() != users:
        return rebuild_day(organisation, day)
    found = LearnerDay.objects.filter(organisation=organisation, day=day, user__in=users)
    rows = list(map(LearnerDayRow._make, found.values_list(*LearnerDayRow._fields)))
    others, made = ~bitmaps.set_of(seats.values()), {}
    for scope, spaces in scopes.items():
        inside = [row for row in rows if spaces is None or row.space_id in spaces]
        for measure in OF_ACTS:
            key = BlockKey(*scope, measure.name)
            before = bitmap_index.unpack(known.get(key, b""))
            units = {unit: bitmaps.among(slices, others) for unit, slices in before.items()}
            acts = chain.from_iterable(_acts_by_space(measure, inside, seats).values())
            for unit, slices in _numbers(measure, acts).items():
                units[unit] = measure.joined(units.get(unit, []), slices)
            made[key] = bitmap_index.pack(units)
    changed = {key for key, data in made.items() if data != known.get(key, b"")}
    _replace(organisation, Block.Grain.DAY, day, changed, {key: data for key, data in made.items() if data})
    return changed


def _known(organisation, day: date, condition: Q) -> dict[BlockKey, bytes]:
    """The blocks of a day; nothing is known of what another layout holds."""
    blocks = Block.objects.filter(condition, organisation=organisation, grain=Block.Grain.DAY, starts_on=day)
    rows = blocks.values_list(*BlockKey._fields, "layout", "data")
    return {BlockKey(*key): bytes(data) if layout == LAYOUT else b"" for *key, layout, data in rows}


def _scopes_of(organisation, day: date, spaces: set[int]) -> dict[Scope, set[int] | None]:
    """Every scope that looks at one of these spaces, with all the spaces it looks at (None: anywhere)."""
    found: dict[Scope, set[int] | None] = {(Block.Scope.ALL, 0): None}
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


def rebuild_week(organisation, monday: date, keys: Collection[BlockKey]) -> None:
    """The week of these blocks, from their days."""
    made: dict[BlockKey, NumbersByUnit] = defaultdict(dict)
    days = Block.objects.filter(
        _among([key for key in keys if key.measure in MEASURES]),
        organisation=organisation,
        grain=Block.Grain.DAY,
        starts_on__range=(monday, monday + timedelta(days=6)),
        layout=LAYOUT,
    ).order_by("starts_on")
    for *key, data in days.values_list(*BlockKey._fields, "data"):
        of_week = made[BlockKey(*key)]
        join = MEASURES[key[-1]].joined
        for unit, slices in bitmap_index.unpack(data).items():
            of_week[unit] = join(of_week.get(unit, []), slices)
    packed = {key: bitmap_index.pack(units) for key, units in made.items()}
    _replace(organisation, Block.Grain.WEEK, monday, keys, packed)


def keys_of_week(organisation, monday: date) -> set[BlockKey]:
    """Everything that has a block in a week, its own or one of a day."""
    span = (monday, monday + timedelta(days=6))
    blocks = Block.objects.filter(organisation=organisation, starts_on__range=span)
    return {BlockKey(*key) for key in blocks.values_list(*BlockKey._fields).distinct()}


def _in_scopes(scopes: Collection[Scope]) -> Q:
    found: dict[str, list[int]] = defaultdict(list)
    for scope, scope_id in scopes:
        found[scope].append(scope_id)
    among = (Q(scope=scope, scope_id__in=sorted(ids)) for scope, ids in sorted(found.items()))
    return reduce(Q.__or__, among, Q(pk=None))


def _among(keys: Collection[BlockKey]) -> Q:
    scopes: dict[str, set[Scope]] = defaultdict(set)
    for key in keys:
        scopes[key.measure].add(key[:2])
    among = (Q(_in_scopes(found), measure=measure) for measure, found in sorted(scopes.items()))
    return reduce(Q.__or__, among, Q(pk=None))


def _replace(
    organisation, grain: str, starts_on: date, keys: Collection[BlockKey], made: dict[BlockKey, bytes]
) -> None:
    """Delete and insert these blocks."""
    if not keys:
        return
    Block.objects.filter(_among(keys), organisation=organisation, grain=grain, starts_on=starts_on).delete()
    place = {"organisation": organisation, "grain": grain, "starts_on": starts_on, "layout": LAYOUT}
    Block.objects.bulk_create(
        Block(**place, **key._asdict(), data=made[key]) for key in sorted(made.keys() & set(keys))
    )


def _seats(organisation, roster: Roster, rows: list[LearnerDayRow]) -> dict[int, int]:
    """The seats of everybody on the roster and in the rows; those who have none get the next ones.

    Given unit by unit, so that the people of a unit sit together and its bitmaps stay short.
    """
    needed = [*roster.units, *sorted({row.user_id for row in rows} - roster.units.keys())]
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
