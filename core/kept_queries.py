"""Queries whose SQL is written once.

Writing the SQL of a page's larger queries costs the ORM more than PostgreSQL needs to answer them. Only values
differ from one reader to the next: `kept` has the ORM write the SQL at the first call, and each call sends its values
beside it, so that PostgreSQL too plans it only once for each connection.
"""

from __future__ import annotations

import copy
import functools
import inspect
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import BooleanField, Func, QuerySet
from django.db.models.query import ValuesListIterable
from psycopg.types.numeric import Int8

FIRST_MARK = 1 << 61


class AnyOf(Func):
    """`AnyOf("pk", ids)`: true for the rows whose value is in a list; one parameter, however long it is."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


@dataclass
class Written:
    queryset: QuerySet
    compiler: Any
    sql: str
    # The names of the arguments, in the order of their places.
    places: list[str]
    replan: bool = False
    thread: threading.local = field(default_factory=threading.local)

    def rows(self, values: dict[str, Any], cut: slice | None = None) -> list:
        sql, params = self.sql, self.params(values)
        if cut is not None:
            sql, params = f"{sql} LIMIT %s OFFSET %s", [*params, Int8(cut.stop - cut.start), Int8(cut.start)]
        queryset, compiler, as_they_come = self.of_this_thread()
        # Not kept: inside an event loop a thread has another connection than outside it.
        compiler.connection = connections[self.queryset.db]
        found = _fetched(compiler.connection, sql, params, replan=self.replan)
        if as_they_come:
            return found
        compiler.execute_sql = lambda *args, **kwargs: (found,)
        return list(queryset._iterable_class(queryset))

    def of_this_thread(self) -> tuple[Any, Any, bool]:
        """What turns rows into objects, and whether they are asked for as they come; each thread has its own
        connection."""
        if not hasattr(self.thread, "made"):
            queryset, compiler = self.queryset.all(), copy.copy(self.compiler)
            compiler.connection = connections[self.queryset.db]
            converters = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
            compiler.get_converters = lambda expressions: converters
            queryset.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]  # of this copy only
            as_they_come = queryset._iterable_class is ValuesListIterable and not converters
            self.thread.made = queryset, compiler, as_they_come
        return self.thread.made

    def number(self, values: dict[str, Any]) -> int:
        sql = f"SELECT COUNT(*) FROM ({self.sql}) counted"  # noqa: S608 - the ORM's own text
        return _fetched(connections[self.queryset.db], sql, self.params(values))[0][0]

    def params(self, values: dict[str, Any]) -> list[Any]:
        return [_sent(values[name]) for name in self.places]


def _fetched(connection: Any, sql: str, params: list[Any], *, replan: bool = False) -> list[tuple]:
    """The rows. The values are bound by the server, which keeps the plan of what a connection asks often."""
    if replan:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection._prepare_cursor(ServerBindingCursor(connection.connection)) as cursor:  # type: ignore[call-arg]  # the stubs take it for a psycopg2 one
        cursor.execute(sql, params)
        return cursor.fetchall()


def _sent(value: Any) -> Any:
    """Numbers of one type whatever their size: each type would be another statement to the server."""
    if isinstance(value, int):
        return Int8(value)
    if isinstance(value, list) and all(isinstance(one, int) for one in value):
        return f"{{{','.join(map(str, value))}}}"
    return value


def kept(build: Callable[..., QuerySet], *, replan: bool = False) -> Callable[..., list]:
    """Decorate a function of numbers, lists and texts (annotated `str`) that returns a queryset: it returns rows.

    The shape of the query must not depend on the values, and nothing else may vary between calls: no `now()` in it.
    `replan` keeps the SQL but no plan, where the best one depends on the values: a rare word or one that all hold.
    """
    marks = _marks(build)
    found: list[Written] = []

    @functools.wraps(build)
    def rows(**values: Any) -> list:
        if None in values.values():  # SQL says it otherwise: IS NULL.
            return list(build(**values))
        if not found:
            found.append(_write(build(**marks), marks, replan=replan))
        return found[0].rows(values)

    return rows


@dataclass
class KeptList:
    """What a Paginator needs of a queryset: how many rows there are, and some of them."""

    values: dict[str, Any]
    listed: Written
    counted: Written

    def __len__(self) -> int:
        return self.counted.number(self.values)

    def __getitem__(self, cut: slice) -> list:
        return self.listed.rows(self.values, cut)


def kept_list(build: Callable[..., QuerySet]) -> Callable[..., KeptList]:
    """The same as `kept` for a list that is shown page by page."""
    marks = _marks(build)
    found: list[tuple[Written, Written]] = []

    @functools.wraps(build)
    def rows(**values: Any) -> KeptList:
        if not found:
            queryset = build(**marks)
            found.append((_write(queryset, marks), _write(queryset.order_by().values("pk"), marks)))
        return KeptList(values, *found[0])

    return rows


def _marks(build: Callable[..., QuerySet]) -> dict[str, Any]:
    """What stands for each argument while the SQL is written; no other parameter of a query equals it."""
    return {
        name: f"\x01{name}\x01" if parameter.annotation in (str, "str") else FIRST_MARK + place
        for place, (name, parameter) in enumerate(inspect.signature(build).parameters.items())
    }


def _write(queryset: QuerySet, marks: dict[str, Any], *, replan: bool = False) -> Written:
    compiler = queryset.query.get_compiler(using=queryset.db)
    sql, params = compiler.as_sql()
    names = {value: name for name, value in marks.items()}
    places: list[str] = []
    literals: list[str] = []
    for value in params:
        if name := names.get(value):
            places.append(name)
            literals.append("%s")
        else:
            changed = any(str(mark) in str(value) for mark in names)
            assert not changed, f"a value is changed before it goes to the database: {value!r}"
            # Written out, so that a plan may count on it.
            literals.append(mogrify("%s", (value,), connections[queryset.db]).replace("%", "%%"))
    return Written(queryset, compiler, sql.replace("%%", "%%%%") % tuple(literals), places, replan)
