"""What a video file is, judged by its content: MP4 and WebM are read as far as needed to tell type and length."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from core.errors import Refused

MOVIE_HEADER_LIMIT = 64_000_000
# Brands of files that share MP4's boxes and that a <video> element does not play.
OTHER_BRANDS = {b"qt  ", b"heic", b"heix", b"mif1", b"avif", b"avis", b"crx "}

EBML, DOCTYPE, SEGMENT, INFO = 0x1A45DFA3, 0x4282, 0x18538067, 0x1549A966
TIMECODE_SCALE, DURATION, TRACKS, TRACK, TRACK_TYPE = 0x2AD7B1, 0x4489, 0x1654AE6B, 0xAE, 0x83
CLUSTER, TIMECODE, BLOCK_GROUP, BLOCK, SIMPLE_BLOCK = 0x1F43B675, 0xE7, 0xA0, 0xA1, 0xA3
PARENTS = {SEGMENT, INFO, TRACKS, TRACK, CLUSTER, BLOCK_GROUP}
VIDEO_TRACK = 1


@dataclass(frozen=True)
class Film:
    media_type: str
    extension: str
    # Seconds.
    duration: float


def read(file: BinaryIO) -> Film:
    """Refused with a sentence when this is not a film that a browser plays."""
    file.seek(0)
    head = file.read(16)
    try:
        if head[4:8] == b"ftyp" and head[8:12] not in OTHER_BRANDS:
            film = Film("video/mp4", "mp4", _mp4_duration(file))
        elif head[:4] == b"\x1a\x45\xdf\xa3":
            film = Film("video/webm", "webm", _webm_duration(file))
        else:
            raise Refused(_("This file is not a video that every browser plays: choose an MP4 or a WebM."))
    except (struct.error, IndexError, EOFError, OverflowError, ZeroDivisionError) as error:
        raise Refused(_("This video is damaged or not complete: its length cannot be read.")) from error
    finally:
        file.seek(0)
    if not 0 < film.duration < 24 * 3600:
        raise Refused(_("This video is damaged or not complete: its length cannot be read."))
    return film


# MP4: boxes of (size, name)


def _mp4_duration(file: BinaryIO) -> float:
    file.seek(0)
    while True:
        here = file.tell()
        size, name = struct.unpack(">I4s", file.read(8))
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
        if name == b"moov":
            if size > MOVIE_HEADER_LIMIT:
                raise EOFError
            return _of_movie(file.read(size - (file.tell() - here)))
        if size < 8:
            raise EOFError
        file.seek(here + size)


def _of_movie(movie: bytes) -> float:
    boxes = list(_boxes(movie))
    if not any(name == b"trak" and _is_picture(body) for name, body in boxes):
        raise Refused(_("There is sound in this file and no picture."))
    scale, duration = _scale_and_duration(next(body for name, body in boxes if name == b"mvhd"))
    if not duration:  # written in fragments: the length stands in the extension header
        fragments = b"".join(body for name, body in boxes if name == b"mvex")
        header = next((body for name, body in _boxes(fragments) if name == b"mehd"), b"")
        duration = int.from_bytes(header[4:], "big")
    return duration / scale


def _boxes(data: bytes):
    at = 0
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if size < 8:
            return
        yield name, data[at + 8 : at + size]
        at += size


def _scale_and_duration(header: bytes) -> tuple[int, int]:
    if header[0] == 1:
        scale, duration = struct.unpack_from(">IQ", header, 20)
        return scale, 0 if duration == 2**64 - 1 else duration
    scale, duration = struct.unpack_from(">II", header, 12)
    return scale, 0 if duration == 2**32 - 1 else duration


def _is_picture(track: bytes) -> bool:
    media = b"".join(body for name, body in _boxes(track) if name == b"mdia")
    return any(name == b"hdlr" and body[8:12] == b"vide" for name, body in _boxes(media))


# WebM: elements of (id, size), numbers of variable length


def _webm_duration(file: BinaryIO) -> float:
    """The length that is written down; a recording made in a browser has none: then its last picture's time."""
    file.seek(0)
    scale, written, cluster, last, pictures = 1_000_000, 0.0, 0, 0, False
    for name, body in _elements(file):
        if name == DOCTYPE and body.rstrip(b"\x00") != b"webm":
            raise Refused(_("This file is not a video that every browser plays: choose an MP4 or a WebM."))
        if name == TIMECODE_SCALE:
            scale = int.from_bytes(body, "big")
        elif name == DURATION:
            (written,) = struct.unpack(">f" if len(body) == 4 else ">d", body)
        elif name == TRACK_TYPE:
            pictures = pictures or int.from_bytes(body, "big") == VIDEO_TRACK
        elif name == TIMECODE:
            cluster = int.from_bytes(body, "big")
        elif name in (SIMPLE_BLOCK, BLOCK):
            _track, used = _number(body, keep_marker=False)
            last = max(last, cluster + struct.unpack_from(">h", body, used)[0])
        if written and pictures:
            break
    if not pictures:
        raise Refused(_("There is sound in this file and no picture."))
    return (written or last) * scale / 1_000_000_000


def _elements(file: BinaryIO):
    """Every element in the order of the file; those that hold others are entered, of the others the first bytes."""
    while True:
        head = file.read(12)
        if len(head) < 2:
            return
        start = file.tell() - len(head)
        name, used = _number(head, keep_marker=True)
        size, more = _number(head[used:], keep_marker=False)
        file.seek(start + used + more)
        if name == EBML or name in PARENTS:
            continue
        after = file.tell() + size
        yield name, file.read(min(size, 16))
        file.seek(after)


def _number(data: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """A number of variable length and how many bytes it takes: the leading zeros of the first byte tell."""
    width = 9 - data[0].bit_length()
    if width > 8 or len(data) < width:
        raise EOFError
    value = int.from_bytes(data[:width], "big")
    return (value if keep_marker else value & ((1 << 7 * width) - 1)), width
