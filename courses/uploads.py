"""A file somebody wants to bring in, kept aside while they look at what it would do: one per person at a time."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from core.errors import Refused
from core.importing import Report
from courses.formats import archive
from courses.imports import import_course, import_questions, read_questions
from courses.models import Course
from people.models import User

MAX_BYTES = 100_000_000
MAX_QUESTIONS = 1_000
MAX_BANK_BYTES = 10_000_000


@dataclass(frozen=True)
class Upload:
    """`digest` names the file in an address: another one put aside meanwhile is not taken for it."""

    digest: str
    path: str

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name.split("-", 1)[1]


@dataclass(frozen=True)
class Outcome:
    """`course` is the course a ZIP became; a rehearsal leaves none behind."""

    report: Report
    course: Course | None = None


def put_aside(file: UploadedFile, *, by) -> Upload:
    """Keep an uploaded file until it is brought in, or until its owner puts another one aside."""
    if (file.size or 0) > MAX_BYTES:
        raise Refused(_("This file is too large: %(limit)d MB at most.") % {"limit": MAX_BYTES // 1_000_000})
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    forget(by)
    name = get_valid_filename(PurePosixPath(file.name or "").name or "import")[-80:]
    file.seek(0)
    path = default_storage.save(f"{_folder(by)}/{digest.hexdigest()[:16]}-{name}", file)
    return Upload(digest.hexdigest()[:16], path)


def gone() -> str:
    """Said where a file is no longer kept aside."""
    return _(
        "This file is no longer kept here: it was brought in already, or you chose another one since. Choose it again."
    )


def put_aside_by(user, digest: str) -> Upload | None:
    for path in _kept(user):
        if PurePosixPath(path).name.startswith(f"{digest}-"):
            return Upload(digest, path)
    return None


def forget(user) -> None:
    for path in _kept(user):
        default_storage.delete(path)


def _folder(user) -> str:
    return f"imports/{user.pk}"


def _kept(user) -> list[str]:
    try:
        return [f"{_folder(user)}/{name}" for name in default_storage.listdir(_folder(user))[1]]
    except FileNotFoundError:
        return []


def bring_in(upload: Upload, *, by, language: str, keep: bool) -> Outcome:
    """Bring a file in, or rehearse it: the same work, of which nothing stays unless `keep`. Raises Refused."""
    abandoned: list[Callable[[], None]] = []
    kept = False
    try:
        with transaction.atomic():
            if keep:  # A button pressed twice at once: the second waits, and finds the file gone.
                User.objects.select_for_update(no_key=True).get(pk=by.pk)
            outcome = _bring_in(upload, by=by, language=language, abandon=abandoned.append)
            transaction.set_rollback(not keep)
            if keep:
                forget(by)
        kept = keep
    except FileNotFoundError as error:
        raise Refused(gone()) from error
    finally:
        if not kept:
            for take_back in abandoned:
                take_back()
    return outcome


def _bring_in(upload: Upload, *, by, language: str, abandon: Callable[[Callable[[], None]], None]) -> Outcome:
    report = Report()
    with default_storage.open(upload.path, "rb") as file:
        if file.read(2) == b"PK":
            file.seek(0)
            stem = PurePosixPath(upload.name).stem
            with archive.unpacked(cast(BinaryIO, file), name=stem) as folder:
                course = import_course(folder, by=by, report=report, language=language, abandon=abandon)
            return Outcome(report, course)
        file.seek(0)
        content = file.read(MAX_BANK_BYTES + 1)
    if len(content) > MAX_BANK_BYTES:
        raise Refused(_("A question bank of more than 10 MB is brought in by the command import_questions."))
    items = read_questions(upload.name, content)
    if not items:
        raise Refused(_("No question was found in this file: GIFT and Moodle XML are read."))
    if len(items) > MAX_QUESTIONS:
        raise Refused(_("More than 1,000 questions are brought in by the command import_questions."))
    import_questions(items, by=by, language=language, report=report, batch=upload.digest)
    return Outcome(report)
