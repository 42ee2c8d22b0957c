"""Captions of a video: WebVTT and SRT in, timed sentences inside, WebVTT out."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.errors import Refused

MAX_BYTES = 2_000_000
# Twelve hours of talk; more would keep the server busy for seconds.
MAX_CUES = 10_000
_CLOCK = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"\s*{_CLOCK}\s*-{{2,3}}>\s*{_CLOCK}(?:\s.*)?")
_BLANK_LINES = re.compile(r"\n[ \t]*\n+")
# Letters and signs of French, English and their neighbours that cp1252 has beyond ASCII.
_WESTERN = frozenset(
    "àâäãåáæçéèêëîïíìôöõóòøœùûüúÿñßÀÂÄÃÅÁÆÇÉÈÊËÎÏÍÌÔÖÕÓÒØŒÙÛÜÚŸÑ«»“”„‘’…–—•€°§©®£µ·½¼¾²³ªº¿¡×±\u00a0\u00ad"
)
_TAGS = re.compile(r"</?[a-zA-Z0-9][^<>]*>|\{\\[^{}]*\}")


@dataclass(frozen=True, order=True)
class Cue:
    """What is said between two moments, in seconds."""

    start: float
    end: float
    text: str


def read(content: bytes) -> list[Cue]:
    """The cues of an uploaded file; Refused with a sentence when there is nothing to show in it."""
    if len(content) > MAX_BYTES:
        raise Refused(_("These captions are too large: 2 MB at most."))
    text = _decoded(content).replace("\x00", "")
    # Counted by their arrows before they are read: reading too many takes seconds.
    if text.count("-->") > MAX_CUES:
        raise Refused(_("These captions are too many: 10,000 at most."))
    cues = parse(text)
    if not cues:
        raise Refused(_("No captions were found in this file: WebVTT (.vtt) and SubRip (.srt) are read."))
    return cues


def parse(text: str) -> list[Cue]:
    """The cues of a WebVTT or SRT text, in order of time; blocks that make no sense are left out."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    blocks = (block.strip("\n").split("\n") for block in _BLANK_LINES.split(text))
    cues = (_cue(lines) for block in blocks for lines in _cues_of(block))
    return sorted(cue for cue in cues if cue is not None)


def _decoded(content: bytes) -> str:
    """The text of a file, in UTF-8, UTF-16 with its mark or what subtitle editors on Windows still write.

    Raises Refused for letters that no Western language has in such numbers: another code page would be guessed.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    text = content.decode("utf-8-sig", "replace")
    broken = text.count("\ufffd")
    # A damaged letter among many that are whole leaves the file what it is.
    if broken <= sum(sign > "\x7f" for sign in text) // 3:
        return text
    text = content.decode("cp1252", "replace")
    foreign = [sign for sign in text if sign > "\x7f"]
    letters = sum(sign.isalpha() for sign in text)
    odd = sum(sign not in _WESTERN for sign in foreign)
    if odd * 5 > len(foreign) or sum(sign.isalpha() for sign in foreign) * 3 > letters:
        raise Refused(_("The letters of these captions cannot be told for sure: save the file in UTF-8."))
    return text


def _cues_of(block: list[str]) -> Iterator[list[str]]:
    """The cues of a block: a second timing in it begins another cue, with the number above it."""
    at = [index for index, line in enumerate(block) if _TIMING.fullmatch(line)]
    if not at or at[0] > 1:  # a remark, or a style
        return
    starts = [0, *(index - block[index - 1].strip().isdigit() for index in at[1:])]
    for start, end in zip(starts, [*starts[1:], len(block)], strict=True):
        yield block[start:end]


def to_vtt(cues: Iterable[Cue]) -> str:
    """The cues as a WebVTT file that browsers play."""
    blocks = [f"{_stamp(cue.start)} --> {_stamp(cue.end)}\n{_escape(cue.text)}\n" for cue in sorted(cues)]
    return "\n".join(["WEBVTT\n", *blocks])


def _cue(lines: list[str]) -> Cue | None:
    # The timing is on the first line, or on the second below a number or a name; NOTE and STYLE have none.
    for index, line in enumerate(lines[:2]):
        timing = _TIMING.fullmatch(line)
        if timing is None:
            continue
        start, end = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])
        words = (" ".join(_TAGS.sub("", part).split()) for part in lines[index + 1 :])
        said = html.unescape("\n".join(filter(None, words))).replace("\u200b", "").strip()
        return Cue(start, end, said) if said and start < end else None
    return None


def _seconds(clock: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = clock
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return (whole * 1000 + int((fraction or "0").ljust(3, "0"))) / 1000


def _stamp(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def _escape(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "\n".join(line for line in text.split("\n") if line.strip())
