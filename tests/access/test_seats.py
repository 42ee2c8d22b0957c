"""Who may do what in a space: every predicate, for every person who may stand before it.

Two plain members, two organisations and two time zones stand in the table, so that no rule passes for everybody.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from community import rules
from community.models import Departure, Membership, Mute, Post, Space, Thread
from community.rules import Seat, seat_of
from courses.rules import may_author
from people.models import User
from people.rules import can_keep_people, is_administrator, is_hr, is_learner, is_trainer
from tests.making import grant_role, join, make_organisation, make_space, make_user

LUMEN, ATELIER = 1, 2
ROLES = {
    "member": (11, LUMEN, set()),
    "other member": (12, LUMEN, set()),
    "trainer": (13, LUMEN, {"trainer"}),
    "administrator": (14, LUMEN, {"administrator"}),
    "hr": (15, LUMEN, {"hr"}),
    "stranger": (21, ATELIER, set()),
    "trainer elsewhere": (22, ATELIER, {"trainer"}),
    "administrator elsewhere": (23, ATELIER, {"administrator"}),
    "nobody's": (31, None, set()),
}
OPEN = Space(pk=1, organisation_id=LUMEN, visibility="open")
CLOSED = Space(pk=2, organisation_id=LUMEN, visibility="closed")
HIDDEN = Space(pk=3, organisation_id=LUMEN, visibility="hidden")
ARCHIVED = Space(pk=4, organisation_id=LUMEN, visibility="open", archived_at=datetime(2026, 1, 1, tzinfo=UTC))
OLD_CLOSED = Space(pk=5, organisation_id=LUMEN, visibility="closed", archived_at=ARCHIVED.archived_at)
EVERYBODY = set(ROLES)


def person(who: str) -> User:
    pk, organisation, roles = ROLES[who]
    zone = "Pacific/Auckland" if pk % 2 else "America/Lima"
    user = User(pk=pk, organisation_id=organisation, name=who, time_zone=zone)
    user.roles = frozenset(roles)
    return user


def seat(who: str, space: Space = OPEN, role: str | None = None) -> Seat:
    return Seat(person(who), space, role)


def allowed(rule, *, space: Space = OPEN, role: str | None = None, about=()) -> set[str]:
    """Who of everybody a predicate lets do it, all sitting in the same seat."""
    verdicts = {who: rule(seat(who, space, role), *about) for who in ROLES}
    assert all(type(verdict) is bool for verdict in verdicts.values()), verdicts
    return {who for who, verdict in verdicts.items() if verdict}


AT_HOME = {who for who, (_pk, organisation, _roles) in ROLES.items() if organisation == LUMEN}


def test_roles_are_told_apart():
    holders = {
        rule.__name__: {who for who in ROLES if rule(person(who))}
        for rule in (is_trainer, is_administrator, is_hr)
    }
    assert holders == {
        "is_trainer": {"trainer", "trainer elsewhere"},
        "is_administrator": {"administrator", "administrator elsewhere"},
        "is_hr": {"hr"},
    }
    teaching = {"trainer", "administrator", "trainer elsewhere", "administrator elsewhere"}
    assert {who for who in ROLES if is_learner(person(who))} == EVERYBODY - teaching
    assert {who for who in ROLES if may_author(person(who))} == teaching
    assert may_author(person("member")) is False
    keeping = {"administrator", "hr", "administrator elsewhere"}
    assert {who for who in ROLES if can_keep_people(person(who))} == keeping
    assert can_keep_people(person("member")) is False


def test_a_space_is_created_by_trainers_and_administrators_of_an_organisation():
    may = {who for who in ROLES if rules.can_create_space(person(who))}
    assert may == {"trainer", "administrator", "trainer elsewhere", "administrator elsewhere"}
    lost = person("trainer")
    lost.organisation_id = None
    assert not rules.can_create_space(lost)


def test_a_space_is_changed_by_who_facilitates_it_or_administers_its_organisation():
    assert allowed(rules.can_change_space) == {"administrator"}
    assert allowed(rules.can_change_space, role="member") == {"administrator"}
    assert allowed(rules.can_change_space, role="facilitator") == EVERYBODY


def test_an_open_space_is_entered_a_closed_one_is_asked_a_hidden_one_invites():
    assert allowed(rules.can_join) == AT_HOME
    assert allowed(rules.can_ask_to_join, space=CLOSED) == AT_HOME
    for space in (CLOSED, HIDDEN, ARCHIVED, OLD_CLOSED):
        assert allowed(rules.can_join, space=space) == set()
    for space in (OPEN, HIDDEN, ARCHIVED, OLD_CLOSED):
        assert allowed(rules.can_ask_to_join, space=space) == set()
    for space, role in product((OPEN, CLOSED), ("member", "facilitator")):
        assert allowed(rules.can_join, space=space, role=role) == set()
        assert allowed(rules.can_ask_to_join, space=space, role=role) == set()


def test_members_write_and_nobody_writes_in_an_archive():
    assert allowed(rules.can_write) == set()
    assert (
        allowed(rules.can_write, role="member") == allowed(rules.can_write, role="facilitator") == EVERYBODY
    )
    assert allowed(rules.can_write, space=ARCHIVED, role="facilitator") == set()


def test_whoever_is_silent_or_owes_the_charter_writes_nothing():
    chartered = Space(pk=6, organisation_id=LUMEN, charter="Be kind.")
    member = seat("member", chartered, "member")
    assert (rules.can_write(member), member.owes_charter) == (True, False)
    owing = replace(member, has_accepted=False)
    assert (rules.can_write(owing), owing.owes_charter) == (False, True)
    assert not replace(owing, role=None).owes_charter, "whoever is no member owes nothing"
    assert rules.can_write(replace(owing, space=OPEN)), "a space without a charter asks for none"
    assert not rules.can_write(replace(member, muted_until=ARCHIVED.archived_at))


def test_whoever_was_taken_out_of_an_open_space_asks_to_come_back():
    for space, joins, asks in (
        (OPEN, False, True),
        (CLOSED, False, True),
        (HIDDEN, False, False),
        (ARCHIVED, False, False),
    ):
        gone = replace(seat("member", space), was_removed=True)
        assert (rules.can_join(gone), rules.can_ask_to_join(gone)) == (joins, asks), space.visibility
    assert not rules.can_ask_to_join(replace(seat("stranger"), was_removed=True))
    assert not rules.can_ask_to_join(replace(seat("member", role="member"), was_removed=True))


@pytest.mark.parametrize("rule", [rules.can_mute, rules.can_remove])
def test_a_member_is_silenced_and_taken_out_by_who_steers_the_space_and_nobody_by_themselves(rule):
    theirs = seat("other member", role="member")
    assert allowed(rule, about=[theirs]) == allowed(rule, role="member", about=[theirs]) == {"administrator"}
    assert allowed(rule, role="facilitator", about=[theirs]) == EVERYBODY - {"other member"}
    assert allowed(rule, role="facilitator", about=[seat("other member")]) == set(), "who is no member"
    of_a_course = Space(pk=7, organisation_id=LUMEN, about_url="/courses/x/")
    stays = rule is rules.can_remove
    assert rule(seat("administrator", of_a_course), theirs) is not stays


def test_a_challenge_ends_when_who_set_it_or_who_facilitates_says():
    challenge, other = (Thread(pk=1, author_id=11, kind=kind) for kind in ("challenge", "question"))
    left = Thread(pk=2, author_id=None, kind="challenge")
    assert allowed(rules.can_change_end, role="member", about=[challenge]) == {"member"}
    assert allowed(rules.can_change_end, about=[challenge]) == set()
    assert allowed(rules.can_change_end, role="member", space=ARCHIVED, about=[challenge]) == set()
    assert allowed(rules.can_change_end, role="member", about=[left]) == set()
    assert allowed(rules.can_change_end, role="facilitator", about=[left]) == EVERYBODY
    assert allowed(rules.can_change_end, role="facilitator", about=[other]) == set()
    unsaved = Seat(User(organisation_id=LUMEN), OPEN, "member")
    assert rules.can_change_end(unsaved, left) is False


def test_the_seat_that_was_read_with_a_row_is_that_of_the_row():
    awa, then = person("member"), datetime(2026, 2, 1, tzinfo=UTC)
    space = Space(pk=8, organisation_id=LUMEN)
    space.my_role, space.muted_until, space.charter_accepted_at = "facilitator", then, None
    thread = Thread(pk=1, space=OPEN)
    thread.my_role, thread.muted_until, thread.charter_accepted_at, thread.was_removed = (
        None,
        None,
        then,
        True,
    )
    assert rules.seat_in(space, awa) == Seat(awa, space, "facilitator", muted_until=then, has_accepted=False)
    assert rules.seat_in(thread, awa) == Seat(awa, OPEN, None, has_accepted=True, was_removed=True)


def test_a_gate_is_closed_until_one_has_passed_and_never_for_who_facilitates():
    for gate, passed in product(("open", "after_reply", "pass"), (False, True)):
        thread = Thread(pk=1, gate=gate)
        thread.passed = passed

        def is_closed(seat: Seat, thread: Thread = thread) -> bool:
            return rules.is_gate_closed(thread, seat)

        closed = allowed(is_closed, role="member")
        assert closed == (EVERYBODY if gate != "open" and not passed else set()), (gate, passed)
        assert allowed(is_closed, role="facilitator") == set()


def test_a_reply_needs_a_seat_an_open_thread_and_the_answer_elsewhere_that_it_waits_for():
    def thread_with(gate: str, *, passed: bool = False, locked: bool = False) -> Thread:
        thread = Thread(pk=1, gate=gate, locked_at=ARCHIVED.archived_at if locked else None)
        thread.passed = passed
        return thread

    for gate in ("open", "after_reply"):
        assert allowed(rules.can_reply, role="member", about=[thread_with(gate)]) == EVERYBODY
    assert allowed(rules.can_reply, role="member", about=[thread_with("pass")]) == set()
    assert allowed(rules.can_reply, role="member", about=[thread_with("pass", passed=True)]) == EVERYBODY
    assert allowed(rules.can_reply, role="facilitator", about=[thread_with("pass")]) == EVERYBODY
    assert allowed(rules.can_reply, about=[thread_with("open")]) == set()
    for role in ("member", "facilitator"):
        assert allowed(rules.can_reply, role=role, about=[thread_with("open", locked=True)]) == set()
        assert allowed(rules.can_reply, role=role, space=ARCHIVED, about=[thread_with("open")]) == set()


@pytest.mark.parametrize("post", [Post(pk=1, author_id=11), Post(pk=2, author_id=None)])
def test_what_one_wrote_oneself(post):
    author = {"member"} if post.author_id else set()
    for role in (None, "member"):
        assert allowed(rules.can_react, role=role, about=[post]) == EVERYBODY - author
        assert allowed(rules.can_flag, role=role, about=[post]) == EVERYBODY - author
        assert allowed(rules.can_delete, role=role, about=[post]) == author
        assert allowed(rules.can_see_hidden, role=role, about=[post]) == author
        assert allowed(rules.can_edit, role=role, about=[post]) == (author if role else set())
    assert allowed(rules.can_react, role="facilitator", about=[post]) == EVERYBODY - author
    assert allowed(rules.can_flag, role="facilitator", about=[post]) == EVERYBODY - author
    assert allowed(rules.can_delete, role="facilitator", about=[post]) == EVERYBODY
    assert allowed(rules.can_see_hidden, role="facilitator", about=[post]) == EVERYBODY
    assert allowed(rules.can_edit, role="facilitator", about=[post]) == author


def test_nobody_decides_on_what_they_wrote_themselves():
    by_administrator, by_member = Post(pk=1, author_id=14), Post(pk=2, author_id=11)
    assert allowed(rules.can_decide, role="member", about=[by_member]) == {"administrator"}
    assert allowed(rules.can_decide, role="member", about=[by_administrator]) == set()
    assert allowed(rules.can_decide, role="facilitator", about=[by_member]) == EVERYBODY - {"member"}


def test_a_removal_is_taken_back_by_who_removed_or_facilitates():
    removed = Post(pk=1, author_id=12, deleted_by_id=11)
    assert allowed(rules.can_restore, about=[removed]) == {"member"}
    assert allowed(rules.can_restore, role="member", about=[removed]) == {"member"}
    assert allowed(rules.can_restore, role="facilitator", about=[removed]) == EVERYBODY
    own = Post(pk=2, author_id=11, deleted_by_id=11)
    assert allowed(rules.can_restore, role="member", about=[own]) == {"member"}
    assert allowed(rules.can_restore, about=[own]) == set(), "whoever was taken out brings no words back"


def test_an_answer_is_kept_by_the_asker_who_facilitates_or_a_trainer_of_the_house():
    asked, left = Thread(pk=1, author_id=11), Thread(pk=2, author_id=None)
    assert allowed(rules.can_accept, role="member", about=[asked]) == {"member", "trainer"}
    assert allowed(rules.can_accept, role="member", about=[left]) == {"trainer"}
    assert allowed(rules.can_accept, role="facilitator", about=[asked]) == EVERYBODY
    unsaved = Seat(User(organisation_id=ATELIER), OPEN, "member")
    unsaved.user.roles = frozenset()
    assert rules.can_accept(unsaved, left) is False


def test_who_facilitates_steers():
    assert allowed(rules.can_steer) == allowed(rules.can_steer, role="member") == set()
    assert allowed(rules.can_steer, role="facilitator") == EVERYBODY


def test_what_is_done_in_a_space_is_logged_under_the_role_one_has_there():
    roles = {who: seat(who, role="member").acting_role for who in ROLES}
    assert roles == {
        **dict.fromkeys(EVERYBODY, "learner"),
        **dict.fromkeys(("trainer", "trainer elsewhere"), "trainer"),
        **dict.fromkeys(("administrator", "administrator elsewhere"), "staff"),
    }
    assert seat("member", role="facilitator").acting_role == "trainer"
    assert seat("administrator", role="facilitator").acting_role == "staff"
    assert seat("member").is_member is False
    assert seat("member", role="member").is_member is True
    assert [seat(who).is_at_home for who in ("member", "stranger", "nobody's")] == [True, False, False]


@pytest.mark.django_db
def test_the_seat_of_a_person_is_their_own():
    lumen, atelier = make_organisation("Lumen"), make_organisation("Atelier Nord")
    awa = make_user("Awa", organisation=lumen, time_zone="Europe/Paris")
    karim = make_user("Karim", organisation=lumen, time_zone="Pacific/Auckland")
    ines = make_user("Ines", organisation=atelier)
    here, there = make_space(lumen), make_space(lumen)
    join(here, awa)
    join(here, karim, role="facilitator")
    join(there, ines)
    Membership.objects.filter(user=awa).update(notify="nothing")

    found = {
        (who.name, space.pk): seat_of(who, space) for who in (awa, karim, ines) for space in (here, there)
    }
    assert {key: (one.role, one.notify) for key, one in found.items()} == {
        ("Awa", here.pk): ("member", "nothing"),
        ("Awa", there.pk): (None, "mentions"),
        ("Karim", here.pk): ("facilitator", "mentions"),
        ("Karim", there.pk): (None, "mentions"),
        ("Ines", here.pk): (None, "mentions"),
        ("Ines", there.pk): ("member", "mentions"),
    }
    assert all(one.user.name == name and one.space.pk == space for (name, space), one in found.items())
    assert not any(one.was_removed or one.muted_until for one in found.values())


@pytest.mark.django_db
def test_the_seat_knows_what_was_accepted_and_decided_about_its_person():
    lumen = make_organisation("Lumen")
    awa = make_user("Awa", organisation=lumen, time_zone="Europe/Paris")
    karim = make_user("Karim", organisation=lumen, time_zone="Pacific/Auckland")
    here, there = make_space(lumen), make_space(lumen)
    join(here, awa, karim)
    now = datetime.now(UTC)
    Membership.objects.filter(user=karim).update(charter_accepted_at=None)
    for space, who, until, lifted in (
        (here, awa, now + timedelta(days=1), None),
        (here, awa, now + timedelta(days=2), None),
        (here, karim, now - timedelta(days=1), None),
        (here, karim, now + timedelta(days=1), now),
        (there, karim, now + timedelta(days=1), None),
    ):
        Mute.objects.create(space=space, user=who, reason="Loud.", until=until, lifted_at=lifted)
    Departure.objects.create(space=there, user=karim, by=awa, reason="Loud.", joined_at=now)
    Departure.objects.create(space=there, user=awa, by=awa, joined_at=now)
    Departure.objects.create(space=here, user=awa, by=None, reason="Loud.", joined_at=now)
    assert set(Departure.objects.removals_of(karim).values_list("space", flat=True)) == {there.pk}
    Departure.objects.create(space=there, user=awa, by=karim, joined_at=now, ended_at=now)

    assert seat_of(awa, here).muted_until == now + timedelta(days=2)
    assert seat_of(karim, here).muted_until is None
    assert [seat_of(who, here).has_accepted for who in (awa, karim)] == [True, False]
    assert [(seat_of(who, there).was_removed, seat_of(who, there).space) for who in (awa, karim)] == [
        (False, there),
        (True, there),
    ]


@pytest.mark.django_db
def test_roles_are_those_held_now_in_ones_own_organisation():
    lumen, atelier = make_organisation("Lumen"), make_organisation("Atelier Nord")
    awa, karim = make_user("Awa", organisation=lumen), make_user("Karim", organisation=lumen)
    grant_role(awa, "trainer")
    revoked = grant_role(awa, "hr")
    revoked.revoked_at = datetime(2026, 1, 1, tzinfo=UTC)
    revoked.save()
    elsewhere = grant_role(awa, "administrator")
    elsewhere.organisation = atelier
    elsewhere.save()

    assert User.objects.get(pk=awa.pk).roles == {"trainer"}
    assert User.objects.get(pk=karim.pk).roles == frozenset()
    assert User(is_staff=True, organisation=lumen, pk=karim.pk).event_role == "staff"
