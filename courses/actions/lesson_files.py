"""Pictures and files in the text of a module, of the kinds that talk takes."""

import json
import re
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from community.actions.attachments import delete_with_their_files, store_upload
from courses.models import LessonFile, Module, ModuleDraft, ModuleRevision

UNUSED_LIVE_FOR = timedelta(days=1)
SHOWN = re.compile(r"/media/lessons/(\d+)/")


@transaction.atomic
def put_into_lesson(module: Module, *, by, upload) -> LessonFile:
    """Keep a picture or file for a module's text: who reads the module may open it once the saved text shows it."""
    file = LessonFile(module=module, user=by)
    store_upload(file, upload)
    return file


def forget_unused_files() -> int:
    """Remove those that neither the text shows, nor what it said before, nor anybody's draft. Returns how many."""
    old = LessonFile.objects.filter(created_at__lt=timezone.now() - UNUSED_LIVE_FOR)
    modules = old.values("module")
    texts = [
        *Module.objects.filter(pk__in=modules).values_list("body", flat=True),
        *map(json.dumps, ModuleRevision.objects.filter(module__in=modules).values_list("state", flat=True)),
        *map(json.dumps, ModuleDraft.objects.filter(module__in=modules).values_list("fields", flat=True)),
    ]
    shown = {int(pk) for text in texts for pk in SHOWN.findall(text)}
    return delete_with_their_files(old.exclude(pk__in=shown))
