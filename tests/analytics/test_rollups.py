import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from analytics.models import CompletionDay, DirtyDay, LearnerDay, SpaceDay, ThreadFact
from analytics.rollups import index_blocks, rebuilding, space_days
from community.models import Membership, Post, Reaction, Resolution
from courses.models import Enrolment
from events import reading
from people import privacy
from people.models import UnitMembership
from tests import making
from tests.analytics import acting
from tests.analytics.acting import act, ask, at, figures, like, marked_days, read, say

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2026, 10, 5), date(2026, 10, 6)


@pytest.fixture(autouse=True)
def _a_wednesday(time_machine):
    time_machine.move_to(at("2026-10-07", "12:00"), tick=False)


@pytest.fixture
def space(lumen, awa, karim):
    return acting.old_space(lumen, "Managers", awa, karim)


def rebuild(organisation, *days):
    for day in days or (MONDAY, TUESDAY):
        rebuilding.rebuild(organisation, day, day)


def counts(user, day=MONDAY):
    return sum(LearnerDay.objects.filter(user=user, day=day).values_list("contributions", flat=True))


def test_a_day_holds_what_a_learner_did_where(lumen, space, awa, karim):
    thread = ask(awa, space, at(MONDAY))
    answer = say(karim, thread, at(MONDAY, "11:00"))
    read(awa, thread, at(MONDAY, "11:30"))
    like(awa, answer, at(MONDAY, "11:31"))

    rebuild(lumen)

    row = LearnerDay.objects.get(user=awa)
    assert (row.day, row.space_id) == (MONDAY, space.pk)
    assert (row.presences, row.contributions, row.participations, row.reactions) == (3, 1, 2, 1)
    of_space = SpaceDay.objects.get(day=MONDAY)
    assert (of_space.learners, of_space.contributors, of_space.contributions, of_space.threads) == (
        2,
        2,
        2,
        1,
    )


def test_what_trainers_say_is_in_no_learner_figure(lumen, space, awa, julie):
    thread = ask(awa, space, at(MONDAY))
    rebuild(lumen)
    before = figures()
    say(julie, thread, at(MONDAY, "11:00"), role="trainer")
    read(julie, thread, at(MONDAY, "12:00"))

    rebuild(lumen)

    after = figures()
    assert after["LearnerDay"] == before["LearnerDay"]
    assert after["ActivityBlock"] == before["ActivityBlock"]
    assert SpaceDay.objects.get(day=MONDAY).staff_contributions == 0 or not LearnerDay.objects.filter(
        user=julie
    )
    fact = ThreadFact.objects.get(thread_id=thread.pk)
    assert fact.first_reply_at is not None
    assert fact.first_peer_reply_at is None


def test_a_message_split_in_three_counts_once_and_a_repeated_text_does_not_count(lumen, space, awa):
    thread = ask(awa, space, at(MONDAY, "08:00"))
    say(awa, thread, at(MONDAY, "10:00"), "Premier point de ma réponse sur les remises.")
    say(awa, thread, at(MONDAY, "10:05"), "Deuxième idée : demander une confirmation écrite.")
    say(awa, thread, at(MONDAY, "10:12"), "Et voici la trame que nous utilisons.")
    say(awa, thread, at(MONDAY, "15:00"), "Merci à tous pour vos retours !")
    say(awa, thread, at(TUESDAY, "09:00"), "merci à tous pour vos retours !")

    rebuild(lumen)

    assert counts(awa) == 3
    assert counts(awa, TUESDAY) == 0


def test_a_post_taken_back_leaves_the_day_and_comes_back_with_it(lumen, space, awa, karim):
    post = say(karim, ask(awa, space, at(MONDAY)), at(MONDAY, "11:00"))
    rebuild(lumen)
    before = figures()

    Post.objects.filter(pk=post.pk).update(deleted_at=at(TUESDAY))
    rebuild(lumen)
    assert counts(karim) == 0
    assert ThreadFact.objects.get().replies == 0

    Post.objects.filter(pk=post.pk).update(deleted_at=None)
    rebuild(lumen)
    assert figures() == before


def test_accepting_again_an_answer_gives_the_same_figures(lumen, space, awa, karim):
    thread = ask(awa, space, at(MONDAY))
    post = say(karim, thread, at(MONDAY, "11:00"))
    Resolution.objects.create(thread=thread, post=post, by=awa, at=at(TUESDAY))
    rebuild(lumen)
    before = figures()
    assert ThreadFact.objects.get().accepted_at == at(TUESDAY)

    Resolution.objects.all().delete()
    rebuild(lumen)
    assert ThreadFact.objects.get().accepted_at is None

    Resolution.objects.create(thread=thread, post=post, by=awa, at=at(TUESDAY))
    rebuild(lumen)
    assert figures() == before


def test_a_reaction_taken_back_did_not_happen(lumen, space, awa, karim):
    post = say(karim, ask(awa, space, at(MONDAY)), at(MONDAY, "11:00"))
    like(awa, post, at(TUESDAY))
    Reaction.objects.all().delete()

    rebuild(lumen)

    assert not LearnerDay.objects.filter(user=awa, day=TUESDAY, participations__gt=0).exists()


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"])
def test_each_hour_of_a_day_of_23_or_25_hours_belongs_to_one_day(lumen, space, awa, time_machine, change):
    time_machine.move_to(at("2026-11-20"), tick=False)
    thread = ask(awa, space, at("2026-02-02"))
    middle = date.fromisoformat(change)
    three = [middle.fromordinal(middle.toordinal() + shift) for shift in (-1, 0, 1)]
    start, end = at(three[0], "00:00").timestamp(), at(three[2], "23:59").timestamp()
    hours = int((end - start) // 3600) + 1
    for hour in range(hours):
        read(awa, thread, at(three[0], "00:00").astimezone(UTC) + acting.HOUR * hour)

    rebuild(lumen, *three)

    by_day = {row.day: row.presences for row in LearnerDay.objects.filter(user=awa, day__in=three)}
    assert sum(by_day.values()) == hours
    assert by_day[middle] == (23 if change == "2026-03-29" else 25)


def test_people_hired_before_anybody_did_anything_mark_no_day_of_then(lumen, awa):
    act("people.user_joined", awa, awa, at("2012-01-01"))

    reading.read_all(fenced=False)

    assert marked_days() == {"2026-10-07"}


def test_a_late_event_marks_its_own_day_and_a_late_post_the_next_one_too(lumen, space, awa):
    thread = ask(awa, space, at("2026-09-01"))
    reading.read_all(fenced=False)
    DirtyDay.objects.all().delete()

    read(awa, thread, at("2026-09-03", "23:30"))
    reading.read_all(fenced=False)
    assert marked_days() == {"2026-09-03"}

    # What is said the day after may repeat it.
    say(awa, thread, at("2026-09-07", "23:30"))
    reading.read_all(fenced=False)
    assert marked_days() == {"2026-09-01", "2026-09-03", "2026-09-07", "2026-09-08"}


def test_a_deletion_marks_the_day_of_the_post_and_of_its_question(lumen, space, awa, karim):
    post = say(karim, ask(awa, space, at("2026-09-01")), at("2026-09-10"))
    reading.read_all(fenced=False)
    DirtyDay.objects.all().delete()

    act("community.post_deleted", karim, post, at(TUESDAY), post.thread)
    reading.read_all(fenced=False)

    assert marked_days() == {"2026-09-01", "2026-09-10", "2026-09-11"}


def test_a_change_of_unit_marks_from_the_day_it_takes_effect(lumen, space, awa):
    read(awa, ask(awa, space, at("2026-09-01")), at("2026-09-01"))
    reading.read_all(fenced=False)
    DirtyDay.objects.all().delete()
    ventes = making.make_unit(lumen)
    UnitMembership.objects.create(user=awa, unit=ventes, starts_on=date(2026, 10, 3))
    act("people.unit_changed", awa, awa, at(MONDAY))

    reading.read_all(fenced=False)

    assert marked_days() == {"2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"}


@pytest.mark.django_db(transaction=True)
def test_a_mark_made_during_a_rebuild_is_not_lost(lumen, monkeypatch):
    rebuilding.mark(lumen.pk, [MONDAY, TUESDAY])
    real = rebuilding._rebuild_week

    def rebuild_while_somebody_marks(organisation, dates, **how):
        real(organisation, dates, **how)
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(mark_and_leave).result()

    def mark_and_leave():
        rebuilding.mark(lumen.pk, [TUESDAY])
        connections.close_all()

    monkeypatch.setattr(rebuilding, "_rebuild_week", rebuild_while_somebody_marks)

    assert rebuilding.rebuild_dirty() == 2
    assert marked_days() == {str(TUESDAY)}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_late_only_touches_those_who_acted_and_equals_a_full_rebuild(
    seed, lumen, space, monkeypatch
):
    chance = random.Random(seed)
    people = acting.make_people(lumen, 4, making.make_unit(lumen, "Ventes")) + acting.make_people(lumen, 2)
    course = making.make_course(lumen)
    for person in people[:5]:
        making.enrol(person, course)
    Enrolment.objects.update(enrolled_at=acting.LONG_AGO)
    making.join(space, *people)
    Membership.objects.update(joined_at=acting.LONG_AGO)
    places = [space, course.sessions.get().space]
    threads = [ask(people[0], place, at(MONDAY)) for place in places]
    posts = [say(chance.choice(people), chance.choice(threads), at(day, f"11:{n:02d}"))
             for n, day in enumerate([MONDAY, TUESDAY] * 4)]  # fmt: skip
    catch_up()
    whole_days = []
    real = index_blocks.rebuild_day
    monkeypatch.setattr(index_blocks, "rebuild_day", lambda *day: whole_days.append(day) or real(*day))
    for n in range(12):
        when = at(chance.choice([MONDAY, TUESDAY]), f"{chance.randint(8, 20):02d}:{n:02d}")
        person, post = chance.choice(people), chance.choice(posts)
        what = chance.choice(["read", "say", "like", "hide"])
        if what == "read":
            read(person, chance.choice(threads), when)
        elif what == "say":
            posts.append(say(person, chance.choice(threads), when))
        elif what == "like" and not Reaction.objects.filter(post=post, user=person).exists():
            like(person, post, when)
        else:
            Post.objects.filter(pk=post.pk).update(hidden_at=when)
            act("community.post_decided", people[0], post, when, post.thread)
        if chance.random() < 0.6:
            catch_up()
    catch_up()
    incremental = figures()
    # Only a place that had nothing at all before is a reason to look at everybody.
    assert len(whole_days) <= 2
    acting.forget_figures()
    call_command("rebuild_figures", verbosity=0)
    assert figures() == incremental


def catch_up() -> None:
    reading.read_all(fenced=False)
    while DirtyDay.objects.exists():
        rebuilding.rebuild_dirty()


def test_a_day_marked_for_its_roster_stays_so_when_somebody_acts(lumen):
    rebuilding.mark(lumen.pk, [], acts={MONDAY: rebuilding.Acts()})
    assert not DirtyDay.objects.get().roster
    rebuilding.mark(lumen.pk, [MONDAY])
    rebuilding.mark(lumen.pk, [], acts={MONDAY: rebuilding.Acts({1})})
    assert DirtyDay.objects.get().roster


def test_a_late_visit_marks_nobody_but_its_visitor(lumen, space, awa, karim):
    thread = ask(awa, space, at(MONDAY))
    catch_up()
    for person in (karim, awa, karim):
        read(person, thread, at(MONDAY, "15:00"))
        reading.read_all(fenced=False)
    assert sorted(DirtyDay.objects.get().people) == sorted([awa.pk, karim.pk])

    assert not DirtyDay.objects.get().said
    zoe = making.make_user("Zoé", organisation=lumen, joined_at=acting.LONG_AGO)
    say(zoe, thread, at(MONDAY, "16:00"))
    reading.read_all(fenced=False)
    read(awa, thread, at(MONDAY, "17:00"))
    reading.read_all(fenced=False)
    marked = DirtyDay.objects.get(day=MONDAY)
    assert (sorted(marked.people), marked.said) == (sorted([awa.pk, karim.pk, zoe.pk]), True)


def test_what_nobody_known_said_marks_everybody(lumen, space, awa, karim):
    post = say(karim, ask(awa, space, at(MONDAY)), at(MONDAY, "11:00"))
    catch_up()
    Post.objects.filter(pk=post.pk).update(author=None, deleted_at=at(TUESDAY))
    act("community.post_deleted", awa, post, at(TUESDAY), post.thread)
    reading.read_all(fenced=False)
    assert DirtyDay.objects.get(day=MONDAY).people is None


def test_a_late_visit_counts_its_visitor_and_leaves_the_rest_as_it_was(lumen, space, awa, karim):
    thread = ask(awa, space, at(MONDAY))
    say(karim, thread, at(MONDAY, "11:00"))
    catch_up()
    before = SpaceDay.objects.get(day=MONDAY)
    # Not to be found again when one visitor alone is counted.
    LearnerDay.objects.filter(user_id=awa.pk, day=MONDAY).update(presences=77)
    zoe = making.make_user("Zoé", organisation=lumen, joined_at=acting.LONG_AGO)
    read(zoe, thread, at(MONDAY, "15:00"))
    reading.read_all(fenced=False)

    catch_up()

    row = LearnerDay.objects.get(user=zoe)
    assert (row.day, row.space_id, row.presences, row.contributions) == (MONDAY, space.pk, 1, 0)
    assert LearnerDay.objects.get(user_id=awa.pk, day=MONDAY).presences == 77
    after = SpaceDay.objects.get(day=MONDAY)
    assert (after.learners, after.contributors) == (before.learners + 1, before.contributors)
    assert (after.contributions, after.threads) == (before.contributions, before.threads) == (2, 1)


def test_past_a_number_of_visitors_the_day_is_counted_whole(lumen, monkeypatch):
    monkeypatch.setattr(rebuilding, "PEOPLE_AT_MOST", 3)
    rebuilding.mark(lumen.pk, [], acts={MONDAY: rebuilding.Acts({1, 2})})
    rebuilding.mark(lumen.pk, [], acts={MONDAY: rebuilding.Acts({3})})
    assert sorted(DirtyDay.objects.get().people) == [1, 2, 3]
    rebuilding.mark(lumen.pk, [], acts={MONDAY: rebuilding.Acts({4})})
    assert DirtyDay.objects.get().people is None


def test_incremental_figures_equal_a_full_rebuild_byte_for_byte(lumen, space, awa, karim, julie):
    sales, support = making.make_unit(lumen, "Ventes"), making.make_unit(lumen, "Support")
    UnitMembership.objects.create(user=awa, unit=sales, starts_on=date(2026, 1, 1), ends_on=TUESDAY)
    UnitMembership.objects.create(user=awa, unit=support, starts_on=TUESDAY)
    thread = ask(awa, space, at("2026-09-28"))
    reading.read_all(fenced=False)
    rebuilding.rebuild_dirty()
    # A day late, out of order, then taken back, accepted, left.
    post = say(karim, thread, at(TUESDAY, "09:00"))
    read(awa, thread, at("2026-09-29"))
    reading.read_all(fenced=False)
    rebuilding.rebuild_dirty()
    late = say(karim, thread, at("2026-09-30", "23:55"))
    like(awa, post, at(TUESDAY))
    Post.objects.filter(pk=late.pk).update(hidden_at=at(TUESDAY))
    act("community.post_decided", julie, late, at(TUESDAY), thread)
    Resolution.objects.create(thread=thread, post=post, by=awa, at=at(TUESDAY))
    act("community.answer_accepted", awa, post, at(TUESDAY), thread)
    space.memberships.filter(user=karim).delete()
    act("community.space_left", karim, space, at(TUESDAY), space_id=space.pk)
    reading.read_all(fenced=False)
    rebuilding.mark_missing_days()
    while DirtyDay.objects.exists():
        rebuilding.rebuild_dirty()
    incremental = figures()
    assert incremental["ThreadFact"]
    assert incremental["ActivityBlock"]

    acting.forget_figures()
    call_command("rebuild_figures", verbosity=0)

    assert figures() == incremental


def test_rebuilding_a_day_twice_changes_nothing(lumen, space, awa):
    ask(awa, space, at(MONDAY))
    rebuild(lumen)
    before = figures()
    rebuild(lumen)
    assert figures() == before


def test_completion_counts_enrolments_at_the_end_of_the_day(lumen, awa, karim):
    course = making.make_course(lumen)
    for user in (awa, karim):
        type(user).objects.filter(pk=user.pk).update(joined_at=acting.LONG_AGO)
        enrolment = making.enrol(user, course)
        enrolment.enrolled_at = at("2026-09-01")
        enrolment.completed_at = at(TUESDAY) if user == awa else None
        enrolment.save()

    rebuild(lumen)

    all_of_course = CompletionDay.objects.filter(course_id=course.pk, session_id=0)
    assert list(all_of_course.order_by("day").values_list("day", "enrolments", "completed")) == [
        (MONDAY, 2, 0),
        (TUESDAY, 2, 1),
    ]


def test_an_enrolment_counts_from_its_seventh_day(lumen, awa):
    type(awa).objects.filter(pk=awa.pk).update(joined_at=acting.LONG_AGO)
    enrolment = making.enrol(awa, making.make_course(lumen))
    type(enrolment).objects.update(enrolled_at=at("2026-09-30"))

    rebuild(lumen)

    days = CompletionDay.objects.filter(course_id=0).order_by("day")
    assert list(days.values_list("day", "enrolments", "recent")) == [(MONDAY, 0, 1), (TUESDAY, 1, 0)]


def test_erasing_a_learner_keeps_the_volumes_and_no_row_of_theirs(lumen, space, awa, karim):
    thread = ask(awa, space, at(MONDAY))
    say(karim, thread, at(MONDAY, "11:00"))
    rebuild(lumen)
    volume = SpaceDay.objects.get(day=MONDAY).contributions
    karim_pk = karim.pk

    with transaction.atomic():
        for handler in privacy.REGISTRY.values():
            handler.erase(karim)
        karim.delete()
    while DirtyDay.objects.exists():
        rebuilding.rebuild_dirty(limit=3000)

    assert not LearnerDay.objects.filter(user_id=karim_pk).exists()
    of_space = SpaceDay.objects.get(day=MONDAY)
    assert (of_space.contributions, of_space.contributors) == (volume, 1)


def test_a_long_history_is_marked_with_few_queries(lumen, space, awa, karim, django_assert_max_num_queries):
    thread = ask(awa, space, at("2026-09-01"))
    catch_up()
    for n in range(1, 29):
        read(karim, thread, at(f"2026-09-{n:02d}"))
        say(karim, thread, at(f"2026-09-{n:02d}", "12:00"))

    with django_assert_max_num_queries(20):
        reading.read(reading.READERS["analytics.days"], fenced=False)

    assert marked_days() == {f"2026-09-{n:02d}" for n in range(1, 30)}


def test_a_late_answer_counts_spaces_only_on_the_day_it_was_given(lumen, space, awa, karim, monkeypatch):
    thread = ask(awa, space, at("2026-09-01"))
    reading.read_all(fenced=False)
    rebuilding.mark_missing_days()
    catch_up()
    counted = []
    real = space_days.rebuild
    monkeypatch.setattr(
        space_days, "rebuild", lambda organisation, day: counted.append(str(day)) or real(organisation, day)
    )

    say(karim, thread, at("2026-09-10"))
    reading.read_all(fenced=False)
    assert marked_days() == {"2026-09-01", "2026-09-10", "2026-09-11"}
    catch_up()

    assert counted == ["2026-09-10"]
    assert ThreadFact.objects.get().replies == 1
    assert SpaceDay.objects.get(day="2026-09-10").contributions == 1
    incremental = figures()
    acting.forget_figures()
    call_command("rebuild_figures", verbosity=0)
    assert figures() == incremental
