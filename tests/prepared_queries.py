"""Every call of a prepared query (core/prepared.py) is proven: the plain query of the ORM is asked too, and its rows
are compared. Whatever test runs a page so proves the queries of this page for its readers."""

from collections import Counter
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.models import Model

from core.prepared import PreparedList, PreparedQuery

# Somebody else may write between the two questions (a live server's thread): then both are asked again.
TRIES = 3


def compare_prepared_queries(monkeypatch: Any) -> None:
    call, number, cut = PreparedQuery.__call__, PreparedList.__len__, PreparedList.__getitem__

    def rows(query: PreparedQuery, *args: Any, **values: Any) -> list:
        return compared(
            lambda: call(query, *args, **values), lambda: query.build(*args, **values), name_of(query)
        )

    def length(found: PreparedList) -> int:
        return compared(
            lambda: number(found), lambda: found.query.build(**found.values).count(), name_of(found.query)
        )

    def page(found: PreparedList, wanted: slice) -> list:
        return compared(
            lambda: cut(found, wanted),
            lambda: found.query.build(**found.values)[wanted],
            name_of(found.query),
        )

    monkeypatch.setattr(PreparedQuery, "__call__", rows)
    monkeypatch.setattr(PreparedList, "__len__", length)
    monkeypatch.setattr(PreparedList, "__getitem__", page)


def name_of(query: Any) -> str:
    return f"{query.build.__module__}.{query.build.__qualname__}"


def compared(prepared: Any, plain: Any, name: str) -> Any:
    found = prepared()
    for attempt in range(TRIES):
        # Only the first answer of the prepared query is counted by tests that count queries.
        with uncounted():
            again = prepared() if attempt else found
            queryset = plain()
            one, other = plainly(again, queryset), plainly(queryset, queryset)
        if one == other:
            return again
    raise AssertionError(f"{name}: the prepared query found {one}, the plain one {other}")


@contextmanager
def uncounted():
    """Queries that neither assertNumQueries nor an execute_wrapper sees."""
    connection = connections["default"]
    debug, wrappers = connection.force_debug_cursor, connection.execute_wrappers
    connection.force_debug_cursor, connection.execute_wrappers = False, []
    try:
        yield
    finally:
        connection.force_debug_cursor, connection.execute_wrappers = debug, wrappers


def plainly(rows: Any, queryset: Any) -> Any:
    """The rows as what can be compared: in their order where they have one."""
    if isinstance(rows, int):
        return rows
    found = [of_row(row) for row in rows]
    return found if queryset.ordered else Counter(map(repr, found))


def of_row(row: Any, above: tuple[int, ...] = ()) -> Any:
    """All that a row holds: Django takes two objects with one key for equal whatever else they say."""
    if isinstance(row, Model):
        if id(row) in above:  # the user of a profile of a user
            return type(row), row.pk
        above = (*above, id(row))
        held = {name: value for name, value in row.__dict__.items() if name != "_state"}
        return type(row), held, {name: of_row(one, above) for name, one in row._state.fields_cache.items()}
    if isinstance(row, tuple):
        return tuple((type(value), of_row(value)) for value in row)
    return bytes(row) if isinstance(row, memoryview) else row
