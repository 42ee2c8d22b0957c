"""Prepared queries: their SQL statement is composed once.

Composing the SQL of a page's larger queries costs the ORM more than PostgreSQL needs to answer them. Only values
differ from one reader to the next: `prepared` has the ORM compose the statement at the first call, and each call sends
its parameters beside it, so that PostgreSQL too plans it only once for each connection.

What cannot be prepared is refused with a sentence (`Unpreparable`), and under pytest every call also runs the plain
query and compares the rows (tests/prepared_queries.py).
"""

from __future__ import annotations

import copy
import functools
import inspect
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Generic, ParamSpec
from uuid import UUID

from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import BooleanField, Func, QuerySet
from django.db.models.query import ValuesListIterable
from psycopg.types.numeric import Int8

P = ParamSpec("P")
# What a bigint holds. An address may name a larger number, which no row has: the last one stands for it.
MOST = 2**63 - 1
FIRST_NUMBER = 1 << 61
FIRST_DAY = date(7777, 1, 1)
FIRST_INSTANT = datetime(8888, 1, 1, tzinfo=UTC)
# What stands for the n-th parameter of each type while the statement is composed; no other value of a query equals it.
# For a list it is one value: `AnyOf` sends the whole list as one parameter.
PLACEHOLDERS: dict[Any, Callable[[int], Any]] = {
    int: lambda n: FIRST_NUMBER + n,
    str: lambda n: f"\x01{n}\x01",
    date: lambda n: FIRST_DAY + timedelta(days=n),
    datetime: lambda n: FIRST_INSTANT + timedelta(days=n),
    UUID: lambda n: UUID(int=FIRST_NUMBER + n),
    list[int]: lambda n: FIRST_NUMBER + n,
    list[str]: lambda n: FIRST_NUMBER + n,
    list[date]: lambda n: FIRST_NUMBER + n,
}


class Unpreparable(TypeError):
    """A query that cannot be prepared, and why."""


class AnyOf(Func):
    """`AnyOf("pk", ids)`: true for the rows whose value is in a list; one parameter, however long it is."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class PreparedQuery(Generic[P]):
    """`build` returns a queryset; calling this returns its rows."""

    def __init__(self, build: Callable[P, QuerySet], *, replan: bool = False) -> None:
        self.build, self.replan = build, replan
        self.arguments = _arguments(build)
        functools.update_wrapper(self, build)

    def __call__(self, *args: P.args, **values: P.kwargs) -> list:
        return self.statement.rows(_flat(values | dict(zip(self.arguments, args, strict=False))))

    @cached_property
    def statement(self) -> Statement:
        return _compose(_built(self.build, self.arguments), self.arguments, replan=self.replan)


def prepared(build: Callable[P, QuerySet], *, replan: bool = False) -> PreparedQuery[P]:
    """Decorate a function that returns a queryset: calling it returns rows.

    Its arguments are numbers, texts, days, moments, keys (UUID), lists (`AnyOf`) and dataclasses of them
    (`people.Reader`), each annotated. The shape of the query must not depend on the values, and nothing else may vary
    between calls: no `timezone.now()` in it.
    `replan` keeps the statement but no plan, where the best one depends on the values: a rare word or one that all hold.
    """
    return PreparedQuery(build, replan=replan)


class PreparedPages(Generic[P]):
    """The same for a list that is shown page by page."""

    def __init__(self, build: Callable[P, QuerySet]) -> None:
        self.build = build
        self.arguments = _arguments(build)
        functools.update_wrapper(self, build)

    def __call__(self, *args: P.args, **values: P.kwargs) -> PreparedList:
        return PreparedList(self, values | dict(zip(self.arguments, args, strict=False)))

    @cached_property
    def listed(self) -> Statement:
        return _compose(_built(self.build, self.arguments), self.arguments)

    @cached_property
    def counted(self) -> Statement:
        queryset = _built(self.build, self.arguments)
        if queryset.query.is_sliced:
            raise Unpreparable("A list that is shown page by page is not cut beforehand.")
        # Arguments of its columns alone are not sent.
        return _compose(queryset.order_by().values("pk"), self.arguments, all_sent=False)


def prepared_list(build: Callable[P, QuerySet]) -> PreparedPages[P]:
    return PreparedPages(build)


@dataclass
class PreparedList:
    """What a Paginator needs of a queryset: how many rows there are, and some of them."""

    query: PreparedPages
    values: dict[str, Any]

    def __len__(self) -> int:
        return self.query.counted.number(_flat(self.values))

    def __getitem__(self, cut: slice) -> list:
        return self.query.listed.rows(_flat(self.values), cut)


@dataclass
class Statement:
    queryset: QuerySet
    compiler: Any
    sql: str
    # The names of the arguments, in the order in which the statement takes them.
    parameters: list[str]
    replan: bool = False
    per_thread: threading.local = field(default_factory=threading.local)

    def rows(self, values: dict[str, Any], cut: slice | None = None) -> list:
        sql, params = self.sql, self._sent(values)
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
        sql = f"SELECT COUNT(*) FROM ({self.sql}) counted"  # noqa: S608 - the ORM's own text
        return _fetched(connections[self.queryset.db], sql, self._sent(values))[0][0]

    def _sent(self, values: dict[str, Any]) -> list[Any]:
        return [_sent(values[name], name) for name in self.parameters]


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


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """The values by the names of their parameters: those of a dataclass one by one."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if is_dataclass(value):
            flat |= {f"{name}.{one.name}": getattr(value, one.name) for one in fields(value)}
        else:
            flat[name] = value
    return flat


def _sent(value: Any, name: str) -> Any:
    """Numbers of one type whatever their size: each type would be another statement to the server."""
    if value is None:
        raise Unpreparable(f"{name} is None: SQL says that otherwise (IS NULL), in another statement.")
    if isinstance(value, int):
        return Int8(max(-MOST - 1, min(value, MOST)))
    if isinstance(value, list) and all(isinstance(one, int) for one in value):
        return f"{{{','.join(map(str, value))}}}"
    return value


def _arguments(build: Callable[..., QuerySet]) -> dict[str, Any]:
    """What stands for each argument while the statement is composed."""
    numbers = itertools.count(1)
    return {
        name: _placeholder(name, parameter, numbers)
        for name, parameter in inspect.signature(build, eval_str=True).parameters.items()
    }


def _placeholder(name: str, parameter: inspect.Parameter, numbers: Iterator[int]) -> Any:
    kind = parameter.annotation
    if parameter.default is not inspect.Parameter.empty:
        raise Unpreparable(f"{name} has a default: every value of a prepared query is given.")
    if isinstance(kind, type) and is_dataclass(kind):
        inside = inspect.signature(kind, eval_str=True).parameters
        return kind(**{one: _placeholder(one, inside[one], numbers) for one in inside})
    try:
        return PLACEHOLDERS[kind](next(numbers))
    except KeyError:
        known = ", ".join(
            getattr(one, "__name__", "") if isinstance(one, type) else str(one) for one in PLACEHOLDERS
        )
        raise Unpreparable(
            f"{name} is annotated {kind!r}: a prepared query takes {known} and dataclasses of them, never NULL."
        ) from None


def _built(build: Callable[..., QuerySet], arguments: dict[str, Any]) -> QuerySet:
    def refuse(*_query: Any) -> None:
        raise Unpreparable(f"{build.__name__} asks the database while it is composed: the answer would stay.")

    with connections["default"].execute_wrapper(refuse):
        return build(**arguments)


def _compose(
    queryset: QuerySet, arguments: dict[str, Any], *, replan: bool = False, all_sent: bool = True
) -> Statement:
    if queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
        raise Unpreparable("prefetch_related asks further queries: join, or ask them by themselves.")
    connections[queryset.db].ensure_connection()
    compiler = queryset.query.get_compiler(using=queryset.db)
    sql, params = compiler.as_sql()
    placeholders = _flat(arguments)
    names = {value: name for name, value in placeholders.items()}
    parameters: list[str] = []
    literals: list[str] = []
    for value in params:
        if name := names.get(value):
            parameters.append(name)
            literals.append("%s")
        else:
            _refuse_literal(value, placeholders)
            # Written out, so that a plan may count on it.
            literals.append(mogrify("%s", (value,), connections[queryset.db]).replace("%", "%%"))
    # Who reads may be nothing to one shape of a query, or their organisation.
    if all_sent and (missing := {name for name in placeholders.keys() - set(parameters) if "." not in name}):
        raise Unpreparable(
            f"{', '.join(sorted(missing))} would not be sent: it is changed first, or not used."
        )
    return Statement(queryset, compiler, sql.replace("%%", "%%%%") % tuple(literals), parameters, replan)


def _refuse_literal(value: Any, placeholders: dict[str, Any]) -> None:
    """A value that is not sent with each call stays the same for ever."""
    for name, placeholder in placeholders.items():
        if str(placeholder) in str(value):
            raise Unpreparable(f"{name} is changed before it goes to the database: {value!r}")
    if isinstance(value, date):
        raise Unpreparable(
            f"{value!r} would stay the same at every call: give days and moments as arguments."
        )
