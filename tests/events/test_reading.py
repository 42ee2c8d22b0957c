"""Readers: order, fence, parking, one at a time. Real commits wherever two connections meet."""

import inspect
import random
import threading
import time

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import F
from redis.exceptions import RedisError

from events import reading, tasks
from events.models import Cursor, Event, ParkedEvent
from events.recording import record
from events.tasks import wake_readers

pytestmark = pytest.mark.alone

VERB, OTHER = "people.user_joined", "people.unit_changed"


@pytest.fixture
def make_reader():
    made = []

    def make(handle, name="test.reader", verbs=(VERB,), reset=lambda: None):
        """`handle(event)`, or `handle(events)` where a test speaks of batches."""

        def one_by_one(events):
            for event in events:
                handle(event)

        together = "events" in inspect.signature(handle).parameters
        reading.reader(name, verbs=verbs, reset=reset)(handle if together else one_by_one)
        made.append(name)
        return reading.READERS[name]

    yield make
    for name in made:
        del reading.READERS[name]


def tell(user, verb=VERB, **fields):
    with transaction.atomic():
        return record(verb, actor=user, subject=user, **fields)


def parked_after_five(one, seen, before, after) -> ParkedEvent:
    """What the reader `one` stops at four times and parks the fifth, between an event `before` and one `after` it."""
    for _ in range(4):
        assert reading.read(one) is reading.State.BEHIND
    assert (seen, ParkedEvent.objects.count()) == ([before.pk], 0)
    assert reading.read(one) is reading.State.DONE

    assert seen == [before.pk, after.pk]
    return ParkedEvent.objects.get()


@pytest.mark.django_db(transaction=True)
def test_each_event_is_handled_once_and_in_order(awa, make_reader):
    seen = []
    one = make_reader(lambda event: seen.append(event.pk))
    first, second = tell(awa), tell(awa)
    tell(awa, OTHER)

    assert reading.read(one) is reading.State.DONE
    assert reading.read(one) is reading.State.DONE

    assert seen == [first.pk, second.pk]
    assert Cursor.objects.get(pk=one.name).event_id == second.pk + 1


@pytest.mark.django_db(transaction=True)
def test_an_event_waits_for_older_transactions_that_still_run(awa, make_reader):
    seen = []
    one = make_reader(lambda event: seen.append(event.data["n"]))
    begun, finish = threading.Event(), threading.Event()

    def slow_writer():
        with transaction.atomic():
            record(VERB, actor=awa, subject=awa, data={"n": "slow"})
            begun.set()
            finish.wait(10)
        connection.close()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    begun.wait(10)
    tell(awa, data={"n": "quick"})

    assert reading.read(one) is reading.State.BEHIND
    assert seen == []
    finish.set()
    writer.join(10)
    assert reading.read(one) is reading.State.DONE
    assert seen == ["slow", "quick"]


@pytest.mark.django_db(transaction=True)
def test_eight_writers_lose_none_of_500_events(awa, make_reader):
    seen = []
    one = make_reader(lambda event: seen.append(event.data["n"]))
    numbers = iter(range(500))
    lock = threading.Lock()

    def writer(seed):
        dice = random.Random(seed)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                connection.close()
                return
            with transaction.atomic():
                record(VERB, actor=awa, subject=awa, data={"n": number})
                time.sleep(dice.random() / 300)

    writers = [threading.Thread(target=writer, args=[seed]) for seed in range(8)]
    for thread in writers:
        thread.start()
    while any(thread.is_alive() for thread in writers):
        reading.read(one)
    assert reading.read(one) is reading.State.DONE

    assert sorted(seen) == list(range(500))


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_read_for_the_same_reader_at_once(awa, make_reader):
    inside, let_go = threading.Event(), threading.Event()
    seen = []

    def handle(event):
        seen.append(event.pk)
        inside.set()
        let_go.wait(10)

    one = make_reader(handle)
    tell(awa)

    def work():
        reading.read(one)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    inside.wait(10)
    assert reading.read(one) is reading.State.BEHIND
    let_go.set()
    worker.join(10)
    assert reading.read(one) is reading.State.DONE
    assert len(seen) == 1


@pytest.mark.django_db(transaction=True)
def test_a_reader_of_batches_gets_its_events_together_and_each_once(awa, make_reader):
    seen = []
    one = make_reader(lambda events: seen.append([event.pk for event in events]))
    first, second = tell(awa), tell(awa)
    tell(awa, OTHER)

    assert reading.read(one) is reading.State.DONE
    third = tell(awa)
    assert reading.read(one) is reading.State.DONE
    assert reading.read(one) is reading.State.DONE

    assert seen == [[first.pk, second.pk], [third.pk]]
    assert Cursor.objects.get(pk=one.name).event_id == third.pk


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_fails_leaves_nothing_and_parks_only_the_event_that_fails(awa, make_reader):
    seen = []

    def handle(events):
        Event.objects.filter(pk__in=[event.pk for event in events]).update(space_id=len(events))
        if any(event.data.get("poison") for event in events):
            raise ValueError("planned")
        seen.extend(event.pk for event in events)

    one = make_reader(handle)
    before, poison, after = tell(awa), tell(awa, data={"poison": True}), tell(awa)

    parked = parked_after_five(one, seen, before, after)
    assert (parked.reader, parked.event_id) == (one.name, poison.pk)
    assert "ValueError: planned" in parked.error
    found = dict(Event.objects.values_list("pk", "space_id"))
    assert [found[event.pk] for event in (before, poison, after)] == [1, None, 1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("outage", [OperationalError("lock timeout"), ConnectionResetError(), RedisError()])
def test_what_an_outage_interrupts_is_tried_until_it_goes_and_never_parked(awa, make_reader, outage):
    seen, lasts = [], [True]

    def handle(events):
        if lasts and any(event.data.get("far") for event in events):
            raise outage
        seen.extend(event.pk for event in events)

    one = make_reader(handle)
    told = [tell(awa), tell(awa, data={"far": True}), tell(awa)]

    for _ in range(3 * reading.ATTEMPTS):
        assert reading.read(one) is reading.State.BEHIND
    assert (seen, ParkedEvent.objects.count()) == ([told[0].pk], 0)
    lasts.clear()
    assert reading.read(one) is reading.State.DONE
    assert seen == [event.pk for event in told]


@pytest.mark.django_db(transaction=True)
def test_a_connection_cut_in_the_middle_of_a_batch_takes_all_of_it_back_and_counts_against_no_event(
    awa, make_reader
):
    cut = []

    def handle(events):
        Event.objects.filter(pk__in=[event.pk for event in events]).update(space_id=F("id"))
        if len(cut) < 2 * reading.ATTEMPTS:
            cut.append(True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    one = make_reader(handle)
    told = [tell(awa), tell(awa)]
    for _ in range(2 * reading.ATTEMPTS):
        with pytest.raises(DatabaseError):
            reading.read(one)
        connection.close()
        assert not Event.objects.exclude(space_id=None).exists()
    assert reading.read(one) is reading.State.DONE
    assert list(Event.objects.order_by("pk").values_list("space_id", flat=True)) == [one.pk for one in told]
    assert Cursor.objects.get().attempts == 0
    assert not ParkedEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_all_readers_share_one_pass_over_a_batch_and_one_that_stumbles_keeps_nobody(awa, make_reader):
    seen = {"a": set(), "b": set(), "c": set()}

    def handling(name):
        def handle(events):
            if name == "b" and stumbles:
                raise RedisError
            seen[name] |= {event.pk for event in events}

        return handle

    stumbles = [True]
    made = [make_reader(handling(name), name=f"test.{name}") for name in seen]
    told = {tell(awa).pk, tell(awa).pk}
    sql = []

    def note(execute, statement, *rest):
        sql.append(statement)
        return execute(statement, *rest)

    # The log of queries has no words for those that the server has prepared.
    with connection.execute_wrapper(note):
        assert reading._read(made, fenced=True) is reading.State.BEHIND
    assert seen == {"a": told, "b": set(), "c": told}
    assert sum("FROM events_event" in one for one in sql) == 1
    assert sum(one.strip().startswith("UPDATE events_cursor") for one in sql) == 1
    stumbles.clear()
    told.add(tell(awa).pk)
    assert reading._read(made, fenced=True) is reading.State.DONE
    assert seen == {"a": told, "b": told, "c": told}
    assert len({cursor.position for cursor in Cursor.objects.all()}) == 1


@pytest.mark.django_db(transaction=True)
def test_a_parked_event_is_handled_when_the_administrator_tries_again(awa, make_reader, admin_client):
    working = []

    def handle(event):
        if not working:
            raise ValueError("planned")

    one = make_reader(handle)
    tell(awa)
    for _ in range(5):
        reading.read(one)
    parked = ParkedEvent.objects.get()
    address = "/admin/events/parkedevent/"
    assert "ValueError: planned" in admin_client.get(address).content.decode()

    admin_client.post(address, {"action": "retry", "_selected_action": [parked.pk]})
    assert ParkedEvent.objects.count() == 1
    working.append(True)
    admin_client.post(address, {"action": "retry", "_selected_action": [parked.pk]})
    assert ParkedEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_forgets_and_reads_everything_again(awa, make_reader, capsys):
    seen = []
    one = make_reader(lambda event: seen.append(event.pk), reset=seen.clear)
    events = [tell(awa), tell(awa)]
    reading.read(one)

    call_command("rebuild", one.name)

    assert seen == [event.pk for event in events]
    assert "0 events are left" in capsys.readouterr().out


def test_a_rebuild_of_an_unknown_reader_names_the_known_ones(make_reader):
    make_reader(lambda event: None)
    from django.core.management.base import CommandError

    with pytest.raises(CommandError, match=r"test\.reader"):
        call_command("rebuild", "nobody")


def test_events_of_the_running_transaction_can_be_read_on_request(awa, make_reader):
    seen = []
    one = make_reader(lambda event: seen.append(event.pk))
    event = tell(awa)

    reading.read(one)
    assert seen == []
    reading.read(one, fenced=False)
    reading.read(one, fenced=False)
    assert seen == [event.pk]


def test_readers_are_woken_once_per_transaction(awa, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        tell(awa)
        tell(awa)
    assert callbacks == [wake_readers]


def test_a_lost_queue_does_not_fail_the_request(awa, monkeypatch, django_capture_on_commit_callbacks, caplog):
    from lms.celery import app

    # In this order: where the second is not set it reads as the first, and would be put back as such.
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    app.amqp._producer_pool = None
    with django_capture_on_commit_callbacks(execute=True):
        tell(awa)
    assert "the schedule will find" in caplog.text
    app.amqp._producer_pool = None


def test_what_happens_in_one_moment_is_woken_for_once(monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.read, "apply_async", lambda **options: asked.append(options))
    monkeypatch.setattr(reading, "read_all", lambda: reading.State.DONE)
    for _act in range(3):
        wake_readers()
    assert [(one["args"], one["countdown"]) for one in asked] == [((), tasks.MOMENT)]
    tasks.read()
    wake_readers()
    assert len(asked) == 2


def test_readers_that_stopped_short_look_again_in_one_chain_that_ends(monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.read, "apply_async", lambda **options: asked.append(options))
    monkeypatch.setattr(reading, "read_all", lambda: reading.State.BEHIND)
    tasks.read()
    tasks.read()
    assert len(asked) == 1
    for number, pause in enumerate(tasks.PAUSES, start=1):
        assert asked[-1]["args"] == (number,)
        assert asked[-1]["countdown"] == pause
        tasks.read(number)
    assert len(asked) == len(tasks.PAUSES)


def test_a_queue_that_was_lost_is_left_alone_for_a_moment(monkeypatch):
    asked = []

    def lost(**options):
        asked.append(options)
        raise ConnectionResetError

    monkeypatch.setattr(tasks.read, "apply_async", lost)
    for _request in range(3):
        wake_readers()
    assert len(asked) == 1
    tasks.outage.end()
    wake_readers()
    assert len(asked) == 2


@pytest.fixture(autouse=True)
def the_queue_is_there():
    cache.clear()
    tasks.outage.end()
    yield
    tasks.outage.end()
