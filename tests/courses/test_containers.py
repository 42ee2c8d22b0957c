import io

import pytest

from core.errors import Refused
from courses import containers
from tests.courses import films


def read(content: bytes) -> containers.Film:
    return containers.read(io.BytesIO(content))


@pytest.mark.parametrize("moov_last", [True, False])
def test_an_mp4_tells_its_length_wherever_its_header_stands(moov_last):
    assert read(films.mp4(83.5, moov_last=moov_last)) == containers.Film("video/mp4", "mp4", 83.5)


def test_an_mp4_in_fragments_tells_its_length():
    assert read(films.fragmented_mp4(12.25)).duration == 12.25


def test_a_webm_tells_its_length():
    assert read(films.webm(61.2)) == containers.Film("video/webm", "webm", 61.2)


def test_a_webm_recorded_in_a_browser_is_as_long_as_its_last_picture():
    assert read(films.webm(None, last_block=7_340)).duration == 7.34


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a film at all, only words",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        films.mp4(brand=b"qt  "),
        films.mp4(brand=b"heic"),
        films.mp4(handler=b"soun"),
        films.mp4(0),
        films.mp4()[:40],
        films.webm(doctype=b"matroska"),
        films.webm(kind=2),
        films.webm(None, last_block=0),
        films.webm()[:30],
        b"\x1a\x45\xdf\xa3" + bytes(50),
    ],
)
def test_what_is_no_film_is_refused_with_a_sentence(content):
    with pytest.raises(Refused) as refusal:
        read(content)
    assert str(refusal.value)
