"""What is done to the house. Each injury hurts, waits a random moment and heals; a supervisor's part is House's."""

import os
import random
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec

from bench.faults.house import SKEW, House
from bench.faults.people import Person
from lms.beat import LOCK


@dataclass
class Scene:
    """Where an injury happens; `note` keeps what it saw and what a check finds wrong."""

    house: House
    people: Sequence[Person]
    random: random.Random
    quick: bool
    notes: list[str]

    def wait(self, low: float, high: float) -> None:
        time.sleep(self.random.uniform(low, high) / (2 if self.quick else 1))


@dataclass(frozen=True)
class Injury:
    name: str
    inflict: Callable[[Scene], None]
    # Seconds from the healing to the first acknowledged write, and until readers, mails and news have caught up.
    write_within: float = 10
    work_within: float = 60
    # A sentence when this machine cannot do it.
    impossible: Callable[[House], str] = lambda house: ""


def killed(name: str) -> Callable[[Scene], None]:
    def inflict(scene: Scene) -> None:
        if name == "worker":
            ask_for_mails(scene)
        scene.house.kill(name)
        time.sleep(0.1)
        scene.house.wait_until_up(name)

    return inflict


def ask_for_mails(scene: Scene) -> None:
    """Some mails under way, and a slow mail server: the worker dies between the sending and the mark."""
    scene.house.mailbox.slowness = 0.3
    for person in scene.people[:6]:
        person.wants_mail.set()
    scene.wait(1.0, 2.0)
    scene.house.mailbox.slowness = 0.0


def stopped(name: str) -> Callable[[Scene], None]:
    def inflict(scene: Scene) -> None:
        with scene.house.stopped(name):
            scene.wait(2, 5)

    return inflict


def one_web_process_killed(scene: Scene) -> None:
    """One of the two that serve pages; the first of the family is their parent."""
    parent, *children = scene.house.pids("web")
    with suppress(ProcessLookupError):
        os.kill(scene.random.choice(children or [parent]), signal.SIGKILL)
    scene.wait(1, 2)


def emptied(scene: Scene) -> None:
    for _again in range(3):
        scene.house.redis().flushall()
        scene.wait(0.3, 1)


def connections_cut(scene: Scene) -> None:
    """Those to PostgreSQL, those to Valkey and those of the clients, three times."""
    for _again in range(3):
        with scene.house.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        scene.house.redis().client_kill_filter(_type="normal", skipme=True)
        scene.house.redis().client_kill_filter(_type="pubsub", skipme=True)
        for person in scene.random.sample(list(scene.people), len(scene.people) // 2):
            line = person.client.connection.sock
            if line is not None:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
        scene.wait(0.5, 1.5)


def table_locked(scene: Scene) -> None:
    table = scene.random.choice(("community_post", "events_event", "events_delivery", "django_session"))
    with scene.house.connect() as connection, connection.transaction():
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        scene.wait(3, 6)


def disk_full(scene: Scene) -> None:
    with scene.house.full_disk():
        scene.wait(5, 8)


def clock_jumped(scene: Scene) -> None:
    """A second worker, hours ahead and then behind: leases, due dates and fences must not trust one clock."""
    for hours in (3, -3):
        skew = {"PYTHONPATH": str(SKEW), "FAULTS_SKEW": str(hours * 3600)}
        with scene.house.another("worker", **skew):
            scene.wait(8, 10)


def two_beats(scene: Scene) -> None:
    """Two at once: one holds the lock. The first is then killed, and only one of the others goes on."""
    with scene.house.another("beat"):
        scene.wait(7, 9)
        count_holders(scene)
        scene.house.kill("beat")
        scene.wait(7, 9)
        count_holders(scene)


def count_holders(scene: Scene) -> None:
    with scene.house.connect() as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted", [LOCK]
        ).fetchone()
    if row is None or row[0] > 1:
        scene.notes.append(f"{row} beats tick at once")


def no_small_disk(house: House) -> str:
    return "" if house.disk_is_small else "needs a small tmpfs, which only root may mount here"


def no_skew(house: House) -> str:
    return "" if find_spec("time_machine") else "time-machine, a package of the tests, is not installed"


INJURIES = [
    *(Injury(f"{name} killed", killed(name)) for name in ("worker", "live", "beat")),
    Injury("web killed", killed("web"), write_within=60),
    Injury("one web process killed", one_web_process_killed, write_within=20),
    *(Injury(f"{name} stopped", stopped(name)) for name in ("worker", "web", "live", "beat")),
    Injury("PostgreSQL killed", killed("postgres")),
    Injury("PostgreSQL stopped", stopped("postgres")),
    Injury("Valkey killed", killed("valkey")),
    Injury("Valkey stopped", stopped("valkey")),
    Injury("Valkey emptied", emptied),
    Injury("connections cut", connections_cut),
    Injury("table locked", table_locked),
    Injury("disk full", disk_full, impossible=no_small_disk),
    Injury("clock jumped", clock_jumped, impossible=no_skew),
    Injury("two beats", two_beats),
]
