from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from community.actions.attachments import forget_orphans
from community.models import Attachment, Draft
from tests.making import make_space, make_thread


def attachment(space, user, *, age: timedelta, post=None) -> Attachment:
    found = Attachment.objects.create(
        space=space, user=user, post=post, name="a.webp", media_type="image/webp", size=4,
        file=ContentFile(b"webp", name="a.webp"),
    )  # fmt: skip
    Attachment.objects.filter(pk=found.pk).update(created_at=timezone.now() - age)
    return found


def test_what_was_never_posted_goes_after_a_day_unless_a_draft_shows_it(
    lumen, awa, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    space = make_space(lumen)
    post = make_thread(space, awa).posts.get()
    old, fresh = timedelta(days=2), timedelta(hours=3)
    orphan = attachment(space, awa, age=old)
    kept = [
        attachment(space, awa, age=fresh),
        attachment(space, awa, age=old, post=post),
        attachment(space, awa, age=old),
    ]
    shown = f"![](/media/attachments/{kept[-1].pk}/a.webp)"
    Draft.objects.create(user=awa, place="thread:1", body=shown, sequence=1)

    with django_capture_on_commit_callbacks(execute=True):
        assert forget_orphans() == 1

    assert set(Attachment.objects.all()) == set(kept)
    assert not orphan.file.storage.exists(orphan.file.name)
    assert all(one.file.storage.exists(one.file.name) for one in kept)
