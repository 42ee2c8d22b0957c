"""A worker killed with -9 at ten random moments and an emptied Valkey lose and double nothing acknowledged."""

import email
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from community import actions
from core import live
from events import deliveries, reading, tasks
from events.models import Delivery, Event, ParkedEvent
from gamification.models import Grant, PointEntry, Recognition
from notifications.models import Notification
from tests.making import join, make_organisation, make_space, make_thread, make_user

KILLS = 10
pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def start_worker(tmp_path):
    started = []
    surroundings = os.environ | {
        "TEST_DATABASE": settings.DATABASES["default"]["NAME"],
        "TEST_MAIL": str(tmp_path),
        "PALABRE_TEST": "1",
        "PYTHONWARNINGS": "ignore",
    }

    def start():
        command = [sys.executable, "-m", "tests.events.worker"]
        # A session of its own, so that the pool's children die in the same instant.
        process = subprocess.Popen(command, env=surroundings, cwd=settings.BASE_DIR, start_new_session=True)
        started.append(process)
        return process

    yield start
    for process in started:
        kill(process)


def kill(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def schedule():
    """What the schedule does every ten seconds."""
    tasks.wake_readers()
    tasks.wake_senders()


def is_quiet():
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING).exists()
    return not waiting and not any(reading.backlog().values())


def sent_mails(folder: Path) -> Counter:
    """How often each Message-ID was handed to the mail server."""
    found: Counter = Counter()
    for file in folder.glob("*.log"):
        for part in file.read_bytes().split(b"-" * 79 + b"\n"):
            if part.strip():
                found[email.message_from_bytes(part)["Message-ID"]] += 1
    return found


def test_workers_killed_at_ten_moments_and_an_emptied_valkey_lose_and_double_nothing(start_worker, tmp_path):
    dice = random.Random(2026)
    Recognition.objects.get_or_create(code="relevant_answer", defaults={"points": 10})
    lumen = make_organisation()
    karim, space = make_user("Karim Toure", organisation=lumen), make_space(lumen)
    join(space, karim)
    workers = [start_worker(), start_worker()]
    accepted, kills, flushed = [], 0, False
    next_kill = time.monotonic() + 4
    while kills < KILLS:
        # Each answer to somebody else: only the first ones between two people are recognised.
        asker = make_user(f"Awa Mbaye {len(accepted)}", organisation=lumen)
        join(space, asker)
        answer = actions.write_post(make_thread(space, asker), author=karim, body=f"@{asker.handle} voici.")
        actions.accept_answer(answer, by=asker)
        accepted.append(answer)
        if time.monotonic() > next_kill:
            kill(workers.pop(0))
            workers.append(start_worker())
            kills += 1
            next_kill = time.monotonic() + dice.uniform(0.3, 2.5)
            schedule()
        if kills == KILLS // 2 and not flushed:
            live.servers().flushdb()
            flushed = True
        time.sleep(dice.uniform(0.1, 0.3))
    # Transactions of tests beside us hold the fence too: it counts for the whole server, and the longest take minutes.
    end = time.monotonic() + 400
    while not is_quiet():
        assert time.monotonic() < end, (reading.backlog(), Counter(Delivery.objects.values_list("state")))
        schedule()
        time.sleep(0.5)

    assert flushed
    assert ParkedEvent.objects.count() == 0
    evidence = sorted(f"post:{answer.pk}" for answer in accepted)
    assert sorted(Grant.objects.filter(user=karim).values_list("evidence", flat=True)) == evidence
    assert sum(PointEntry.objects.filter(user=karim).values_list("points", flat=True)) == 10 * len(accepted)
    mentions = Event.objects.filter(verb="community.person_mentioned").values_list("pk", flat=True)
    told = Notification.objects.filter(kind="mention").values_list("event_ids", flat=True)
    assert sorted(event for events in told for event in events) == sorted(mentions)
    assert len(mentions) == len(accepted)
    rows = Delivery.objects.all()
    assert set(rows.values_list("state", flat=True)) == {Delivery.State.SENT}
    mails = sent_mails(tmp_path)
    assert set(mails) == {deliveries.message_id(row.key) for row in rows}
    # Sent again only by the successor of a worker that died between sending and noting it: the same mail.
    tries = {deliveries.message_id(row.key): row.attempts for row in rows}
    assert all(number <= tries[name] for name, number in mails.items())
    assert len(rows) == 2 * len(accepted)
    connection.close()
