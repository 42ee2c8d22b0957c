"""make bench: seeds an academy, runs it as in production and measures it. Prints a table, writes JSON.

Each case is asked in several rounds, interleaved with the empty page, and shown as a median with its spread: the
machine is never quiet, ratios within one run are what can be compared.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.acts import acts_table, measure_acts, summary
from bench.client import Client, Load, load, sign_in
from bench.pages import CASES, Case
from bench.system import PASSWORD, ROOT, TICKS, System

LEARNERS = 40
ROUNDS = 5
REQUESTS = {1: 40, 8: 160}
# Of each page in each round when two academies are asked: rounds are short, so that there are several of them.
REQUESTS_BESIDE = 20
# However slow a page is, each look at it ends: seconds for one page asked by so many clients.
PATIENCE = 15
# The kernel counts hundredths of a second: forty requests may seem to have cost nothing.
LEAST = 1000 / TICKS / REQUESTS[1]
# Building the figures may take so much of the whole; what is not built then is left, and said.
SHARE_OF_FIGURES = 0.4
ACTS_SECONDS = 600
FIRST_HITS = {"home": "/", "thread of 50": "/threads/1/", "module": "/courses/course-1/modules/1/"}


def main() -> None:
    options = read_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # So that nothing is left running.
    system = System(options.folder)
    # Beside a hundred times the rows runs an academy of the first size, asked in turn: what else the machine does
    # at that moment weighs on both.
    small = System() if options.size > 1 else None
    started = time.monotonic()
    deadline = started + 60 * (options.minutes or (40 if options.size > 1 else 10)) - 60
    cases = [case for case in CASES if options.only in case.name]
    results: dict[str, Any] = {
        "size": options.size,
        "commit": commit(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    try:
        if small:
            prepare_apart(small)
        system.start_servers()
        os.environ.update(system.environment)
        results["figures"] = prepare(system, options.size, deadline)
        inside = json.loads(run(system, "bench.inside"))
        for one in filter(None, (system, small)):
            one.start("web", "live", "worker")
        results["memory_at_rest_mb"] = at_rest(system)
        if options.streams:
            deadline -= 60
        measured = measure(system, small, cases, deadline)
        results["load"] = [round(load, 1) for load in os.getloadavg()]
        results["peak_memory_mb"] = {name: round(system.peak_memory(name)) for name in system.processes}
        results["memory_mb"] = system.memory()
        if not small:
            results["first_hits_ms"] = first_hits(system)
            results["acts"] = measure_acts(system, deadline + ACTS_SECONDS)
        cases = [case for case in cases if case.name in measured]
        results["cases"] = {case.name: {**inside[case.name], **measured[case.name]} for case in cases}
        if options.streams:
            system.end_processes()
            results["streams"] = json.loads(run(system, "bench.streams", str(options.streams)))
        results["seconds"] = round(time.monotonic() - started)
    finally:
        system.stop(forget=options.folder is None)
        if small:
            small.stop()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))
    print(table(results, cases))
    if "acts" in results:
        print(f"\n{acts_table(results['acts'])}")
    print(f"\n{options.output} holds the same as JSON; make bench-compare A=… B=… compares two.")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--size", type=int, default=1, help="1: 1,000 learners, 300,000 events; 100: a hundred times"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "var" / "bench.json")
    parser.add_argument(
        "--folder", type=Path, help="keep the seeded database here, and use it if it is there"
    )
    parser.add_argument("--streams", type=int, default=1000, help="idle streams; 0: leave them out")
    parser.add_argument("--minutes", type=float, help="how long all of it may take (10; size 100: 40)")
    parser.add_argument("--only", default="", help="cases whose name holds these words")
    return parser.parse_args()


def prepare_apart(small: System) -> None:
    """Seed an academy of the first size in a process of its own: Django is set up for one database."""
    small.start_servers()
    words = [sys.executable, "-m", "bench.run_small", str(small.folder)]
    subprocess.run(words, cwd=ROOT, env=small.environment, check=True)


def run(system: System, module: str, *words: str) -> bytes:
    """What a program of the bench prints."""
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(
        command, cwd=ROOT, env=system.environment, check=True, stdout=subprocess.PIPE
    ).stdout


def prepare(system: System, size: int, deadline: float) -> dict[str, float]:
    """Seed unless it is done, build all figures, then repair a day; the seconds each took."""
    import django

    django.setup()
    from django.db import connection

    from bench import seed
    from people.models import User

    system.manage("migrate")
    seconds = {}
    if not User.objects.filter(handle="hr").exists():
        print(f"Seeding size {size}", flush=True)
        started = time.monotonic()
        seed.seed(size, lambda line: print(line, flush=True))
        seed.analyse()
        seconds["seeding"] = round(time.monotonic() - started, 1)
    assert User.objects.count() == size * (seed.BLOCK + 1) + 2, "the folder holds another size"
    now = time.monotonic()
    seconds |= build_figures(until=now + (deadline - now) * SHARE_OF_FIGURES)
    seconds["one_day"] = repair_a_day()
    connection.close()
    system.manage("collectstatic", "--no-input")
    return seconds


def build_figures(until: float) -> dict[str, float]:
    from analytics.models import DirtyDay
    from analytics.rollups.rebuilding import rebuild_dirty
    from bench import seed

    waiting, started = DirtyDay.objects.count(), time.monotonic()
    if not waiting:
        return {}
    while (left := DirtyDay.objects.count()) and time.monotonic() < until:
        print(f"  {left} days to build ({time.monotonic() - started:.0f} s)", flush=True)
        rebuild_dirty(7)
    seconds = {"full_build": round(time.monotonic() - started, 1), "days": waiting - left}
    DirtyDay.objects.all().delete()  # Else the worker would go on while pages are measured.
    seed.analyse()
    return seconds


def repair_a_day() -> float:
    """Somebody's visit of ten days ago comes in late: it is read, and the figures of that day are right again."""
    from datetime import timedelta

    from django.utils import timezone

    from analytics.rollups.rebuilding import rebuild_dirty
    from events.models import Event
    from events.reading import READERS, read

    read(READERS["analytics.days"])
    rebuild_dirty()
    Event.objects.create(
        verb="courses.module_opened",
        at=timezone.now() - timedelta(days=10),
        actor_id=7,
        organisation_id=1,
        subject_type="courses.module",
        subject_id=1,
        session_id=1,
        module_id=1,
    )
    started = time.monotonic()
    read(READERS["analytics.days"])
    assert rebuild_dirty(), "the late visit marked no day"
    return round(time.monotonic() - started, 2)


def at_rest(system: System) -> dict[str, int]:
    """Megabytes of each process that has served a page and waits."""
    sign_in("127.0.0.1", system.web_port, "learner-1", PASSWORD).get("/")
    system.settle()
    return system.memory()


def first_hits(system: System) -> dict[str, float]:
    """Milliseconds that a person waits for the first page that a web process just started answers."""
    found = {}
    client = sign_in("127.0.0.1", system.web_port, "learner-1", PASSWORD)
    for name, path in FIRST_HITS.items():
        system.restart("web")
        client.close()
        found[name] = round(client.get(path).seconds * 1000)
    return found


def commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip()


def people(system: System) -> dict[str, list[Client]]:
    """40 learners, a trainer and somebody of HR, each signed in by the form, with a session of their own."""
    names = {
        "learner": [f"learner-{n}" for n in range(1, LEARNERS + 1)],
        "trainer": ["trainer"],
        "hr": ["hr"],
    }
    return {"anonymous": [Client("127.0.0.1", system.web_port) for _ in range(LEARNERS)]} | {
        who: [sign_in("127.0.0.1", system.web_port, handle, PASSWORD) for handle in handles]
        for who, handles in names.items()
    }


def measure(
    system: System, small: System | None, cases: list[Case], deadline: float
) -> dict[str, dict[str, Any]]:
    """Rounds over all cases until they are enough or the time is over; what was measured by then."""
    here, there = people(system), people(small) if small else {}
    for case in cases:
        answer = case.ask(here[case.who][0], 0)
        assert answer.status in {200, 204, 302}, f"{case.name}: {answer.status} {answer.body[:300]!r}"
    rounds: dict[str, list[dict[str, float]]] = {case.name: [] for case in cases}
    requests = REQUESTS_BESIDE if small else REQUESTS[1]
    for number in range(ROUNDS + 1):
        for one in filter(None, (system, small)):
            one.settle()
        for case in cases:
            if time.monotonic() > deadline:
                break
            found = one_round(system, case, here[case.who], here["learner"], requests)
            if small:
                found |= growth(found, asked(small, case, there[case.who], requests))
            if number:  # the first round only warms up
                # What grows is seen with one client.
                found |= {} if small else under_load(case, here[case.who])
                rounds[case.name].append(found)
        print(f"  round {number} of {ROUNDS}", flush=True)
    return {name: summary(found) for name, found in rounds.items() if found}


def one_round(
    system: System, case: Case, clients: list[Client], learners: list[Client], requests: int
) -> dict[str, float]:
    base = asked(system, CASES[0], learners, requests)["cpu_ms"]
    found = asked(system, case, clients, requests)
    return {**found, "ratio": found["cpu_ms"] / max(base, LEAST)}


def under_load(case: Case, clients: list[Client]) -> dict[str, float]:
    if len(case.clients) < 2:
        return {}
    shown = load(clients[:8], case.ask, requests=REQUESTS[8], seconds=PATIENCE)
    assert not shown.failures, f"{case.name}: {shown.failures} requests failed"
    return {
        "p50_ms_8": shown.percentile(0.50) * 1000,
        "p95_ms_8": shown.percentile(0.95) * 1000,
        "per_second_8": shown.per_second,
    }


def growth(here: dict[str, float], there: dict[str, float]) -> dict[str, float]:
    """How many times as much a page costs as in the small academy: CPU of web and PostgreSQL, and time."""
    now, before = (one["cpu_ms"] + one["database_cpu_ms"] for one in (here, there))
    return {
        "growth_cpu": now / max(before, LEAST),
        "growth_p50": here["p50_ms_1"] / there["p50_ms_1"],
        "growth_p95": here["p95_ms_1"] / there["p95_ms_1"],
    }


def asked(system: System, case: Case, clients: list[Client], requests: int) -> dict[str, float]:
    """Milliseconds of CPU of the web's processes and of PostgreSQL's for one request, asked one after the other
    by different people; and how long they took."""
    web, database, until = system.cpu("web"), system.database_cpu(), time.monotonic() + PATIENCE
    seconds: list[float] = []
    while len(seconds) < requests and (len(seconds) < 2 or time.monotonic() < until):
        number = len(seconds)
        seconds.append(case.ask(clients[number % len(clients)], number).seconds)
    each = 1000 / len(seconds)
    shown = Load(seconds, 0, 0)
    return {
        "cpu_ms": (system.cpu("web") - web) * each,
        "database_cpu_ms": (system.database_cpu() - database) * each,
        "p50_ms_1": shown.percentile(0.50) * 1000,
        "p95_ms_1": shown.percentile(0.95) * 1000,
    }


def table(results: dict[str, Any], cases: list[Case]) -> str:
    grown = results["size"] > 1
    lines = [
        "| | queries (writes) | db ms | CPU ms (spread) | × empty | p50 / p95, 1 client | p50 / p95, 8 | req/s, 8 | kB (gzip) |"
        + (" growth: CPU | p50 | p95 |" if grown else ""),
        "|---|---|---|---|---|---|---|---|---|" + ("---|---|---|" if grown else ""),
    ]
    for case in cases:
        one = results["cases"][case.name]
        cpu = one["cpu_ms"]
        eight = (
            f"{one['p50_ms_8']['median']:.0f} / {one['p95_ms_8']['median']:.0f} ms"
            if "p50_ms_8" in one
            else "–"
        )
        second = f"{one['per_second_8']['median']:.0f}" if "per_second_8" in one else "–"
        growths = [f" {one[f'growth_{what}']['median']:.2f} |" for what in ("cpu", "p50", "p95") if grown]
        lines.append(
            f"| {case.name} | {one['queries']} ({one['writes']}) | {one['database_ms']:.1f} "
            f"| {cpu['median']:.1f} ({cpu['low']:.1f}–{cpu['high']:.1f}) "
            f"| {one['ratio']['median']:.1f} | {one['p50_ms_1']['median']:.1f} / {one['p95_ms_1']['median']:.1f} ms "
            f"| {eight} | {second} | {one['bytes'] / 1000:.0f} ({one['gzip'] / 1000:.0f}) |{''.join(growths)}"
        )
    return "\n".join(["", *lines, "", " ".join(remarks(results))])


def remarks(results: dict[str, Any]) -> list[str]:
    memory = ", ".join(f"{name} {size} MB" for name, size in results["peak_memory_mb"].items())
    said = [f"Peak memory of the largest process: {memory}."]
    for when, name in (("before", "memory_at_rest_mb"), ("after", "memory_mb")):
        each = ", ".join(f"{process} {size}" for process, size in results[name].items())
        said.append(
            f"At rest {when} the load all of them hold {sum(results[name].values())} MB (PSS): {each}."
        )
    if first := results.get("first_hits_ms"):
        said.append(f"First page of a web process just started: {first}, in ms.")
    figures = results["figures"]
    if "seeding" in figures:
        said.append(f"Seeded in {figures['seeding']:.0f} s.")
    if "full_build" in figures:
        said.append(f"{figures['days']} days of figures built in {figures['full_build']:.0f} s.")
    said.append(f"A late visit was in the figures of its day after {figures['one_day']:.2f} s.")
    if streams := results.get("streams"):
        said.append(
            f"{streams['streams']} idle streams cost {streams['kilobytes_each']} kB each; at {streams['per_second']} "
            f"news a second they arrive after {streams['p50_ms']} ms (median), {streams['p95_ms']} ms (p95)."
        )
    said.append(f"Load of the machine over the last 1, 5 and 15 minutes: {results['load']}.")
    said.append(f"All of it took {results['seconds']} s.")
    return said


if __name__ == "__main__":
    main()
