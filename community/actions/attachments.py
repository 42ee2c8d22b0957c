"""Pictures and files put into what people write: known kinds only, told by their bytes, drawn again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from community import rules
from community.actions.gates import refuse_archived, refuse_silenced, require
from community.models import AttachedFile, Attachment, Draft, Post, Space, Thread
from core.errors import Refused
from core.images import recoded

ORPHANS_LIVE_FOR = timedelta(days=1)
MAX_BYTES = 15 * 1024 * 1024
WIDEST = 2000
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".gif"}
# extension → (media type, what its first bytes must be)
FILES = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    ".pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", (b"PK\x03\x04",)),
    ".odt": ("application/vnd.oasis.opendocument.text", (b"PK\x03\x04",)),
    ".mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    ".mp4": ("video/mp4", ()),
    ".webm": ("video/webm", (b"\x1a\x45\xdf\xa3",)),
}
SHOWN = re.compile(r"/media/attachments/(\d+)/")


@transaction.atomic
def attach_file(space: Space, *, user, upload, thread: Thread | None = None) -> Attachment:
    """Keep a picture or file that is being put into a message of this space.

    Pictures are decoded and drawn again: what they hid (position, scripts) does not survive.
    Raises Refused for a kind that is not listed, bytes that are not that kind, or too much of them.
    """
    refuse_archived(space)
    require((seat := rules.seat_of(user, space)).is_member)
    refuse_silenced(seat)
    attachment = Attachment(space=space, thread=thread, user=user)
    store_upload(attachment, upload)
    return attachment


def store_upload(into: AttachedFile, upload) -> None:
    """Save a row with the file that was uploaded for it. Raises Refused for what is not stored."""
    name = get_valid_filename(PurePath(upload.name or "file").name)[-120:]
    ending = PurePath(name).suffix.lower()
    if upload.size > MAX_BYTES:
        raise Refused(_("This file is too large: 15 MB at most."), "size")
    if ending in PICTURES:
        content, into.media_type = recoded(upload, side=WIDEST), "image/webp"
        name = f"{PurePath(name).stem}.webp"
    else:
        content, into.media_type = _known_file(upload, ending)
    into.name, into.size = name, content.size
    into.file.save(name, content, save=False)
    into.save(force_insert=True)


def _known_file(upload, ending: str) -> tuple[ContentFile, str]:
    if ending not in FILES:
        raise Refused(_("This kind of file cannot be attached."), "kind")
    media_type, beginnings = FILES[ending]
    content = upload.read()
    is_mp4 = ending == ".mp4" and content[4:8] == b"ftyp"
    if not is_mp4 and not any(content.startswith(beginning) for beginning in beginnings):
        raise Refused(_("This file is not what its name says."), "content")
    return ContentFile(content), media_type


def attach_what_is_shown(post: Post) -> None:
    """Tie to a post the files its author uploaded and it now shows: from then on its readers may open them."""
    ids = {int(found) for found in SHOWN.findall(post.html)}
    if ids:
        Attachment.objects.filter(
            pk__in=ids, user=post.author_id, post=None, space=post.thread.space_id
        ).update(post=post, thread=post.thread)


def forget_orphans() -> int:
    """Remove files that were uploaded and never posted, a day later. Those a draft still shows are kept. Returns how many."""
    orphans = Attachment.objects.filter(post=None, created_at__lt=timezone.now() - ORPHANS_LIVE_FOR)
    shown = {
        int(pk)
        for body in Draft.objects.exclude(body="").values_list("body", flat=True)
        for pk in SHOWN.findall(body)
    }
    return delete_with_their_files(found for found in orphans if found.pk not in shown)


def delete_with_their_files(rows: Iterable[AttachedFile]) -> int:
    """Returns how many."""
    gone = list(rows)
    for row in gone:
        with transaction.atomic():
            row.delete()
            transaction.on_commit(partial(row.file.storage.delete, str(row.file.name)))
    return len(gone)
