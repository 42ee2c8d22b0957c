"""What an act costs the whole house: CPU of all its processes until everything that follows from it is done.

Each act is done by another person on another thread, quiz or post, at the pace of a busy morning; what the house burns
while nobody does anything is taken off. Shown as a ratio to the empty page asked in the same way in the same round.
"""

from __future__ import annotations

import itertools
import re
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.client import TOKEN, Answer, Client, sign_in
from bench.system import PASSWORD, TICKS, System

ROUNDS = 3
ACTS = 24
# Seconds between two acts: four a second, as some two thousand people at work make them.
PACE = 0.25
LEAST = 1000 / TICKS / ACTS
HTMX = {"HX-Request": "true"}
QUIZ = "/courses/course-1/modules/2/"
QUESTION = re.compile(rb'name="(question)" value="([^"]+)"')
OPTION = re.compile(rb'name="(option)" value="([^"]+)"')

Act = Callable[[Client, int], Answer]
# The seed gave read states to the first sixty people, and answers to the quiz to those after the hundredth: who acts is
# between them, and no thread is new to the same person twice.
ACTORS = range(61, 61 + ACTS)
threads = itertools.count(10)
posts = itertools.count(501)
words = itertools.count()
forms: dict[int, dict[str, str]] = {}


@dataclass(frozen=True)
class Measured:
    name: str
    act: Act
    # What DESIGN §5 allows, in empty pages; None where it sets nothing.
    budget: float | None = None
    who: str = "learner"
    prepare: Act | None = None


def get(path: str, **headers: str) -> Act:
    return lambda client, number: client.get(path, **headers)


def open_new(client: Client, number: int) -> Answer:
    """A thread that this person has never opened."""
    return client.get(f"/threads/{next(threads) % 230 + 4}/")


def open_again(client: Client, number: int) -> Answer:
    return client.get(f"/threads/{number % 200 + 20}/")


def reply_by_form(client: Client, number: int) -> Answer:
    thread = number % 60 + 100
    return client.post(f"/threads/{thread}/posts/", {"body": said(), "key": str(uuid.uuid4())})


def reply_in_page(client: Client, number: int) -> Answer:
    thread = number % 60 + 100
    fields = {"body": said(), "key": str(uuid.uuid4()), "after": "9999", "since": "0"}
    return client.post(f"/threads/{thread}/posts/", fields, **HTMX)


def said() -> str:
    return f"Une idée de plus, la {next(words)}e de ce matin."


def react(client: Client, number: int) -> Answer:
    return client.post(f"/posts/{next(posts)}/reactions/useful/", {"on": "1"}, **HTMX)


def open_quiz(client: Client, number: int) -> Answer:
    return client.get(QUIZ)


def begin_quiz(client: Client, number: int) -> Answer:
    """Start the quiz if need be, and keep the form of the question that is shown."""
    page = client.get(QUIZ)
    if b"answers/" not in page.body:
        client.post(f"{QUIZ}attempts/", {})
        page = client.get(QUIZ)
    forms[id(client)] = {
        name.decode(): value.decode()
        for name, value in (QUESTION.search(page.body).groups(), OPTION.search(page.body).groups())
    }
    return page


def answer_quiz(client: Client, number: int) -> Answer:
    return client.post(f"{QUIZ}answers/", forms.pop(id(client)))


def sign_in_again(client: Client, number: int) -> Answer:
    fresh = Client(client.host, client.port)
    token = TOKEN.search(fresh.get("/accounts/login/").body)
    assert token
    login = f"learner-{number % 200 + 400}"
    fields = {"csrfmiddlewaretoken": token[1].decode(), "login": login, "password": PASSWORD}
    return fresh.post("/accounts/login/", fields)


ACTS_MEASURED = [
    Measured("open a thread never opened", open_new, 13),
    Measured("open it again", open_again, 8, prepare=open_again),
    Measured("reply in the page", reply_in_page, 16),
    Measured("reply by form", reply_by_form, 12),
    Measured("mark a post useful", react),
    Measured("home", get("/"), 8),
    Measured("list of threads", get("/spaces/space-1/"), 8),
    Measured("course", get("/courses/course-1/"), 8),
    Measured("quiz", open_quiz, 8),
    Measured("answer a question", answer_quiz, prepare=begin_quiz),
    Measured("sign in", sign_in_again),
    Measured("report", get("/reports/"), 12, who="hr"),
]


def measure_acts(system: System, deadline: float) -> dict[str, dict[str, Any]]:
    """Milliseconds of the whole house for each act, by process, and its ratio to the empty page."""
    handles = {"learner": [f"learner-{number}" for number in ACTORS], "hr": ["hr"]}
    clients = {
        who: [sign_in("127.0.0.1", system.web_port, handle, PASSWORD) for handle in names]
        for who, names in handles.items()
    }
    rounds: dict[str, list[dict[str, float]]] = {one.name: [] for one in ACTS_MEASURED}
    empty = Measured("empty page", get("/bench/empty/"))
    for number in range(ROUNDS):
        idle = idle_rates(system)
        base = cost_of(system, empty, clients["learner"], idle)["house"]
        for measured in ACTS_MEASURED:
            if time.monotonic() > deadline:
                break
            found = cost_of(system, measured, clients[measured.who], idle)
            rounds[measured.name].append({**found, "ratio": found["house"] / max(base, LEAST)})
        print(f"  acts, round {number + 1} of {ROUNDS}", flush=True)
    return {name: summary(found) for name, found in rounds.items() if found}


def idle_rates(system: System, seconds: float = 3) -> dict[str, float]:
    """Seconds of processor that each process takes in a second while nobody does anything."""
    system.finish()
    before = system.house_cpu()
    time.sleep(seconds)
    return {name: (used - before[name]) / seconds for name, used in system.house_cpu().items()}


def cost_of(
    system: System, measured: Measured, clients: list[Client], idle: dict[str, float]
) -> dict[str, float]:
    """Milliseconds for one act, of each process and of the `house`; the answer's own seconds as p50 in ms."""
    if measured.prepare:
        for number in range(ACTS):
            measured.prepare(clients[number % len(clients)], number)
    system.finish()
    before, started = system.house_cpu(), time.monotonic()
    seconds = []
    for number in range(ACTS):
        time.sleep(max(0.0, started + number * PACE - time.monotonic()))
        answer = measured.act(clients[number % len(clients)], number)
        assert answer.status in {200, 204, 302}, f"{measured.name}: {answer.status} {answer.body[:300]!r}"
        seconds.append(answer.seconds)
    system.finish()
    elapsed, after = time.monotonic() - started, system.house_cpu()
    each = 1000 / ACTS
    by_process = {name: max(0.0, after[name] - before[name] - idle[name] * elapsed) * each for name in after}
    return {**by_process, "house": sum(by_process.values()), "p50_ms": statistics.median(seconds) * 1000}


def summary(rounds: list[dict[str, float]]) -> dict[str, Any]:
    return {
        name: {
            "median": round(statistics.median(values), 2),
            "low": round(min(values), 2),
            "high": round(max(values), 2),
        }
        for name in rounds[0]
        if (values := [one[name] for one in rounds if name in one])
    }


def acts_table(acts: dict[str, dict[str, Any]]) -> str:
    lines = [
        "| act | whole house, CPU ms (spread) | web | worker | PostgreSQL | other | × empty (spread) | budget | p50 of the answer |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    budgets = {one.name: one.budget for one in ACTS_MEASURED}
    for name, one in acts.items():
        house, ratio = one["house"], one["ratio"]
        web, worker, database = (one[part]["median"] for part in ("web", "worker", "database"))
        other = max(0.0, house["median"] - web - worker - database)
        budget = f"≤ {budgets[name]:g}" if budgets[name] else ""
        lines.append(
            f"| {name} | {house['median']:.1f} ({house['low']:.1f}–{house['high']:.1f}) | {web:.1f} | {worker:.1f} "
            f"| {database:.1f} | {other:.1f} | {ratio['median']:.1f} ({ratio['low']:.1f}–{ratio['high']:.1f}) "
            f"| {budget} | {one['p50_ms']['median']:.0f} ms |"
        )
    return "\n".join(lines)
