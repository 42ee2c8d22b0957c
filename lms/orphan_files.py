"""Orphan files, that no row names any more: of an upload whose answer was lost, of a picture that was replaced."""

from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.core.files.storage import Storage
from django.db.models import FileField
from django.utils import timezone

# Longer than any upload, import or restoration: until then a file may be about to get its row.
SPARED_FOR = timedelta(days=2)


def delete_orphan_files() -> int:
    """Remove them from each folder that a field of ours writes to. Returns how many."""
    fields = [
        field for model in apps.get_models() for field in model._meta.fields if isinstance(field, FileField)
    ]
    gone = 0
    for folder, storage in {str(field.upload_to).split("/")[0]: field.storage for field in fields}.items():
        for names in files_under(storage, folder):
            for name in names - named(fields, names):
                if timezone.now() - storage.get_modified_time(name) > SPARED_FOR:
                    storage.delete(name)
                    gone += 1
    return gone


def named(fields: list[FileField], names: set[str]) -> set[str]:
    """Those of these names that a row holds."""
    return {
        name
        for field in fields
        for name in field.model._base_manager.filter(**{f"{field.name}__in": names}).values_list(
            field.name, flat=True
        )
    }


def files_under(storage: Storage, folder: str) -> Iterator[set[str]]:
    """The names of all files, at most a thousand together."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for first in range(0, len(files), 1000):
        yield {f"{folder}/{name}" for name in files[first : first + 1000]}
    for inner in folders:
        yield from files_under(storage, f"{folder}/{inner}")
