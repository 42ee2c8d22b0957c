import smtplib
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.db.models import F
from django.utils import timezone

from events import deliveries, tasks
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
        tries.append(delivery.attempts)
        raise (
            delivery.payload.get("permanent") and deliveries.Undeliverable("no such mailbox")
        ) or ValueError("planned")

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


def later(by):
    """The clock of the database cannot be moved: what it has noted is moved back instead."""
    Delivery.objects.update(due_at=F("due_at") - by, created_at=F("created_at") - by)
    Delivery.objects.exclude(leased_until=None).update(leased_until=F("leased_until") - by)


@pytest.mark.django_db
def test_nothing_is_sent_before_it_is_due(sent):
    deliveries.enqueue("test", key="a", wait=timedelta(hours=1))
    assert deliveries.send_due() == 0
    later(timedelta(hours=2))
    assert deliveries.send_due() == 1


@pytest.mark.django_db
def test_a_failure_is_tried_again_later_and_later_and_then_given_up(broken):
    deliveries.enqueue("broken", key="a")
    deliveries.send_due()
    for pause in deliveries.PAUSES:
        later(pause - timedelta(seconds=10))
        assert deliveries.send_due() == 0
        later(timedelta(seconds=10))
        assert deliveries.send_due() == 1
    later(timedelta(days=9))
    assert deliveries.send_due() == 0

    assert broken == [1, 2, 3, 4, 5, 6, 7]
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == (State.FAILED, 7)
    assert "planned" in row.error


@pytest.fixture
def mail_server(monkeypatch):
    """Answers what the test puts there: an error, or nothing at all when all is well."""
    answers, asked = [], []

    def send(message):
        asked.append(message.subject)
        if answers:
            raise answers[-1]
        return 1

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    return answers, asked


def subjects(state):
    rows = Delivery.objects.filter(state=state).order_by("pk")
    return list(rows.values_list("attempts", flat=True))


AWAY = [
    ConnectionRefusedError("nobody listens"),
    TimeoutError("no answer"),
    smtplib.SMTPServerDisconnected("closed"),
    smtplib.SMTPConnectError(421, b"closing"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_while_the_mail_server_is_away_one_mail_asks_for_it_and_all_go_when_it_is_back(
    mail_server, error, awa
):
    answers, asked = mail_server
    answers.append(error)
    DeliveryBackend().send_messages([a_mail(awa.email) for _ in range(6)])
    for _round in range(3 * len(deliveries.PAUSES)):
        deliveries.send_due()
        later(deliveries.AWAY_PAUSE)
    assert len(asked) == 3 * len(deliveries.PAUSES), "one of them a round"
    assert subjects(State.WAITING) == [0] * 6, "a try that met nobody is none"

    answers.clear()
    assert deliveries.send_due() == 6
    assert subjects(State.SENT) == [1] * 6


@pytest.mark.django_db
def test_a_mail_that_a_server_refuses_for_now_holds_up_no_other(mail_server, awa):
    answers, asked = mail_server
    answers.append(smtplib.SMTPResponseException(451, b"greylisted"))
    DeliveryBackend().send_messages([a_mail(awa.email) for _ in range(3)])
    assert deliveries.send_due() == 3
    assert len(asked) == 3
    assert subjects(State.WAITING) == [1] * 3
    assert deliveries.send_due() == 0


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
    later(deliveries.LEASE + timedelta(seconds=1))
    assert deliveries.send_due() == 1

    first, second = mailoutbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.extra_headers["Message-ID"].endswith("@localhost>")
    assert Delivery.objects.get().state == State.SENT


@pytest.mark.django_db
def test_a_slow_worker_does_not_overwrite_what_its_successor_noted(sent):
    deliveries.enqueue("test", key="a")
    slow = deliveries.claim()[0]
    later(deliveries.LEASE + timedelta(seconds=1))
    slow.refresh_from_db()
    deliveries.send_due()
    deliveries._mark(slow, state=State.FAILED)
    assert Delivery.objects.get().state == State.SENT


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [-3, 3])
def test_a_machine_whose_clock_is_wrong_takes_and_holds_as_every_other(sent, hours):
    deliveries.enqueue("test", key="later", wait=timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        deliveries.enqueue("test", key="now")
        (claimed,) = deliveries.claim()
    assert claimed.key == "now"
    assert deliveries.send_due() == 0, "its lease holds"
    later(deliveries.LEASE + timedelta(seconds=1))
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        assert deliveries.send_due() == 1
    assert sent == ["now"]


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
    later(timedelta(days=91))
    assert deliveries.forget() == 1
    assert Delivery.objects.get().key == "waiting"


@pytest.mark.django_db
def test_senders_are_woken_when_the_next_delivery_falls_due_and_not_for_one_of_tomorrow(
    sent, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    cache.clear()
    monkeypatch.setattr(tasks.send, "apply_async", lambda **options: asked.append(options["countdown"]))
    with django_capture_on_commit_callbacks(execute=True):
        deliveries.enqueue("test", key="tomorrow", wait=timedelta(days=1))
    assert asked == []
    with django_capture_on_commit_callbacks(execute=True):
        deliveries.enqueue("test", key="soon", wait=timedelta(seconds=30))
        deliveries.enqueue("test", key="a little later", wait=timedelta(seconds=40))
    assert asked == [pytest.approx(30, abs=3)]
    later(timedelta(seconds=31))
    tasks.send()
    assert sent == ["soon"]
    assert asked[1:] == [pytest.approx(9, abs=3)]
