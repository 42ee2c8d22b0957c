"""How long the house takes to stand again: a probe writes, asks for a mail and listens, as a person would."""

import socket
import threading
import time
import uuid
from contextlib import suppress
from http.client import HTTPException
from typing import Any

from bench.client import sign_in
from bench.faults.academy import PASSWORD, PEOPLE, Academy
from bench.faults.house import House
from bench.faults.journal import Act, Journal

GIVEN_UP = 120.0
# A mail that failed twice is tried again after five minutes.
LAST_MAILS_WITHIN = 400.0

# Events up to the marker that some reader has not read; mails of before that are due.
LEFT = """
SELECT
 (SELECT count(*) FROM events_cursor c WHERE (c.txid, c.event_id) < (
    SELECT txid, id FROM events_event WHERE post_id = %s AND verb = 'community.post_written' LIMIT 1)),
 (SELECT count(*) FROM events_delivery
   WHERE state = 'waiting' AND created_at <= %s AND due_at <= now())
"""

WAITING = """
SELECT id, created_at, attempts, due_at, error FROM events_delivery
WHERE state = 'waiting' AND (error <> '' OR due_at <= now() + interval '1 minute') ORDER BY id
"""


class Listener(threading.Thread):
    """An open page on the thread of the probe: reconnects, and notes when it heard of something."""

    def __init__(self, house: House, academy: Academy) -> None:
        super().__init__(daemon=True, name="listener")
        self.house, self.academy = house, academy
        self.heard = 0.0
        self.ending = threading.Event()

    def run(self) -> None:
        while not self.ending.is_set():
            with suppress(OSError):
                self.listen()
            self.ending.wait(0.5)

    def listen(self) -> None:
        from core import live

        user = self.academy.people[PEOPLE]
        token = live.token_for(user, [f"thread:{self.academy.probe}"])
        with socket.create_connection(("127.0.0.1", self.house.live_port), 5) as line:
            line.settimeout(30)  # The stream says something every twenty seconds.
            request = (
                f"GET /live/?token={token} HTTP/1.1\r\nHost: bench.test\r\nX-Forwarded-Proto: https\r\n\r\n"
            )
            line.sendall(request.encode())
            with line.makefile("rb") as lines:
                for text in lines:
                    # "hello" after a reconnection and "resync" make a page look for itself.
                    if text.startswith((b"event: hello", b"event: resync", b"event: changed")):
                        self.heard = time.monotonic()
                    if self.ending.is_set():
                        return


class Gauge:
    def __init__(self, house: House, academy: Academy, journal: Journal) -> None:
        self.house, self.academy, self.journal = house, academy, journal
        self.client = sign_in("127.0.0.1", house.web_port, f"person-{PEOPLE}", PASSWORD)
        self.client.patience = 4
        self.listener = Listener(house, academy)
        self.listener.start()

    def first_write(self) -> float:
        """Seconds until a post is acknowledged."""
        began = time.monotonic()
        key = str(uuid.uuid4())
        fields = {"body": f"Text {key}", "key": key}
        act = Act(PEOPLE, "post", {"thread": self.academy.probe, **fields})
        while time.monotonic() - began < GIVEN_UP:
            self.journal.send(act)
            try:
                answer = self.client.post(f"/threads/{self.academy.probe}/posts/", fields)
            except (OSError, HTTPException):
                self.client.close()
                time.sleep(0.1)
                continue
            self.journal.answer(act, answer.status)
            if act.acknowledged is not None:
                break
            time.sleep(0.1)
        return time.monotonic() - began

    def rest_of_work(self) -> float:
        """Seconds until readers have read what is there now, mails are sent, and an open page hears of a post."""
        began = time.monotonic()
        self.first_write()
        last = self.last_post()
        moment = self.ask("SELECT now()")[0]
        while time.monotonic() - began < GIVEN_UP:
            left = self.ask(LEFT, [last, moment])
            if left == (0, 0) and self.listener.heard >= began:
                break
            time.sleep(0.2)
        return time.monotonic() - began

    def last_mails(self) -> list[str]:
        """Wait for mails that failed and wait for their next attempt; what is known of each of them."""
        began = time.monotonic()
        failed: list[str] = []
        with self.house.connect() as connection:
            while rows := connection.execute(WAITING).fetchall():
                failed = failed or [
                    f"mail {pk}: asked {asked:%H:%M:%S}, failed {times} times, due {due:%H:%M:%S}: {error[-200:]!r}"
                    for pk, asked, times, due, error in rows
                ]
                if time.monotonic() - began > LAST_MAILS_WITHIN:
                    break
                time.sleep(0.5)
        return failed

    def last_post(self) -> int:
        found = self.ask("SELECT max(id) FROM community_post WHERE thread_id = %s", [self.academy.probe])
        return int(found[0])

    def ask(self, sql: str, params: list[Any] | None = None) -> tuple[Any, ...]:
        with self.house.connect() as connection:
            return connection.execute(sql, params).fetchone() or ()

    def end(self) -> None:
        self.listener.ending.set()
        self.client.close()
