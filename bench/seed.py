"""Fills an empty academy for the benchmarks, by INSERT … SELECT inside PostgreSQL: no loop, no row through Python.

The people, spaces and courses stand in blocks of 1,000 learners; a block has one space of 240 threads and one
course of 50 modules. Size 1 is one block and 300,000 events; size 100 is a hundred blocks, a million posts and ten
million events. What the measured learners open is the same in both: the first block. The rows are in bench/seed.yaml.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection, models, transaction

from bench import words
from bench.system import PASSWORD
from community.models import Post, Reaction, ReadState, Watch
from courses.models import Answer, Progress
from events.models import Cursor, Event
from events.reading import READERS

BLOCK = 1_000
STEPS = yaml.safe_load((Path(__file__).parent / "seed.yaml").read_text())


def fill(model: type[models.Model], rows: str, columns: dict[str, str]) -> int:
    """INSERT the rows of a FROM clause; `columns` are SQL expressions, the rest takes the model's own defaults."""
    columns, names, expressions, params = dict(columns), [], [], []
    for field in model._meta.concrete_fields:
        given = columns.pop(field.attname, None)
        if given is not None:
            value: Any = given.replace("%", "%%")
        elif isinstance(field, models.GeneratedField) or field.primary_key or field.has_db_default():
            continue
        elif getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            value = "now()"
        elif field.null:
            continue
        else:
            value = "%s"
            params.append(field.get_db_prep_save(field.get_default(), connection))
        names.append(f'"{field.column}"')
        expressions.append(value)
    assert not columns, f"{model.__name__} has no {columns}"
    sql = f'INSERT INTO "{model._meta.db_table}" ({", ".join(names)}) SELECT {", ".join(expressions)} FROM {rows.replace("%", "%%")}'
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


@transaction.atomic
def seed(size: int, say: Callable[[str], None]) -> None:
    """Fill an empty database with `size` blocks. Ids begin at 1, so that expressions can point at each other."""
    started = time.monotonic()
    numbers = {
        "size": size, "block": BLOCK, "people": size * BLOCK, "units": 20, "threads": 240, "modules": 50, "questions": 10,
        "days": 90, "events": 300_000 if size == 1 else size * 100_000, "password": make_password(PASSWORD),
    }  # fmt: skip
    words.write_down()
    with indexed_later(Post, Reaction, ReadState, Watch, Progress, Answer, Event):
        for step, statements in STEPS.items():
            rows = sum(run(statement, numbers) for statement in statements)
            say(f"  {step}: {rows:,} rows ({time.monotonic() - started:.0f} s)")
    say(f"  indexes ({time.monotonic() - started:.0f} s)")
    restart_sequences()
    read_by_all()


def run(statement: dict[str, Any], numbers: dict[str, Any]) -> int:
    rows = statement["rows"] + words.picked(**statement.get("words", {}))
    columns = {name: str(value).format_map(numbers) for name, value in statement["columns"].items()}
    return fill(apps.get_model(statement["into"]), rows.format_map(numbers), columns)


@contextmanager
def indexed_later(*filled: type[models.Model]) -> Iterator[None]:
    """Make the indexes of these tables when they are full, all rows at once, and check no reference row by row.

    The expressions below only point at rows that exist; asking for each of them again takes minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(
            """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
               WHERE indrelid = ANY(%s::regclass[])
                 AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)""",
            [[model._meta.db_table for model in filled]],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _name, definition in indexes:
            cursor.execute(definition)


def read_by_all() -> None:
    """The seeded events are old news to every reader: the worker must not read them while pages are measured."""
    last = Event.objects.latest("pk").pk
    Cursor.objects.bulk_create(Cursor(reader=name, txid=1, event_id=last) for name in READERS)


def restart_sequences() -> None:
    """What has ids of our own goes on after them."""
    filled = {apps.get_model(one["into"]) for statements in STEPS.values() for one in statements}
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), filled):
            cursor.execute(sql)


def analyse() -> None:
    """What autovacuum would have done by itself within minutes."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
