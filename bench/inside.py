"""Counts the queries of each case inside one process: python -m bench.inside prints JSON. Started by bench.run."""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import django

django.setup()

from django.db import connection  # noqa: E402 - Django first
from django.test import Client as DjangoClient  # noqa: E402

from bench.client import Answer  # noqa: E402
from bench.pages import CASES  # noqa: E402
from people.models import User  # noqa: E402

CHANGING = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Count:
    queries: int = 0
    writes: int = 0
    seconds: float = 0.0

    def __call__(self, execute: Callable, sql: str, params, many: bool, context):
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - started
            self.queries += 1
            self.writes += sql.lstrip().upper().startswith(CHANGING)


@contextmanager
def counted() -> Iterator[Count]:
    count = Count()
    with connection.execute_wrapper(count):
        yield count


class Inside:
    """The client of bench.pages, without a server in between."""

    def __init__(self, user: User | None) -> None:
        self.django = DjangoClient(headers={"host": "bench.test"})
        if user is not None:
            self.django.force_login(user, backend="people.backends.PersonBackend")

    def get(self, path: str) -> Answer:
        return self.answer(self.django.get(path, secure=True))

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        return self.answer(self.django.post(path, fields, secure=True))

    def answer(self, response) -> Answer:
        body = b"".join(response.streaming_content) if response.streaming else response.content
        return Answer(response.status_code, dict(response.headers), body, 0.0)


def main() -> None:
    people: dict[str, User | None] = {
        "anonymous": None,
        "learner": User.objects.get(pk=1),
        "trainer": User.objects.get(handle="trainer"),
        "hr": User.objects.get(handle="hr"),
    }
    clients = {who: Inside(user) for who, user in people.items()}
    results = {}
    for case in CASES:
        for number in range(4):
            answer = case.ask(clients[case.who], number)  # type: ignore[arg-type]  # Django's client, asked like ours
        with counted() as count:
            answer = case.ask(clients[case.who], 4)  # type: ignore[arg-type]  # Django's client, asked like ours
        results[case.name] = {
            "status": answer.status,
            "queries": count.queries,
            "writes": count.writes,
            "database_ms": count.seconds * 1000,
            "bytes": len(answer.body),
            "gzip": len(gzip.compress(answer.body, 6)),
        }
    print(json.dumps(results))


if __name__ == "__main__":
    main()
