"""make bench: seeds an academy, runs it as in production and measures it. Prints a table, writes JSON.

Each case is asked in several rounds, interleaved with the empty page, and shown as a median with its spread: the
machine is never quiet, ratios within one run are what can be compared.
"""

import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.client import Client, load, sign_in
from bench.pages import CASES, Case
from bench.system import PASSWORD, ROOT, System

LEARNERS = 40
ROUNDS = 5
REQUESTS = {1: 40, 8: 160}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--size", type=int, default=1, help="1: 1,000 learners, 300,000 events; 100: a hundred times"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "var" / "bench.json")
    parser.add_argument(
        "--folder", type=Path, help="keep the seeded database here, and use it if it is there"
    )
    parser.add_argument("--streams", type=int, default=1000, help="idle streams; 0: leave them out")
    parser.add_argument(
        "--minutes", type=float, help="stop after the round that passes this (10; size 100: 40)"
    )
    parser.add_argument("--only", default="", help="cases whose name holds these words")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # So that nothing is left running.
    system = System(options.folder)
    started = time.monotonic()
    deadline = started + 60 * (options.minutes or (40 if options.size > 1 else 10))
    cases = [case for case in CASES if options.only in case.name]
    try:
        system.start_servers()
        os.environ.update(system.environment)
        results: dict[str, Any] = {
            "size": options.size,
            "commit": commit(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "figures": prepare(system, options.size),
        }
        inside = json.loads(run(system, "bench.inside"))
        system.start("web", "live", "worker", "beat")
        measured = measure(system, cases, deadline)
        results["peak_memory_mb"] = {name: round(system.peak_memory(name)) for name in system.processes}
        results["cases"] = {case.name: {**inside[case.name], **measured[case.name]} for case in cases}
        if options.streams:
            system.end_processes()
            results["streams"] = json.loads(run(system, "bench.streams", str(options.streams)))
        results["seconds"] = round(time.monotonic() - started)
    finally:
        system.stop(forget=options.folder is None)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))
    print(table(results, cases))
    print(f"\n{options.output} holds the same as JSON; make bench-compare A=… B=… compares two.")


def run(system: System, module: str, *words: str) -> bytes:
    """What a program of the bench prints."""
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, cwd=ROOT, env=system.environment, check=True, capture_output=True).stdout


def prepare(system: System, size: int) -> dict[str, float]:
    """Seed unless it is done, build all figures, then repair one day; the seconds that the figures took."""
    import django

    django.setup()
    from django.db import connection

    from analytics.models import BuiltDay, DirtyDay
    from analytics.rollups.rebuilding import mark, rebuild_dirty
    from bench import seed
    from people.models import User

    system.manage("migrate")
    if not User.objects.filter(handle="hr").exists():
        print(f"Seeding size {size}", flush=True)
        seed.seed(size, lambda line: print(line, flush=True))
        seed.analyse()
    assert User.objects.count() == size * seed.BLOCK + 3, "the folder holds another size"
    seconds = {}
    if DirtyDay.objects.exists():
        started = time.monotonic()
        while DirtyDay.objects.exists():
            rebuild_dirty(7)
            print(
                f"  {DirtyDay.objects.count()} days to build ({time.monotonic() - started:.0f} s)", flush=True
            )
        seconds["full_build"] = round(time.monotonic() - started, 1)
        seed.analyse()
    day = BuiltDay.objects.order_by("-day").values_list("day", flat=True)[10]
    started = time.monotonic()
    mark(1, [day])
    rebuild_dirty()
    seconds["one_day"] = round(time.monotonic() - started, 2)
    connection.close()
    system.manage("collectstatic", "--no-input")
    return seconds


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


def measure(system: System, cases: list[Case], deadline: float) -> dict[str, dict[str, Any]]:
    signed_in = people(system)
    empty = CASES[0]
    for case in cases:
        answer = case.ask(signed_in[case.who][0], 0)
        assert answer.status in {200, 204, 302}, f"{case.name}: {answer.status} {answer.body[:300]!r}"
    rounds: dict[str, list[dict[str, float]]] = {case.name: [] for case in cases}
    for number in range(ROUNDS + 1):
        for case in cases:
            found = one_round(system, case, signed_in[case.who], empty, signed_in["learner"])
            if number:  # the first round only warms up
                rounds[case.name].append(found)
        print(f"  round {number} of {ROUNDS}", flush=True)
        if number and time.monotonic() > deadline:
            break
    return {name: summary(found) for name, found in rounds.items()}


def one_round(
    system: System, case: Case, clients: list[Client], empty: Case, learners: list[Client]
) -> dict[str, float]:
    found: dict[str, float] = {}
    base = cpu_of(system, empty, learners)
    found["cpu_ms"] = cpu_of(system, case, clients)
    found["ratio"] = found["cpu_ms"] / base
    for number in case.clients:
        shown = load(clients[: max(number, 1)], case.ask, requests=REQUESTS[number])
        assert not shown.failures, f"{case.name}: {shown.failures} requests failed"
        found[f"p50_ms_{number}"] = shown.percentile(0.50) * 1000
        found[f"p95_ms_{number}"] = shown.percentile(0.95) * 1000
        found[f"per_second_{number}"] = shown.per_second
    return found


def cpu_of(system: System, case: Case, clients: list[Client]) -> float:
    """Milliseconds of the web processes' CPU for one request, asked one after the other by different people."""
    before = system.cpu("web")
    for number in range(REQUESTS[1]):
        case.ask(clients[number % len(clients)], number)
    return (system.cpu("web") - before) / REQUESTS[1] * 1000


def summary(rounds: list[dict[str, float]]) -> dict[str, Any]:
    return {
        name: {
            "median": round(statistics.median(one[name] for one in rounds), 2),
            "low": round(min(one[name] for one in rounds), 2),
            "high": round(max(one[name] for one in rounds), 2),
        }
        for name in rounds[0]
    }


def table(results: dict[str, Any], cases: list[Case]) -> str:
    lines = [
        "| | queries (writes) | db ms | CPU ms (spread) | target | × empty | p50 / p95, 1 client | p50 / p95, 8 | req/s, 8 | kB (gzip) |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for case in cases:
        one = results["cases"][case.name]
        cpu = one["cpu_ms"]
        eight = (
            f"{one['p50_ms_8']['median']:.0f} / {one['p95_ms_8']['median']:.0f} ms"
            if "p50_ms_8" in one
            else "–"
        )
        target = f"≤ {case.target:g}" if case.target else ""
        second = f"{one['per_second_8']['median']:.0f}" if "per_second_8" in one else "–"
        lines.append(
            f"| {case.name} | {one['queries']} ({one['writes']}) | {one['database_ms']:.1f} "
            f"| {cpu['median']:.1f} ({cpu['low']:.1f}–{cpu['high']:.1f}) | {target} "
            f"| {one['ratio']['median']:.1f} | {one['p50_ms_1']['median']:.1f} / {one['p95_ms_1']['median']:.1f} ms "
            f"| {eight} | {second} | {one['bytes'] / 1000:.0f} ({one['gzip'] / 1000:.0f}) |"
        )
    memory = ", ".join(f"{name} {size} MB" for name, size in results["peak_memory_mb"].items())
    said = [f"Peak memory of the largest process: {memory}."]
    figures = results["figures"]
    if "full_build" in figures:
        said.append(f"All figures built in {figures['full_build']:.0f} s.")
    said.append(f"One day of figures repaired in {figures['one_day']:.1f} s.")
    if streams := results.get("streams"):
        said.append(
            f"{streams['streams']} idle streams cost {streams['kilobytes_each']} kB each; at {streams['per_second']} "
            f"news a second they arrive after {streams['p50_ms']} ms (median), {streams['p95_ms']} ms (p95)."
        )
    return "\n".join(["", *lines, "", " ".join(said)])


if __name__ == "__main__":
    main()
