"""One run: found an academy, let people work, hurt one thing after the other, check after each and at the end."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from bench.faults import checks, report, typing
from bench.faults.academy import PEOPLE, found_academy
from bench.faults.gauge import Gauge
from bench.faults.house import House
from bench.faults.injuries import INJURIES, Injury, Scene
from bench.faults.journal import Journal
from bench.faults.people import Person
from bench.faults.report import Row

MAIL = "mail server down"
BROWSER = "browser killed while typing"
CUT = "client cut after the commit"
UPLOAD = "upload cut"
END = "at the end"
# A mail that failed is tried again after a minute.
MAIL_WITHIN = 90.0


@dataclass(frozen=True)
class Result:
    page: str
    code: int


class Run:
    def __init__(
        self,
        house: House,
        chance: random.Random,
        seed: int,
        quick: bool,
        only: str,
        minutes: float,
        say: Callable[[str], None],
    ) -> None:
        self.house, self.random, self.seed, self.say = house, chance, seed, say
        self.quick, self.minutes = quick, minutes
        self.only = [words.strip().lower() for words in only.split(",")]
        self.rows: dict[str, Row] = {}
        self.skipped: dict[str, str] = {}
        self.known: set[str] = set()
        self.notes: list[str] = []

    def everything(self) -> Result:
        self.say("founding an academy")
        self.house.manage("migrate")
        self.academy = found_academy()
        self.house.manage("collectstatic", "--no-input")
        self.house.move_tables("community_post", "events_event", "community_draft")
        self.facts = report.machine(report.servers(self.house))
        connection.close()
        self.say("starting the processes")
        self.house.open()
        self.journal = Journal(self.house.folder / "journal.jsonl")
        self.people = [
            Person(n, self.house.web_port, self.academy, self.journal, self.seed) for n in range(PEOPLE)
        ]
        self.gauge = Gauge(self.house, self.academy, self.journal)
        self.say(f"{len(self.people)} people are at work")
        began = time.monotonic()
        for person in self.people:
            person.start()
        time.sleep(3)
        mail = self.begin_mail_fault()
        self.hurt(began)
        self.type_in_a_browser()
        if mail is not None:
            mail.join()
        self.finish()
        return self.result(time.monotonic() - began)

    # One fault after the other.

    def wanted(self, name: str, why_not: str = "") -> bool:
        if not any(words in name.lower() for words in self.only):
            return False
        if why_not:
            self.skipped[name] = why_not
            self.say(f"SKIPPED {name}: {why_not}")
        return not why_not

    def hurt(self, began: float) -> None:
        ours = [one for one in INJURIES if self.wanted(one.name, one.impossible(self.house))]
        self.random.shuffle(ours)
        for one in ours:
            self.injure(one)
        while ours and not self.quick and self.only == [""] and time.monotonic() - began < self.minutes * 60:
            self.injure(self.random.choice(ours))

    def injure(self, one: Injury) -> None:
        row = self.rows.setdefault(
            one.name, Row(one.name, write_within=one.write_within, work_within=one.work_within)
        )
        began = time.monotonic()
        scene = Scene(self.house, self.people, self.random, self.quick, [])
        one.inflict(scene)
        write = self.gauge.first_write()
        work = write + self.gauge.rest_of_work()
        row.times += 1
        row.write, row.work = max(row.write or 0, write), max(row.work or 0, work)
        row.wrong += scene.notes
        self.check(row, began)
        self.say(
            f"{one.name}: write {write:.1f} s, work {work:.1f} s, {row.acknowledged} kept, {row.verdict}"
        )
        scene.wait(0.5, 2)

    def check(self, row: Row, began: float) -> None:
        """What was acknowledged until now; what is missing for the first time is put down to this fault."""
        row.acknowledged += self.journal.acknowledged_since(began)
        found = self.look()
        row.lost |= found.lost - self.known
        row.doubled |= found.doubled - self.known
        fresh = (found.lost | found.doubled) - self.known
        if fresh:
            self.notes.append(f"{row.name}: {', '.join(sorted(fresh)[:8])}")
            self.say(self.notes[-1])
        self.known |= fresh
        row.wrong += [f"{name} off by {number}" for name, number in found.drift.items()]

    def look(self) -> checks.Found:
        connection.close()  # It may be among those that were cut.
        return checks.check_journal(self.journal, self.academy)

    def begin_mail_fault(self) -> threading.Thread | None:
        if not self.wanted(MAIL):
            return None
        row = self.rows[MAIL] = Row(MAIL, times=1, work_within=MAIL_WITHIN)
        began = time.monotonic()
        self.house.mailbox.down()
        for person in self.people[:10]:
            person.wants_mail.set()
        time.sleep(8)
        self.house.mailbox.up()
        row.acknowledged = self.journal.acknowledged_since(began)
        thread = threading.Thread(target=self.wait_for_mails, args=[row], daemon=True)
        thread.start()
        return thread

    def wait_for_mails(self, row: Row) -> None:
        """In the background: the next try of a mail that failed comes a minute later."""
        began = time.monotonic()
        waiting = "SELECT count(*) FROM events_delivery WHERE state = 'waiting' AND error <> ''"
        failed = 0
        while time.monotonic() - began < 4 * MAIL_WITHIN:
            try:
                left = self.gauge.ask(waiting)[0]
            except Exception:
                continue  # The database is having its own bad day.
            failed = max(failed, left)
            if not left:
                break
            time.sleep(0.5)
        row.work = time.monotonic() - began
        if not failed:
            row.wrong.append("no mail met the server while it was down")

    def type_in_a_browser(self) -> None:
        if not self.wanted(BROWSER, typing.impossible()):
            return
        row = self.rows[BROWSER] = Row(BROWSER, times=1)
        kept, note = typing.type_and_die(
            self.house.web_port, self.academy.probe, self.house.folder / "profile"
        )
        self.notes.append(f"{BROWSER}: {note}")
        if not kept:
            row.lost.add("what was typed")
        self.say(f"{BROWSER}: {note}; {row.verdict}")

    # The end.

    def finish(self) -> None:
        self.say("people go home; what waits is worked off")
        for person in self.people:
            person.ending.set()
        for person in self.people:
            person.join(60)
        row = self.rows[END] = Row(END, times=1, work_within=60)
        row.work = self.gauge.rest_of_work()
        self.check(row, 0)
        for line in self.gauge.last_mails():
            self.say(line)
        self.cuts()
        self.gauge.end()
        self.house.watched.discard("worker")
        self.house.kill("worker")
        found = checks.mails(self.journal, self.house.mailbox)
        row.lost |= found.lost
        row.doubled |= found.doubled
        drift = checks.counted_wrong(checks.NOTICES) | checks.derived_drift() | checks.figures_drift()
        for name, number in drift.items():
            row.wrong.append(f"{name} off by {number}")
        with self.house.connect() as own:
            parked = own.execute("SELECT count(*) FROM events_parkedevent").fetchone()
        if parked and parked[0]:
            row.wrong.append(f"{parked[0]} events parked")

    def cuts(self) -> None:
        for name, kind in ((CUT, "post"), (UPLOAD, "cut upload")):
            acts = self.journal.of(kind)
            cut = [act for act in acts if kind == "cut upload" or act.sent > 1]
            if self.wanted(name):
                row = self.rows[name] = Row(name, times=len(cut))
                row.acknowledged = sum(1 for act in cut if act.acknowledged)
                row.doubled = {one for one in self.known if kind == "cut upload" and one.startswith("half")}

    def result(self, seconds: float) -> Result:
        rows = [*self.rows.values()]
        rows.sort(key=lambda row: row.name == END)
        statuses = self.journal.statuses
        answered = ", ".join(f"{code or 'no answer'}: {count:,}" for code, count in sorted(statuses.items()))
        media = checks.files_without_rows(self.house.disk / "media")
        totals = [
            f"{sum(statuses.values()):,} requests of {PEOPLE} people in {seconds / 60:.0f} minutes, seed {self.seed}; "
            f"answers by status {answered}.",
            f"{len(self.house.mailbox.ids):,} mails left, {self.house.mailbox.repeated} of them again with the "
            "Message-ID they had.",
            f"{media} files were stored for an upload whose answer was lost and have no row (the schedule removes them).",
            *(f"{note[0].upper()}{note[1:]}." for note in self.notes),
        ]
        for words in sorted(set(self.journal.surprises)):
            totals.append(f"Unexpected: {words}, {self.journal.surprises.count(words)} times.")
        page = report.page(rows, totals, self.skipped, self.facts)
        return Result(page, report.verdict(rows))
