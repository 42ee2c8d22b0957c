import itertools
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.utils import timezone

from events import deliveries
from events.mail import DeliveryBackend
from events.models import Delivery

State = Delivery.State


@pytest.fixture
def sent():
    rows = []

    @deliveries.handler("test", private=("secret",))
    def send(delivery):
        rows.append(delivery.key)
        return delivery.payload.get("drop")

    yield rows
    del deliveries.HANDLERS["test"]


@pytest.fixture
def broken():
    tries = []

    @deliveries.handler("broken")
    def send(delivery):
        tries.append(timezone.now())
        raise (delivery.payload.get("permanent") and deliveries.Undeliverable("no such mailbox")) or OSError(
            "the server is away"
        )

    yield tries
    del deliveries.HANDLERS["broken"]


@pytest.mark.django_db
def test_the_same_key_is_sent_once(sent):
    deliveries.enqueue("test", key="a")
    deliveries.enqueue("test", key="a")

    assert deliveries.send_due() == 1
    deliveries.enqueue("test", key="a")
    assert deliveries.send_due() == 0
    assert sent == ["a"]


@pytest.mark.django_db
def test_a_kind_that_nobody_sends_is_refused():
    with pytest.raises(ValueError, match="nobody sends"):
        deliveries.enqueue("pigeon", key="a")
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_what_is_private_is_forgotten_once_it_is_sent(sent):
    deliveries.enqueue("test", key="a", payload={"secret": "link", "post": 3})
    deliveries.send_due()

    row = Delivery.objects.get()
    assert (row.state, row.payload) == (State.SENT, {"post": 3})
    assert row.sent_at is not None


@pytest.mark.django_db
def test_a_handler_may_decide_that_nothing_must_be_sent(sent):
    deliveries.enqueue("test", key="a", payload={"drop": "no longer a member"})
    deliveries.send_due()

    row = Delivery.objects.get()
    assert (row.state, row.error) == (State.DROPPED, "no longer a member")


@pytest.mark.django_db
def test_nothing_is_sent_before_it_is_due(sent):
    deliveries.enqueue("test", key="a", due_at=timezone.now() + timedelta(hours=1))
    assert deliveries.send_due() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert deliveries.send_due() == 1


@pytest.mark.django_db
def test_a_failure_is_tried_again_later_and_later_and_then_given_up(broken):
    with time_machine.travel("2026-11-21 10:00:00Z", tick=False) as clock:
        deliveries.enqueue("broken", key="a", due_at=timezone.now())
        for _ in range(2100):
            deliveries.send_due()
            clock.shift(timedelta(minutes=1))
        gaps = [later - earlier for earlier, later in itertools.pairwise(broken)]

    assert gaps == deliveries.PAUSES
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == (State.FAILED, 7)
    assert "the server is away" in row.error


@pytest.mark.django_db
def test_what_can_never_arrive_is_given_up_at_once(broken):
    deliveries.enqueue("broken", key="a", payload={"permanent": True})
    deliveries.send_due()
    row = Delivery.objects.get()
    assert (row.state, row.error, len(broken)) == (State.FAILED, "no such mailbox", 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_rows_and_send_none_twice(sent):
    for number in range(60):
        deliveries.enqueue("test", key=f"key {number}")

    def work():
        deliveries.send_due()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert sorted(sent) == sorted(f"key {number}" for number in range(60))


@pytest.mark.django_db
def test_a_worker_that_died_after_sending_leads_to_the_same_message_id(awa, mailoutbox):
    DeliveryBackend().send_messages([a_mail(awa.email)])
    claimed = deliveries.claim()
    deliveries.HANDLERS["mail"].send(claimed[0])  # and here the worker dies, nothing is marked
    assert deliveries.send_due() == 0, "the lease still holds"
    with time_machine.travel(timezone.now() + deliveries.LEASE + timedelta(seconds=1)):
        assert deliveries.send_due() == 1

    first, second = mailoutbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.extra_headers["Message-ID"].endswith("@localhost>")
    assert Delivery.objects.get().state == State.SENT


@pytest.mark.django_db
def test_a_slow_worker_does_not_overwrite_what_its_successor_noted(sent):
    deliveries.enqueue("test", key="a")
    slow = deliveries.claim()[0]
    with time_machine.travel(timezone.now() + deliveries.LEASE + timedelta(seconds=1)):
        deliveries.send_due()
    deliveries._mark(slow, state=State.FAILED)
    assert Delivery.objects.get().state == State.SENT


@pytest.mark.django_db
def test_what_a_worker_with_a_fast_clock_held_when_it_died_does_not_wait_for_that_clock(sent):
    deliveries.enqueue("test", key="a")
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        assert deliveries.claim()
    assert deliveries.send_due() == 1
    deliveries.enqueue("test", key="b")
    with time_machine.travel(timezone.now() + timedelta(seconds=20)):
        assert deliveries.claim()
    assert deliveries.send_due() == 0, "clocks that differ a little are believed"
    assert sent == ["a"]


def a_mail(to):
    message = EmailMultiAlternatives("Objet é", "texte", "from@example.org", [to], headers={"X-A": "1"})
    message.attach_alternative("<p>texte</p>", "text/html")
    message.attach("a.txt", "pièce", "text/plain")
    return message


@pytest.mark.django_db
def test_a_mail_waits_as_a_row_and_arrives_unchanged(awa):
    assert DeliveryBackend().send_messages([a_mail(awa.email)]) == 1
    assert mail.outbox == []

    deliveries.send_due()

    arrived = mail.outbox[0]
    expected = a_mail(awa.email)
    assert (arrived.subject, arrived.body, arrived.to) == (expected.subject, expected.body, expected.to)
    assert [tuple(one) for one in arrived.alternatives] == [("<p>texte</p>", "text/html")]
    assert arrived.attachments == [("a.txt", "pièce", "text/plain")]
    assert arrived.extra_headers["X-A"] == "1"
    assert Delivery.objects.get().payload == {}


@pytest.mark.django_db
def test_old_deliveries_are_forgotten_and_waiting_ones_kept(sent):
    deliveries.enqueue("test", key="sent")
    deliveries.send_due()
    deliveries.enqueue("test", key="waiting")
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert deliveries.forget() == 1
    assert Delivery.objects.get().key == "waiting"
