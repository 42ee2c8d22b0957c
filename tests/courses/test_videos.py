import pytest
from django.core.files.base import ContentFile
from django.utils import translation

from core.errors import Refused
from core.jinja import weight
from courses.actions import save_caption, upload_video
from courses.models import Cue, Progress, Video
from tests import making
from tests.courses import films

SRT = "1\n00:00:01,000 --> 00:00:02,500\nQuand le ton monte\n\n2\n00:00:03,000 --> 00:00:04,000\nÉcouter\n"


def test_a_film_is_kept_with_its_type_and_length(course, julie):
    module = making.make_module(course, kind="video")
    video = upload_video(module, by=julie, file=ContentFile(films.webm(42), name="whatever.exe"))
    assert (video.media_type, video.duration) == ("video/webm", 42)
    assert video.file.name.endswith(".webm")


def test_a_film_too_large_or_for_a_text_is_refused(course, julie, settings):
    settings.VIDEO_MAX_BYTES = 100
    large = ContentFile(films.mp4(42), name="film.mp4")
    for module in (making.make_module(course, kind="video"), making.make_module(course, kind="text")):
        with pytest.raises(Refused):
            upload_video(module, by=julie, file=large)
    assert not Video.objects.exists()


def test_another_film_starts_what_was_watched_again_and_keeps_who_is_done(
    course, film_module, julie, awa, karim, django_capture_on_commit_callbacks
):
    old = film_module.video.file.name
    begun = Progress.objects.create(enrolment=making.enrol(awa, course), module=film_module, coverage=0.5)
    begun.watched.create(start=0, end=50)
    done = Progress.objects.create(
        enrolment=making.enrol(karim, course), module=film_module, coverage=0.9, completed_at=begun.opened_at
    )
    with django_capture_on_commit_callbacks(execute=True):
        video = upload_video(film_module, by=julie, file=ContentFile(films.mp4(20), name="film.mp4"))
    begun.refresh_from_db()
    done.refresh_from_db()
    assert (begun.coverage, begun.watched.count()) == (0, 0)
    assert done.completed_at is not None
    assert Video.objects.get().duration == 20
    assert not video.file.storage.exists(old)


def test_captions_become_the_transcript_and_a_second_file_replaces_the_first(film_module, julie):
    for _ in range(2):
        caption = save_caption(film_module.video, by=julie, language="fr", content=SRT.encode())
    assert caption.vtt.startswith("WEBVTT")
    rows = Cue.objects.order_by("start").values_list("start", "end", "text")
    assert list(rows) == [(1, 2.5, "Quand le ton monte"), (3, 4, "Écouter")]


def test_captions_are_served_to_who_follows_the_course(sign_in, awa, ines, karim, course, film_module, julie):
    caption = save_caption(film_module.video, by=julie, language="fr", content=SRT.encode())
    making.enrol(awa, course)
    answer = sign_in(awa).get(f"/captions/{caption.pk}.vtt")
    assert answer["Content-Type"].startswith("text/vtt")
    assert "Quand le ton monte" in answer.text
    for other in (ines, karim):
        assert sign_in(other).get(f"/captions/{caption.pk}.vtt").status_code == 404


def test_a_withdrawn_film_is_for_its_trainers_only(sign_in, awa, julie, course, film_module):
    making.enrol(awa, course)
    film_module.published_at = None
    film_module.save(update_fields=["published_at"])
    address = f"/videos/{film_module.video.pk}/"
    assert sign_in(awa).get(address).status_code == 404
    answer = sign_in(julie).get(address, headers={"Range": "bytes=999999-"})
    assert answer.status_code == 416


@pytest.mark.parametrize(
    ("size", "english", "french"),
    [
        (605_512, "606 kB", "606 ko"),
        (999_700, "1.0 MB", "1,0 Mo"),
        (12_400_000, "12.4 MB", "12,4 Mo"),
        (999_960_000, "1.0 GB", "1,0 Go"),
    ],
)
def test_a_film_weighs_in_thousands_and_in_the_units_of_the_reader(size, english, french):
    with translation.override("en"):
        assert weight(size) == english.replace(" ", "\N{NO-BREAK SPACE}")
    with translation.override("fr"):
        assert weight(size) == french.replace(" ", "\N{NO-BREAK SPACE}")
