"""The harness of `make faults` must see what it looks for: each check is shown a loss, a doubling, a drift."""

import os
import smtplib
import subprocess
import sys
import time
import uuid

import pytest
from django.conf import settings

from bench.faults import checks, report
from bench.faults.academy import found_academy
from bench.faults.house import SKEW, House
from bench.faults.injuries import INJURIES
from bench.faults.journal import Act, Journal
from bench.faults.mailbox import Mailbox
from bench.faults.people import multipart
from bench.system import ROOT, WORKERS, free_port
from community.actions import react, save_draft, write_post
from community.models import Draft, Post, Reaction, Thread
from people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def academy():
    return found_academy()


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def writer(academy):
    return User.objects.get(pk=academy.people[3])


def acknowledged(journal, kind, **facts):
    act = Act(3, kind, facts)
    journal.send(act)
    journal.answer(act, 302)
    return act


def written(journal, academy, writer):
    key = uuid.uuid4()
    facts = {"thread": academy.talks[0], "key": str(key), "body": f"Text {key}"}
    thread = Thread.objects.get(pk=academy.talks[0])
    acknowledged(journal, "post", **facts)
    return write_post(thread, author=writer, body=facts["body"], key=key)


def test_a_run_without_harm_finds_nothing(academy, journal, writer):
    written(journal, academy, writer)
    found = checks.check_journal(journal, academy)
    assert (found.lost, found.doubled, found.drift) == (set(), set(), {})


def test_an_acknowledged_post_that_is_not_there_is_lost(academy, journal, writer):
    post = written(journal, academy, writer)
    Post.objects.filter(pk=post.pk).update(key=uuid.uuid4(), body="Other words")
    assert checks.check_journal(journal, academy).lost == {f"post {act.facts['key']}" for act in journal.acts}


def test_a_post_that_was_not_acknowledged_may_be_absent(academy, journal):
    facts = {"thread": academy.talks[0], "key": str(uuid.uuid4()), "body": "Text never kept"}
    act = Act(3, "post", facts)
    journal.send(act)
    journal.answer(act, 503)
    assert act.acknowledged is None
    assert checks.check_journal(journal, academy).lost == set()


def test_the_same_text_under_two_keys_is_a_doubling(academy, journal, writer):
    post = written(journal, academy, writer)
    write_post(post.thread, author=writer, body=post.body, key=uuid.uuid4())
    assert checks.check_journal(journal, academy).doubled == {post.body}


def test_a_counter_that_drifts_is_named(academy, journal, writer):
    post = written(journal, academy, writer)
    Thread.objects.filter(pk=post.thread_id).update(number_of_posts=7)
    Post.objects.filter(pk=post.pk).update(useful_count=2)
    assert checks.check_journal(journal, academy).drift == {
        "posts counted in a thread": 1,
        "useful marks of a post": 1,
    }


def test_a_mark_that_is_gone_is_lost(academy, journal, writer):
    post = Post.objects.get(pk=academy.posts[0])
    react(post, user=writer, kind="useful")
    acknowledged(journal, "like", post=post.pk, on=True)
    assert checks.check_journal(journal, academy).lost == set()
    Reaction.objects.all().delete()
    assert checks.check_journal(journal, academy).lost == {f"mark {(writer.pk, post.pk)}"}


def test_an_older_draft_in_the_place_of_an_acknowledged_one_is_a_loss(academy, journal, writer):
    place = f"thread:{academy.drafts}"
    for sequence in (1, 2):
        save_draft(writer, place=place, body=f"Draft {sequence}", sequence=sequence)
        acknowledged(journal, "draft", sequence=sequence, body=f"Draft {sequence}")
    assert checks.check_journal(journal, academy).lost == set()
    Draft.objects.update(sequence=1, body="Draft 1")
    assert checks.check_journal(journal, academy).lost == {f"draft of {writer.pk}"}


def test_the_mailbox_counts_what_comes_again_and_is_absent_when_down():
    mailbox = Mailbox(free_port())
    mailbox.up()
    try:
        for number in (1, 2, 2):
            with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as server:
                words = f"Message-ID: <{number}@bench.test>\r\nSubject: a\r\n\r\nb"
                server.sendmail("a@bench.test", ["b@bench.test"], words)
        assert (dict(mailbox.ids), mailbox.repeated) == ({"<1@bench.test>": 1, "<2@bench.test>": 2}, 1)
        assert mailbox.received == {"b@bench.test": {"<1@bench.test>", "<2@bench.test>"}}
    finally:
        mailbox.down()
    with pytest.raises(OSError):
        smtplib.SMTP("127.0.0.1", mailbox.port, timeout=1)


def test_a_process_with_another_clock_lives_hours_away():
    environment = {**os.environ, "PYTHONPATH": str(SKEW), "FAULTS_SKEW": "10800"}
    done = subprocess.run(
        [sys.executable, "-c", "import time; print(time.time())"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert 10_700 < float(done.stdout) - time.time() < 10_900


def test_a_row_says_what_is_wrong_with_it():
    row = report.Row("web killed", times=2, write=3, write_within=10, work=20, work_within=60)
    assert (row.verdict, report.verdict([row])) == ("holds", 0)
    row.write, row.lost = 11, {"post"}
    assert (row.verdict, report.verdict([row])) == ("lost; write late", 1)
    assert "| web killed | 2 | – | 1 | 0 | 11.0 (≤ 10) | 20.0 (≤ 60) | lost; write late |" in report.table(
        [row]
    )


def test_every_promised_fault_is_there():
    names = {one.name for one in INJURIES}
    processes = {
        f"{name} {how}" for name in ("worker", "web", "live", "beat") for how in ("killed", "stopped")
    }
    servers = {f"{name} {how}" for name in ("PostgreSQL", "Valkey") for how in ("killed", "stopped")}
    others = {"Valkey emptied", "connections cut", "table locked", "disk full", "clock jumped", "two beats"}
    assert names >= processes | servers | others


def test_the_pages_are_served_as_the_image_serves_them():
    assert 'CMD ["python", "-m", "lms.web"' in (ROOT / "Dockerfile").read_text()
    assert (House.threads, WORKERS) == (settings.WEB_THREADS, settings.WEB_PROCESSES)


def test_an_upload_is_read_as_a_form_with_a_file(rf):
    body, headers = multipart({"place": "thread:1"}, "a.pdf", b"%PDF-1.4 words")
    request = rf.generic("POST", "/", body, content_type=headers["Content-Type"])
    assert request.POST["place"] == "thread:1"
    assert request.FILES["file"].read() == b"%PDF-1.4 words"
