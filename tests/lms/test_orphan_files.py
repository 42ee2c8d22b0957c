import os
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from community.models import Attachment
from lms.orphan_files import SPARED_FOR, delete_orphan_files
from people.models import Profile
from tests.making import make_space

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def grow_old(name: str) -> None:
    old = time.time() - SPARED_FOR.total_seconds() - 60
    os.utime(default_storage.path(name), (old, old))


def stored(name: str) -> str:
    return default_storage.save(name, ContentFile(b"lost"))


def test_files_that_no_row_names_go_once_no_upload_can_be_under_way(lumen, awa):
    attachment = Attachment.objects.create(
        space=make_space(lumen), user=awa, name="a.webp", media_type="image/webp", size=4,
        file=ContentFile(b"kept", name="a.webp"),
    )  # fmt: skip
    profile = Profile.objects.get_or_create(user=awa)[0]
    profile.picture.save("awa.webp", ContentFile(b"kept"))
    kept = [attachment.file.name, profile.picture.name, stored("attachments/2026/01/fresh.webp")]
    lost = [
        stored("attachments/2026/01/lost.webp"),
        stored("people/before.webp"),
        stored("videos/2026/01/a.mp4"),
    ]
    # Not a folder of ours: a backup that somebody put beside.
    kept.append(stored("before.zip"))
    for name in {*kept, *lost} - {kept[2]}:
        grow_old(name)

    assert delete_orphan_files() == 3
    assert [default_storage.exists(name) for name in kept] == [True] * 4
    assert [default_storage.exists(name) for name in lost] == [False] * 3
    assert delete_orphan_files() == 0


def test_nothing_stored_yet_is_no_fault():
    assert not Path(default_storage.path("attachments")).exists()
    assert delete_orphan_files() == 0
