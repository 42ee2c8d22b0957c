import pytest
from django.core.files.storage import FileSystemStorage
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from core.media import Span, Unsatisfiable, serve, span_of

BODY = bytes(range(256)) * 40


@pytest.fixture
def film(tmp_path):
    (tmp_path / "film été.mp4").write_bytes(BODY)
    return FieldFile(None, FileField(storage=FileSystemStorage(tmp_path)), "film été.mp4")


@pytest.fixture
def ask(film):
    def ask(content_type="video/mp4", method="get", **headers):
        request = getattr(RequestFactory(), method)("/film", headers=headers)
        return serve(request, film, content_type=content_type)

    return ask


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_whole_file_says_that_parts_may_be_asked_for(ask):
    response = ask()
    assert (response.status_code, body_of(response)) == (200, BODY)
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Length"] == str(len(BODY))
    assert response["Content-Type"] == "video/mp4"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("0-0", 0, 0),
        ("100-299", 100, 299),
        ("10000-", 10000, 10239),
        ("-40", 10200, 10239),
        ("9-99999", 9, 10239),
    ],
)
def test_a_part_is_answered_with_its_place(ask, asked, first, last):
    response = ask(Range=f"bytes={asked}")
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/10240"
    assert response["Content-Length"] == str(last - first + 1)
    assert body_of(response) == BODY[first : last + 1]


@pytest.mark.parametrize("asked", ["10240-", "99999-100000", "-0"])
def test_a_part_outside_the_file_is_refused_with_its_size(ask, asked):
    response = ask(Range=f"bytes={asked}")
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */10240"


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=5-2", "bytes=-", "lines=1-2", "bytes=a-b"])
def test_what_is_not_one_range_gets_the_whole_file(ask, asked):
    response = ask(Range=asked)
    assert (response.status_code, body_of(response)) == (200, BODY)


def test_a_part_of_another_version_gets_the_whole_file(ask):
    etag, changed = ask()["ETag"], ask()["Last-Modified"]
    assert ask(Range="bytes=0-9", **{"If-Range": etag}).status_code == 206
    assert ask(Range="bytes=0-9", **{"If-Range": changed}).status_code == 206
    assert ask(Range="bytes=0-9", **{"If-Range": '"older"'}).status_code == 200


def test_a_file_the_browser_has_is_not_sent_again(ask):
    response = ask(**{"If-None-Match": ask()["ETag"]})
    assert (response.status_code, body_of(response)) == (304, b"")


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/pdf", None])
def test_what_could_carry_a_script_is_saved_and_never_opened(ask, kind):
    response = ask(content_type=kind)
    assert response["Content-Disposition"].startswith("attachment")
    assert "filename*=utf-8''film%20%C3%A9t%C3%A9.mp4" in response["Content-Disposition"]
    assert "sandbox" in response["Content-Security-Policy"]


def test_the_proxy_sends_the_file_when_the_settings_say_so(ask, settings):
    settings.MEDIA_ACCEL = "/protected/"
    response = ask(Range="bytes=0-9")
    assert (response.status_code, response.content) == (200, b"")
    on_the_wire = response.headers["X-Accel-Redirect"].encode("latin-1")
    assert on_the_wire.decode() == "/protected/film été.mp4"
    assert response["Content-Type"] == "video/mp4"


def test_a_file_in_a_bucket_is_fetched_there():
    class Bucket(FileSystemStorage):
        def path(self, name):
            raise NotImplementedError

        def url(self, name):
            return f"https://bucket.example/{name}?signed"

    file = FieldFile(None, FileField(storage=Bucket()), "film.mp4")
    response = serve(RequestFactory().get("/film"), file, content_type="video/mp4")
    assert (response.status_code, response["Location"]) == (302, "https://bucket.example/film.mp4?signed")


@given(size=st.integers(0, 50), begin=st.none() | st.integers(0, 60), end=st.none() | st.integers(0, 60))
def test_a_part_always_lies_in_the_file(size, begin, end):
    asked = f"bytes={'' if begin is None else begin}-{'' if end is None else end}"
    request = RequestFactory().get("/", headers={"Range": asked})
    try:
        span = span_of(request, size, '"x"', 0)
    except Unsatisfiable:
        assert begin is None or begin >= size
    else:
        assert span is None or 0 <= span.first <= span.last < size
        if begin is not None and end is not None and begin <= end and begin < size:
            assert span == Span(begin, min(end, size - 1))
