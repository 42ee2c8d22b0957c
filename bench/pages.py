"""What is measured: each page and each write as a learner, trainer or HR person asks for it."""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from bench.client import Answer, Client

numbers = itertools.count()


@dataclass(frozen=True)
class Case:
    name: str
    ask: Callable[[Client, int], Answer]
    who: str = "learner"
    writes: bool = False
    clients: tuple[int, ...] = (1, 8)


def page(path: str) -> Callable[[Client, int], Answer]:
    return lambda client, number: client.get(path)


def reply(client: Client, number: int) -> Answer:
    return client.post("/threads/3/posts/", {"body": f"Essai {next(numbers)}", "key": str(uuid.uuid4())})


def react(client: Client, number: int) -> Answer:
    # Two by two, on and off: the state of the post stays near what it was.
    return client.post(
        f"/posts/{101 + number // 2 % 40}/reactions/useful/", {"on": "1" if number % 2 else "0"}
    )


CASES = [
    Case("empty page", page("/bench/empty/")),
    Case("home", page("/")),
    Case("catalogue", page("/courses/")),
    Case("course of 50 modules", page("/courses/course-1/")),
    Case("module", page("/courses/course-1/modules/1/")),
    Case("space of 240 threads", page("/spaces/space-1/")),
    Case("thread of 50", page("/threads/1/")),
    Case("thread of 200, first page", page("/threads/2/")),
    Case("thread of 200, page 4", page("/threads/2/?page=4")),
    Case("quiz page", page("/courses/course-1/modules/2/")),
    Case("search", page("/search/?q=reformuler")),
    Case("notifications", page("/notifications/")),
    Case("facilitation queue", page("/facilitation/"), who="trainer", clients=(1,)),
    Case("report", page("/reports/"), who="hr", clients=(1,)),
    Case("CSV export", page("/reports/export/"), who="hr", clients=(1,)),
    Case("sign-in page", page("/accounts/login/"), who="anonymous"),
    Case("reply", reply, writes=True),
    Case("reaction", react, writes=True),
]
