"""Prepared queries: their SQL statement is composed once.

Composing the SQL of a page's larger queries costs the ORM more than PostgreSQL needs to answer them. Only values
differ from one reader to the next: `prepared` has the ORM compose the statement at the first call, and each call sends
its parameters beside it, so that PostgreSQL too plans it only once for each connection.
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

FIRST_PLACEHOLDER = 1 << 61


class AnyOf(Func):
    """`AnyOf("pk", ids)`: true for the rows whose value is in a list; one parameter, however long it is."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


@dataclass
class PreparedQuery:
    queryset: QuerySet
    compiler: Any
    statement: str
    # The names of the arguments, in the order in which the statement takes them.
    parameters: list[str]
    replan: bool = False
    per_thread: threading.local = field(default_factory=threading.local)

    def rows(self, values: dict[str, Any], cut: slice | None = None) -> list:
        sql, params = self.statement, self._sent(values)
        if cut is not None:
            sql, params = f"{sql} LIMIT %s OFFSET %s", [*params, Int8(cut.stop - cut.start), Int8(cut.start)]
        queryset, compiler, as_they_come = self.of_this_thread()
        # Asked each time: inside an event loop a thread has another connection than outside it.
        compiler.connection = connections[self.queryset.db]
        found = _fetched(compiler.connection, sql, params, replan=self.replan)
        if as_they_come:
            return found
        compiler.execute_sql = lambda *args, **kwargs: (found,)
        return list(queryset._iterable_class(queryset))

    def of_this_thread(self) -> tuple[Any, Any, bool]:
        """What turns rows into objects, and whether they are asked for as they come; each thread has its own
        connection."""
        if not hasattr(self.per_thread, "compiled"):
            queryset, compiler = self.queryset.all(), copy.copy(self.compiler)
            compiler.connection = connections[self.queryset.db]
            converters = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
            compiler.get_converters = lambda expressions: converters
            queryset.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]  # of this copy only
            as_they_come = queryset._iterable_class is ValuesListIterable and not converters
            self.per_thread.compiled = queryset, compiler, as_they_come
        return self.per_thread.compiled

    def number(self, values: dict[str, Any]) -> int:
        sql = f"SELECT COUNT(*) FROM ({self.statement}) counted"  # noqa: S608 - the ORM's own text
        return _fetched(connections[self.queryset.db], sql, self._sent(values))[0][0]

    def _sent(self, values: dict[str, Any]) -> list[Any]:
        return [_sent(values[name]) for name in self.parameters]


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


def prepared(build: Callable[..., QuerySet], *, replan: bool = False) -> Callable[..., list]:
    """Decorate a function of numbers, lists and texts (annotated `str`) that returns a queryset: it returns rows.

    The shape of the query must not depend on the values, and nothing else may vary between calls: no `now()` in it.
    `replan` keeps the SQL but no plan, where the best one depends on the values: a rare word or one that all hold.
    """
    placeholders = _placeholders(build)
    queries: list[PreparedQuery] = []

    @functools.wraps(build)
    def rows(**values: Any) -> list:
        if None in values.values():  # SQL says it otherwise: IS NULL.
            return list(build(**values))
        if not queries:
            queries.append(_compose(build(**placeholders), placeholders, replan=replan))
        return queries[0].rows(values)

    return rows


@dataclass
class PreparedList:
    """What a Paginator needs of a queryset: how many rows there are, and some of them."""

    values: dict[str, Any]
    listed: PreparedQuery
    counted: PreparedQuery

    def __len__(self) -> int:
        return self.counted.number(self.values)

    def __getitem__(self, cut: slice) -> list:
        return self.listed.rows(self.values, cut)


def prepared_list(build: Callable[..., QuerySet]) -> Callable[..., PreparedList]:
    """The same as `prepared` for a list that is shown page by page."""
    placeholders = _placeholders(build)
    found: list[tuple[PreparedQuery, PreparedQuery]] = []

    @functools.wraps(build)
    def rows(**values: Any) -> PreparedList:
        if not found:
            queryset = build(**placeholders)
            found.append(
                (_compose(queryset, placeholders), _compose(queryset.order_by().values("pk"), placeholders))
            )
        return PreparedList(values, *found[0])

    return rows


def _placeholders(build: Callable[..., QuerySet]) -> dict[str, Any]:
    """What stands for each argument while the SQL is composed; no other parameter of a query equals it."""
    return {
        name: f"\x01{name}\x01" if parameter.annotation in (str, "str") else FIRST_PLACEHOLDER + place
        for place, (name, parameter) in enumerate(inspect.signature(build).parameters.items())
    }


def _compose(queryset: QuerySet, placeholders: dict[str, Any], *, replan: bool = False) -> PreparedQuery:
    compiler = queryset.query.get_compiler(using=queryset.db)
    sql, params = compiler.as_sql()
    names = {value: name for name, value in placeholders.items()}
    parameters: list[str] = []
    literals: list[str] = []
    for value in params:
        if name := names.get(value):
            parameters.append(name)
            literals.append("%s")
        else:
            changed = any(str(placeholder) in str(value) for placeholder in names)
            assert not changed, f"a value is changed before it goes to the database: {value!r}"
            # Written out, so that a plan may count on it.
            literals.append(mogrify("%s", (value,), connections[queryset.db]).replace("%", "%%"))
    return PreparedQuery(queryset, compiler, sql.replace("%%", "%%%%") % tuple(literals), parameters, replan)
