import os
import signal
from datetime import timedelta
from types import SimpleNamespace

import pytest
from celery import Celery
from celery.worker import state
from django.db import connection
from django.utils import timezone

from events.models import Tick
from lms.beat import ENTRY, WAIT, OneAtATime
from lms.celery import app as our_app
from lms.celery import broker_url, end_with_the_schedule
from lms.schedule import SCHEDULE

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_beat():
    started = []

    def new_beat(every=60.0):
        app = Celery(broker="memory://", set_as_current=False)
        app.conf.beat_schedule = {"ring": {"task": "ring", "schedule": every}}
        beat = OneAtATime(app=app)
        started.append(beat)
        return beat

    yield new_beat
    for beat in started:
        beat.release()


def ran(beat):
    return beat.schedule["ring"].total_run_count


def kill(beat):
    with beat.lock.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_of_two_beats_one_ticks_and_the_other_takes_over(new_beat):
    first, second = new_beat(), new_beat()
    first.tick()
    assert second.tick() == WAIT
    assert (first.lock is None, second.lock is None) == (False, True)
    first.release()
    second.tick()
    assert second.lock is not None
    assert first.tick() == WAIT


def test_a_beat_whose_lock_was_lost_stops_ticking_until_it_has_it_again(new_beat):
    first, second = new_beat(), new_beat()
    first.tick()
    kill(first)
    second.tick()
    assert first.tick() == WAIT
    assert first.lock is None
    assert first.tick() == WAIT
    assert second.lock is not None


def test_an_entry_that_fell_due_while_no_beat_ran_is_run_at_once(new_beat):
    Tick.objects.create(name=ENTRY + "ring", at=timezone.now() - timedelta(hours=1))
    beat = new_beat()
    beat.tick()
    assert ran(beat) == 1
    assert timezone.now() - Tick.objects.get(name=ENTRY + "ring").at < timedelta(seconds=5)


def test_an_entry_that_another_beat_just_ran_waits_its_turn(new_beat):
    Tick.objects.create(name=ENTRY + "ring", at=timezone.now() - timedelta(seconds=50))
    beat = new_beat()
    beat.tick()
    assert ran(beat) == 0


def test_each_tick_is_seen_from_outside(new_beat):
    new_beat().tick()
    assert timezone.now() - Tick.objects.get(name="schedule").at < timedelta(seconds=5)


def test_every_entry_of_the_schedule_names_a_task_that_exists():
    our_app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(our_app.tasks)


def test_every_scheduled_task_can_be_put_on_the_queue():
    """Celery refuses, at each tick and in the log only, a task whose soft limit comes after its hard one."""
    our_app.loader.import_default_modules()
    for entry in SCHEDULE.values():
        task = our_app.tasks[entry["task"]]
        soft = task.soft_time_limit or our_app.conf.task_soft_time_limit
        hard = task.time_limit or our_app.conf.task_time_limit
        assert soft < hard, entry["task"]


def test_every_task_goes_to_a_queue_that_a_worker_takes_from():
    our_app.loader.import_default_modules()
    ours = [name for name in our_app.tasks if not name.startswith("celery.")]
    went = {name: our_app.amqp.router.route({}, name)["queue"].name for name in ours}
    assert set(went.values()) == {queue.name for queue in our_app.conf.task_queues}
    assert (went["events.read"], went["events.send"]) == ("celery", "mail")
    assert went["analytics.rebuild_dirty_days"] == went["people.fill_export"] == "slow"


def test_nothing_acknowledged_is_lost_by_a_setting():
    conf = our_app.conf
    assert conf.task_acks_late is conf.task_reject_on_worker_lost is conf.task_ignore_result is True
    assert conf.worker_prefetch_multiplier == 1
    assert conf.broker_transport_options["visibility_timeout"] == 90
    assert conf.broker_transport_options["unacked_restore_throttle"] == 1
    # A task still at work must not be given to a second worker.
    assert conf.task_soft_time_limit < conf.task_time_limit < 90
    assert conf.worker_soft_shutdown_timeout == 10
    assert (conf.task_serializer, list(conf.accept_content)) == ("json", ["json"])
    assert conf.task_always_eager is False


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("redis://host:6379/0", "redis://host:6379/0"),
        ("rediss://host/1", "rediss://host/1"),
        ("unix:///tmp/a/valkey.sock?db=2", "redis+socket:///tmp/a/valkey.sock?virtual_host=2"),
    ],
)
def test_celery_is_told_of_the_same_redis(redis, broker):
    assert broker_url(redis) == broker


@pytest.mark.parametrize(("stopping", "signals"), [(None, [signal.SIGTERM]), (0, [])])
def test_a_worker_whose_schedule_died_ends_so_that_both_are_started_again(monkeypatch, stopping, signals):
    sent = []
    monkeypatch.setattr(state, "should_stop", stopping)
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.append(number))
    ended = SimpleNamespace(join=lambda: None)
    thread = end_with_the_schedule(SimpleNamespace(controller=SimpleNamespace(beat=ended)))
    thread.join()
    assert sent == signals


def test_a_worker_without_the_schedule_waits_for_none():
    assert end_with_the_schedule(SimpleNamespace(controller=SimpleNamespace(beat=None))) is None
