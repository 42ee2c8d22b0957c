"""What every action of a space asks before it writes, and that nothing else passes."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import override

from community.actions.gates import (
    lock_thread_row,
    refuse_archived,
    refuse_closed_gate,
    refuse_locked,
    refuse_silenced,
    require,
    settle_gate,
)
from community.models import Space, Thread, ThreadPass
from community.rules import Seat
from core.errors import Refused
from people.models import User
from tests.making import join, make_post, make_space, make_thread

NOW = timezone.now()


def refusal(gate, *about) -> tuple[str, str] | None:
    try:
        with override("en"):
            gate(*about)
    except Refused as error:
        return error.code, str(error)
    return None


def test_what_is_not_allowed_is_denied():
    require(True)
    with pytest.raises(PermissionDenied):
        require(False)


def test_nothing_is_written_in_an_archive_or_a_closed_discussion():
    assert refusal(refuse_archived, Space()) is None
    assert refusal(refuse_archived, Space(archived_at=NOW)) == (
        "archived",
        "This space is archived: it can be read, nothing more is written in it.",
    )
    assert refusal(refuse_locked, Thread()) is None
    assert refusal(refuse_locked, Thread(locked_at=NOW)) == (
        "locked",
        "This discussion is closed: it can be read, nothing more is written in it.",
    )
    for gone in (Thread(closed_at=NOW), Thread(closed_at=NOW, locked_at=NOW)):
        assert refusal(refuse_locked, gone) == ("removed", "This discussion was removed.")


def test_a_reply_waits_for_the_answer_elsewhere(people):
    space = make_space(people.lumen)
    join(space, people.awa, people.karim, people.ines)
    waiting, other = (make_thread(space, people.awa, gate="pass") for _ in range(2))
    ThreadPass.objects.create(thread=waiting, user=people.karim)
    ThreadPass.objects.create(thread=other, user=people.awa)
    answers = {
        person.name: refusal(refuse_closed_gate, waiting, Seat(person, space, "member"))
        for person in (people.awa, people.karim, people.ines)
    }
    refused = ("gate", "This discussion opens once you have answered.")
    assert answers == {"awa": refused, "karim": None, "ines": refused}
    assert refusal(refuse_closed_gate, waiting, Seat(people.awa, space, "facilitator")) is None
    for gate in ("open", "after_reply"):
        assert refusal(refuse_closed_gate, Thread(gate=gate), Seat(people.awa, space, "member")) is None


@pytest.mark.parametrize(("zone", "day"), [("Europe/Paris", "1 Feb 2026"), ("America/Lima", "31 Jan 2026")])
def test_whoever_is_silent_or_owes_the_charter_reads_why(zone, day):
    chartered = Space(charter="Be kind.")
    assert refusal(refuse_silenced, Seat(None, chartered, "member")) is None
    assert refusal(refuse_silenced, Seat(None, chartered, "member", has_accepted=False)) == (
        "charter",
        "Read the charter of this space and accept it before you write.",
    )
    until = datetime(2026, 2, 1, 0, 30, tzinfo=UTC)
    silent = Seat(User(time_zone=zone), chartered, "member", muted_until=until)
    code, sentence = refusal(refuse_silenced, silent)
    assert code == "muted"
    assert sentence.startswith(f"You cannot write in this space until {day}")


def test_a_gate_opens_by_a_reply_and_closes_when_it_is_taken_back(people):
    space = make_space(people.lumen)
    gated, other = (make_thread(space, people.awa, gate="after_reply") for _ in range(2))
    free = make_thread(space, people.awa, gate="pass")
    for thread in (gated, free):
        make_post(thread, people.karim)
    make_post(gated, people.julie, deleted_at=NOW)
    make_post(other, people.julie)
    ThreadPass.objects.create(thread=gated, user=people.julie)
    ThreadPass.objects.create(thread=other, user=people.julie)
    ThreadPass.objects.create(thread=gated, user=people.awa)

    for _again in range(2):
        for who in (people.awa, people.karim, people.julie, people.ines, None):
            settle_gate(gated, who)
        settle_gate(free, people.karim)

    passed = set(ThreadPass.objects.values_list("thread", "user__name"))
    assert passed == {(gated.pk, "awa"), (gated.pk, "karim"), (other.pk, "julie")}


def test_a_locked_row_is_the_thread_as_it_is_now_with_its_space(people, django_assert_num_queries):
    first, second = (make_thread(make_space(people.lumen), people.awa) for _ in range(2))
    Thread.objects.filter(pk=second.pk).update(title="Changed")

    with django_assert_num_queries(1) as asked:
        locked = lock_thread_row(second)
        assert (locked.pk, locked.title, locked.space.pk) == (second.pk, "Changed", second.space_id)
    assert first.pk != locked.pk
    # Posts refer to the thread: a stronger lock, or one of the space too, would make them wait.
    assert asked.captured_queries[0]["sql"].endswith('FOR NO KEY UPDATE OF "community_thread"')
