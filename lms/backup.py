"""One file that holds an academy: every table as it was at one instant, and the files people uploaded.

A ZIP: `tables/<table>.tsv` (PostgreSQL's COPY text), `media/<name>`, and `manifest.json`, written last, with the
count and SHA-256 of each. Secrets (passwords, second factors, tokens, sessions, mail not yet sent) stay out
unless asked for; people then choose a new password.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused

FORMAT = 1
PIECE = 1 << 20
# Left out without --secrets: a row of these tables opens a door.
SECRET_TABLES = {
    "account_emailconfirmation",
    "authtoken_token",
    "django_session",
    "mfa_authenticator",
    "socialaccount_socialtoken",
    "usersessions_usersession",
}
SECRET_ROWS = {"events_delivery": "kind <> 'mail'"}
SECRET_COLUMNS = {("people_user", "password"): "'!'"}

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[str, ...]
    key: str

    def select(self, *, secrets: bool) -> str:
        """The SELECT whose rows are kept, in the order of their key."""
        shown = []
        for column in self.columns:
            blank = None if secrets else SECRET_COLUMNS.get((self.name, column))
            shown.append(f'{blank} AS "{column}"' if blank else f'"{column}"')
        where = "" if secrets else SECRET_ROWS.get(self.name, "")
        if not secrets and self.name in SECRET_TABLES:
            where = "false"
        condition = f" WHERE {where}" if where else ""
        return f'SELECT {", ".join(shown)} FROM "{self.name}"{condition} ORDER BY "{self.key}"'  # noqa: S608 - names of our own models


def tables() -> list[Table]:
    """Every table Django manages, without the columns PostgreSQL generates."""
    found = {}
    every: list[type[models.Model]] = [
        *apps.get_models(include_auto_created=True),
        MigrationRecorder.Migration,
    ]
    for model in every:
        meta = model._meta
        if meta.proxy or not meta.managed:
            continue
        columns = [
            f.column for f in meta.concrete_fields if f.column and not isinstance(f, models.GeneratedField)
        ]
        found[meta.db_table] = Table(meta.db_table, tuple(columns), str(meta.pk.column))
    return [found[name] for name in sorted(found)]


def file_names() -> Iterator[str]:
    """The uploaded files that rows point to, each once."""
    seen: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                for name in model._default_manager.values_list(field.name, flat=True).iterator():
                    if name and name not in seen:
                        seen.add(name)
                        yield name


def copy_out(table: Table, target: IO[bytes], *, secrets: bool) -> dict[str, Any]:
    """Write the rows of a table and return their count and digest."""
    digest, rows = hashlib.sha256(), 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({table.select(secrets=secrets)}) TO STDOUT") as rows_out,
    ):
        for piece in rows_out:
            data = bytes(piece)
            digest.update(data)
            rows += data.count(b"\n")
            target.write(data)
    return {"rows": rows, "sha256": digest.hexdigest(), "columns": table.columns}


def copy_file(name: str, target: IO[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with default_storage.open(name, "rb") as source:
        while data := source.read(PIECE):
            digest.update(data)
            size += len(data)
            target.write(data)
    return {"bytes": size, "sha256": digest.hexdigest()}


def write_backup(path: Path, *, secrets: bool, progress: Progress) -> dict[str, Any]:
    """Write the whole academy to `path` and return the manifest. A half-written file is never left behind."""
    partial = path.with_name(path.name + ".partial")
    manifest: dict[str, Any] = {"format": FORMAT, "made_at": timezone.now().isoformat(), "secrets": secrets}
    try:
        with (
            zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            transaction.atomic(),
        ):
            with connection.cursor() as cursor:
                # One instant for all tables, whatever is written meanwhile.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            manifest["migrations"] = sorted(map(list, MigrationRecorder(connection).applied_migrations()))
            manifest["tables"], manifest["media"], manifest["missing"] = {}, {}, []
            for table in tables():
                with archive.open(f"tables/{table.name}.tsv", "w", force_zip64=True) as member:
                    manifest["tables"][table.name] = copy_out(table, member, secrets=secrets)
                progress(table.name, manifest["tables"][table.name]["rows"])
            for name in file_names():
                if not default_storage.exists(name):
                    manifest["missing"].append(name)
                    continue
                with archive.open(f"media/{name}", "w", force_zip64=True) as member:
                    manifest["media"][name] = copy_file(name, member)
            progress("media", len(manifest["media"]))
            archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest of a backup whose every part was read and found whole. Raises Refused otherwise."""
    try:
        manifest = json.loads(archive.read("manifest.json"))
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Refused(_("This file is not a backup of Palabre, or it was cut off.")) from error
    if manifest["format"] > FORMAT:
        raise Refused(_("This backup was made by a newer Palabre; upgrade this one first."))
    parts = {f"tables/{name}.tsv": entry for name, entry in manifest["tables"].items()}
    parts |= {f"media/{name}": entry for name, entry in manifest["media"].items()}
    for name, entry in parts.items():
        digest = hashlib.sha256()
        try:
            with archive.open(name) as member:
                while data := member.read(PIECE):
                    digest.update(data)
        except (KeyError, zipfile.BadZipFile) as error:
            raise Refused(_("The backup is damaged: %(part)s cannot be read.") % {"part": name}) from error
        if digest.hexdigest() != entry["sha256"]:
            raise Refused(_("The backup is damaged: %(part)s is not what was written.") % {"part": name})
    return manifest
