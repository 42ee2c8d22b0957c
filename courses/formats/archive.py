"""A ZIP of a folder, unpacked where it cannot hurt: bounded, and never outside its place."""

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO

from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from core.errors import Refused

MAX_FILES = 1_000
MAX_BYTES = 500_000_000


@contextmanager
def unpacked(file: BinaryIO, *, name: str) -> Iterator[Path]:
    """The folder an archive holds, for the length of a `with`; called `name` when the archive has none of its own.

    Raises Refused for what is no harmless ZIP.
    """
    with TemporaryDirectory(prefix="palabre-import-") as place:
        folder = Path(place) / (get_valid_filename(name) or "course")
        folder.mkdir()
        try:
            with zipfile.ZipFile(file) as archive:
                _unpack(archive, folder)
        except (
            zipfile.BadZipFile,
            zipfile.LargeZipFile,
            NotImplementedError,
            RuntimeError,
            OSError,
        ) as error:
            raise Refused(_("This ZIP file cannot be read.")) from error
        yield _only_folder(folder)


def _unpack(archive: zipfile.ZipFile, place: Path) -> None:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_FILES:
        raise Refused(_("This ZIP file holds more than %(limit)d files.") % {"limit": MAX_FILES})
    left = MAX_BYTES
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or stat.S_ISLNK(member.external_attr >> 16):
            raise Refused(_("This ZIP file points outside itself."))
        target = place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, target.open("wb") as copy:
            # The size an archive claims may be a lie: what comes out is counted.
            while block := source.read(1 << 20):
                left -= len(block)
                if left < 0:
                    raise Refused(_("This ZIP file is too large once unpacked."))
                copy.write(block)


def _only_folder(place: Path) -> Path:
    inside = [path for path in place.iterdir() if path.name != "__MACOSX" and not path.name.startswith(".")]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else place
