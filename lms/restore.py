"""Bringing a backup (lms/backup.py) back onto an empty system."""

import zipfile
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from core.errors import Refused
from lms.backup import PIECE, Progress, Table, copy_out, read_manifest, tables
from people.models import Organisation, User


class Nowhere:
    """A file that forgets: only the digest of what is written counts."""

    def write(self, data: bytes) -> int:
        return len(data)


def restore(path: Path, *, progress: Progress) -> dict[str, Any]:
    """Load the backup at `path` and return its manifest.

    Everything is checked before anything is touched. Raises Refused when the file is damaged, made by a newer
    Palabre, or when this system already holds people.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise Refused(_("This file is not a backup of Palabre, or it was cut off.")) from error
    with archive:
        manifest = read_manifest(archive)
        executor = MigrationExecutor(connection)
        theirs = {tuple(name) for name in manifest["migrations"]}
        unknown = theirs - set(executor.loader.graph.nodes)
        if unknown - set(executor.loader.replacements):
            raise Refused(_("This backup was made by a newer Palabre; upgrade this one first."))
        if User.objects.exists() or Organisation.objects.exists():
            raise Refused(_("This system already holds people: a backup is restored onto an empty one only."))
        # The tables as they were when the backup was made; afterwards they are brought up to date.
        executor.migrate(latest_of(theirs, executor))
        with transaction.atomic():
            load_tables(archive, manifest, progress)
            renumber_transactions()
        for name in manifest["media"]:
            with archive.open(f"media/{name}") as member:
                default_storage.save(name, File(member))
        progress("media", len(manifest["media"]))
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    return manifest


def latest_of(applied: set[tuple[str, str]], executor: MigrationExecutor) -> list[tuple[str, str]]:
    """For each app, the applied migrations that no other applied one of that app builds on."""
    graph = executor.loader.graph
    known = {node for node in applied if node in graph.nodes}
    followed = {
        parent.key for node in known for parent in graph.node_map[node].parents if parent.key[0] == node[0]
    }
    return sorted(known - followed)


def load_tables(archive: zipfile.ZipFile, manifest: dict[str, Any], progress: Progress) -> None:
    present = {table.name for table in tables()} & set(manifest["tables"])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        names = ", ".join(f'"{name}"' for name in sorted(present))
        cursor.execute(f"TRUNCATE {names} CASCADE")
        for name in sorted(present):
            entry = manifest["tables"][name]
            columns = ", ".join(f'"{column}"' for column in entry["columns"])
            with (
                archive.open(f"tables/{name}.tsv") as member,
                cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as rows,
            ):
                while data := member.read(PIECE):
                    rows.write(data)
            progress(name, entry["rows"])
    for table in tables():
        if table.name in present:
            check_loaded(table, manifest["tables"][table.name])
            restart_sequence(table)


def check_loaded(table: Table, entry: dict[str, Any]) -> None:
    written = Table(table.name, tuple(entry["columns"]), table.key)
    found = copy_out(written, Nowhere(), secrets=True)  # type: ignore[arg-type]
    if (found["rows"], found["sha256"]) != (entry["rows"], entry["sha256"]):
        raise Refused(_("%(table)s did not arrive whole; nothing was restored.") % {"table": table.name})


def restart_sequence(table: Table) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table.name}"', table.key])
        sequence = cursor.fetchone()[0]
        if sequence:
            last = f'(SELECT coalesce(max("{table.key}"), 0) + 1 FROM "{table.name}")'  # noqa: S608 - our own model's name
            cursor.execute(f"SELECT setval(%s, {last}, false)", [sequence])


def renumber_transactions() -> None:
    """Move the log before every transaction of this server.

    Events carry the number of the transaction that wrote them, and readers only see numbers below the oldest one
    still running. Another server counts anew: shifted below zero, order and cursors stay as they were.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(txid), 0) + 1 FROM events_event")
        shift = cursor.fetchone()[0]
        cursor.execute("UPDATE events_event SET txid = txid - %s", [shift])
        cursor.execute("UPDATE events_cursor SET txid = txid - %s", [shift])
