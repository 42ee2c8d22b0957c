import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.captions import Cue, parse, read, to_vtt
from core.errors import Refused
from tests.samples import SAMPLES, needs_samples

VTT = """WEBVTT - un titre

STYLE
::cue { color: red }

NOTE une remarque
--> n'est pas un temps

intro
00:01.500 --> 00:04.000 align:start position:0%
<v Julie>Bonjour &amp; <b>bienvenue</b>
à tous

1:00:00.000 --> 01:00:02.250
fin

00:10.000 --> 00:09.000
à l'envers
"""


def test_webvtt_is_read_with_its_names_notes_and_tags():
    assert parse(VTT) == [Cue(1.5, 4.0, "Bonjour & bienvenue\nà tous"), Cue(3600.0, 3602.25, "fin")]


def test_srt_is_read_as_windows_writes_it():
    srt = "1\r\n00:00:00,000 --> 00:00:04,84\r\n{\\an8}<i>Déjà</i> vu\r\n\r\n2\r\n00:00:05,000 --> 00:00:06,000\r\n\r\n"
    assert read(srt.encode("cp1252")) == [Cue(0.0, 4.84, "Déjà vu")]
    assert read(srt.encode("utf-8-sig")) == [Cue(0.0, 4.84, "Déjà vu")]
    assert read(srt.encode("utf-16")) == [Cue(0.0, 4.84, "Déjà vu")]


def test_cues_without_a_blank_line_between_them_stay_two():
    srt = "1\n00:00:01,000 --> 00:00:02,000\nun\n2\n00:00:03,000 --> 00:00:04,000\ndeux\n"
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nun\n00:03.000 --> 00:04.000\ndeux\n"
    assert parse(srt) == parse(vtt) == [Cue(1.0, 2.0, "un"), Cue(3.0, 4.0, "deux")]


FRENCH = "L'été où Zoé déçut sa mère, à Orléans : « déjà vu », cœur léger… "


def srt(text):
    return f"1\n00:00:00,000 --> 00:00:04,000\n{text.strip()}\n"


def test_one_damaged_byte_leaves_the_other_letters_whole():
    damaged = srt(FRENCH).encode().replace("é".encode(), b"\xe9", 1)
    assert read(damaged)[0].text == FRENCH.strip().replace("é", "\ufffd", 1)


def test_what_windows_writes_is_read():
    assert read(srt(FRENCH).encode("cp1252"))[0].text == FRENCH.strip()
    assert read(srt("Un café").encode("cp1252"))[0].text == "Un café"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (FRENCH.replace("œ", "oe"), "mac-roman"),
        ("L'été à Orléans, déjà", "cp850"),
        ("Привет, как дела", "cp1251"),
        ("Привет, как дела", "koi8-r"),
        ("Καλημέρα σας", "cp1253"),
        ("こんにちは", "shift-jis"),
        ("Zażółć gęślą jaźń, proszę", "cp1250"),
    ],
)
def test_letters_of_another_code_page_are_refused_rather_than_guessed(text, codec):
    with pytest.raises(Refused):
        read(srt(text).encode(codec))


@pytest.mark.parametrize("content", [b"", b"WEBVTT\n", b"\x00\x01\xff\xfe", b"just words", b"a" * 2_000_001])
def test_a_file_without_captions_is_refused(content):
    with pytest.raises(Refused):
        read(content)


def test_what_is_written_cannot_end_a_cue_or_open_a_tag():
    cue = Cue(0, 1, "a --> b\n\n<script> & c")
    assert to_vtt([cue]) == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\na --&gt; b\n&lt;script&gt; &amp; c\n"


words = st.text(alphabet="abcé<>&:-0123456789 \n", min_size=1, max_size=40)
said = words.map(lambda text: "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n")))))
cues = st.builds(
    lambda start, length, text: Cue(start / 1000, (start + length) / 1000, text),
    st.integers(0, 10**7),
    st.integers(1, 10**5),
    said.filter(bool),
)


@given(st.lists(cues, max_size=8))
@settings(max_examples=80, deadline=None)
def test_what_is_written_is_read_back(some):
    assert parse(to_vtt(some)) == sorted(some)


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_nothing_typed_breaks_the_reader(text):
    assert all(cue.start < cue.end and cue.text for cue in parse(text))


class TestOnSamples:
    pytestmark = needs_samples

    def test_every_real_file_gives_the_same_cues_in_both_forms(self):
        folder = SAMPLES / "course-en-django"
        files = sorted(folder.glob("vtt/*/*.vtt"))
        assert len(files) == 6
        for file in files:
            from_vtt = read(file.read_bytes())
            from_srt = read((folder / "srt" / file.parent.name / file.with_suffix(".srt").name).read_bytes())
            assert len(from_vtt) == file.read_text().count(" --> ")
            assert from_vtt == from_srt
            assert parse(to_vtt(from_vtt)) == from_vtt


def test_too_many_captions_are_counted_before_they_are_read(monkeypatch):
    monkeypatch.setattr("core.captions.parse", pytest.fail)
    with pytest.raises(Refused):
        read(b"1\n00:00:01,000 --> 00:00:02,000\nOui\n\n" * 10_001)
    with pytest.raises(Refused):
        read(b"1\n00:00:01,000 -\x00-> 00:00:02,000\nOui\n\n" * 10_001)


def test_more_captions_than_a_long_day_of_talk_are_refused():
    cues = "".join(f"00:00:{n % 60:02}.000 --> 00:01:00.000\nBonjour\n\n" for n in range(10_001))
    with pytest.raises(Refused, match="trop nombreux"):
        read(f"WEBVTT\n\n{cues}".encode())
