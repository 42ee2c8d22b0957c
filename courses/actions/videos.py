"""The film of a module and its captions."""

from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from core import captions
from core.editions import refuse_if_overtaken
from core.errors import Refused
from courses import containers
from courses.models import Caption, Cue, Module, Progress, Video, WatchedRange
from events.recording import record


@transaction.atomic
def upload_video(module: Module, *, by, file: UploadedFile, poster: UploadedFile | None = None) -> Video:
    """Judged by its content, not by its name. A film that replaces another starts its watched time again."""
    if module.kind != Module.Kind.VIDEO:
        raise Refused(_("This module shows no video."))
    size = file.size or 0
    if size > settings.VIDEO_MAX_BYTES:
        limit = settings.VIDEO_MAX_BYTES // 1_000_000
        raise Refused(_("This video is too large: %(limit)d MB at most.") % {"limit": limit})
    film = containers.read(cast(BinaryIO, file))
    video = Video.objects.select_for_update().filter(module=module).first() or Video(module=module)
    old = video.file.name if video.pk else None
    video.media_type, video.size, video.duration = film.media_type, size, film.duration
    video.file.save(f"{module.pk}.{film.extension}", file, save=False)
    if poster is not None:
        video.poster.save(f"{module.pk}-poster", poster, save=False)
    video.save()
    module.video = video
    if old:
        _forget_watching(module)
        storage = video.file.storage
        transaction.on_commit(lambda: storage.delete(old))
    record(
        "courses.course_changed",
        actor=by,
        subject=module.course,
        module_id=module.pk,
        data={"fields": ["video"]},
    )
    return video


@transaction.atomic
def save_caption(video: Video, *, by, language: str, content: bytes, edition: str = "") -> Caption:
    """Captions as WebVTT or SRT; their sentences become the transcript. A second file replaces the first. Overtaken
    if the captions are no longer what `edition` names."""
    cues = captions.read(content)
    vtt = captions.to_vtt(cues)
    standing = Caption.objects.select_for_update().filter(video=video, language=language).first()
    if standing is not None:
        refuse_if_overtaken({"vtt": standing.vtt}, {"vtt": vtt}, edition)
    caption, _created = Caption.objects.update_or_create(
        video=video, language=language, defaults={"vtt": vtt}
    )
    caption.cues.all().delete()
    Cue.objects.bulk_create(Cue(caption=caption, start=cue.start, end=cue.end, text=cue.text) for cue in cues)
    module = video.module
    record(
        "courses.course_changed",
        actor=by,
        subject=module.course,
        module_id=module.pk,
        data={"fields": ["captions"]},
    )
    return caption


@transaction.atomic
def remove_caption(caption: Caption, *, by) -> None:
    module = caption.video.module
    caption.delete()
    record(
        "courses.course_changed",
        actor=by,
        subject=module.course,
        module_id=module.pk,
        data={"fields": ["captions"]},
    )


def _forget_watching(module: Module) -> None:
    unfinished = Progress.objects.filter(module=module, completed_at=None)
    WatchedRange.objects.filter(progress__module=module).delete()
    unfinished.update(coverage=0, resume_at=0)
    Progress.objects.filter(module=module, completed_at__isnull=False).update(resume_at=0)
