"""One row per scope, day and measure: old blocks are split, those of another layout or measure are not misread."""

import importlib
import struct
from datetime import date

import pytest
from django.apps import apps

from analytics import bitmap_index, bitmaps
from analytics.filters import Period, Scope
from analytics.measures import CONTRIBUTIONS, ENROLLED, PARTICIPATED, PRESENT, SIGNATURE
from analytics.models import ActivityBlock, BuiltDay, DirtyDay
from analytics.queries import report
from analytics.rollups import index_blocks, rebuilding
from events import reading
from tests.analytics import acting
from tests.analytics.acting import ask, at, figures, marked_days, read

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
split_blocks = importlib.import_module("analytics.migrations.0007_split_blocks")


@pytest.fixture(autouse=True)
def _a_monday_evening(time_machine):
    time_machine.move_to(at(MONDAY, "20:00"), tick=False)


@pytest.fixture
def learners(lumen):
    people = acting.make_people(lumen, 6)
    thread = ask(people[0], acting.old_space(lumen, "Managers", *people), at(MONDAY))
    read(people[1], thread, at(MONDAY, "11:00"))
    reading.read_all(fenced=False)
    rebuilding.rebuild_dirty()
    return people


def in_the_old_layout(units):
    return b"".join(
        struct.pack("<q", unit)
        + bitmaps.packed_slices(of_unit[ENROLLED])
        + bitmaps.packed(bitmaps.anyone(of_unit[PRESENT]))
        + bitmaps.packed(bitmaps.anyone(of_unit[PARTICIPATED]))
        + bitmaps.packed_slices(of_unit[CONTRIBUTIONS])
        for unit, of_unit in sorted(units.items())
    )


def test_blocks_written_before_there_were_measures_are_split_into_the_same_rows(lumen, learners):
    before = figures()["ActivityBlock"]
    old = {}
    for block in ActivityBlock.objects.all():
        of_scope = old.setdefault((block.scope, block.scope_id, block.grain, block.starts_on), {})
        for unit, slices in bitmap_index.unpack(block.data).items():
            numbers = of_scope.setdefault(
                unit, {one: [] for one in (ENROLLED, PRESENT, PARTICIPATED, CONTRIBUTIONS)}
            )
            numbers[next(one for one in numbers if one.name == block.measure)] = slices
    ActivityBlock.objects.all().delete()
    BuiltDay.objects.update(measures="")
    for (scope, scope_id, grain, starts_on), units in old.items():
        ActivityBlock.objects.create(
            organisation=lumen, scope=scope, scope_id=scope_id, grain=grain, starts_on=starts_on,
            data=in_the_old_layout(units),
        )  # fmt: skip

    split_blocks.split(apps, None)

    assert figures()["ActivityBlock"] == before
    assert set(BuiltDay.objects.values_list("measures", flat=True)) == {split_blocks.BUILT}


def test_a_block_of_another_layout_or_of_a_measure_of_the_past_is_not_read(lumen, learners):
    period = Period(MONDAY, MONDAY)
    ActivityBlock.objects.filter(measure=PRESENT.name).update(layout=7)
    ActivityBlock.objects.filter(measure=PARTICIPATED.name).update(measure="steps")

    (found,) = report.read(lumen, Scope(), [period])

    activity = found.period.whole
    assert activity.people(ENROLLED).bit_count() == 6
    assert activity.people(CONTRIBUTIONS).bit_count() == 1
    assert activity.people(PRESENT) == activity.people(PARTICIPATED) == 0


def test_rebuilding_replaces_blocks_of_another_layout_and_drops_measures_of_the_past(lumen, learners):
    before = figures()["ActivityBlock"]
    ActivityBlock.objects.filter(measure=PRESENT.name).update(layout=7)
    ActivityBlock.objects.filter(measure=PARTICIPATED.name).update(measure="steps")

    rebuilding.rebuild(lumen, MONDAY, MONDAY)

    assert figures()["ActivityBlock"] == before


def test_days_built_before_a_measure_was_added_are_counted_again_whole(lumen, learners, monkeypatch):
    rebuilding.mark_missing_days()
    assert marked_days() == set()
    BuiltDay.objects.update(measures="layout.1 enrolled.1")
    read(learners[2], ask(learners[3], acting.old_space(lumen, "Achats"), at(MONDAY)), at(MONDAY))
    reading.read_all(fenced=False)
    assert not DirtyDay.objects.get().roster

    whole = []
    real = index_blocks.rebuild_day
    monkeypatch.setattr(index_blocks, "rebuild_day", lambda *day: whole.append(day) or real(*day))
    rebuilding.rebuild_dirty()
    assert len(whole) == 1
    assert BuiltDay.objects.get().measures == SIGNATURE

    BuiltDay.objects.update(measures="layout.1 enrolled.1")
    rebuilding.mark_missing_days()
    assert marked_days() == {str(MONDAY)}
