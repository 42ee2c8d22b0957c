"""Sends a file somebody gave, whole or by byte ranges (RFC 9110, section 14), once an app has checked who asks.

Three ways, by the settings: from our own process (demo), by the proxy (MEDIA_ACCEL), or from the bucket.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe, quote_etag

CHUNK = 256 * 1024
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# What a browser may show in our own name. A page or a drawing may carry a script: those are saved, never opened.
SHOWN = re.compile(r"(image/(?!svg)|video/|audio/)[\w.+-]+|text/(plain|vtt)")
UNKNOWN = "application/octet-stream"


class Unsatisfiable(Exception):
    """The range asked for lies outside the file."""


@dataclass(frozen=True)
class Span:
    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def serve(
    request: HttpRequest, file: FieldFile, *, content_type: str | None = None, filename: str | None = None
) -> HttpResponseBase:
    """Answers 200, 206, 304, 416, or where to fetch it. Permissions are the caller's: check them first.

    `content_type` is what the app established, not what the uploader claimed; without it the file is only saved.
    """
    if not is_local(file):
        return HttpResponseRedirect(file.storage.url(file.name))
    kind = content_type or UNKNOWN
    response = by_proxy(file) if settings.MEDIA_ACCEL else by_ourselves(request, file)
    if response.status_code in (200, 206):
        response["Content-Type"] = kind
        name = filename or PurePosixPath(file.name or "").name
        disposition = content_disposition_header(not SHOWN.fullmatch(kind.partition(";")[0].strip()), name)
        if disposition:
            response["Content-Disposition"] = disposition
    response["Cache-Control"] = "private, max-age=3600"
    # Whatever the file is, opened by itself it may run and load nothing.
    response["Content-Security-Policy"] = "default-src 'none'; media-src 'self'; img-src 'self'; sandbox"
    return response


def is_local(file: FieldFile) -> bool:
    try:
        return bool(file.path)
    except NotImplementedError:  # What lies in a bucket has no path.
        return False


def by_proxy(file: FieldFile) -> HttpResponse:
    """The proxy sends the file itself, ranges included, and no process of ours is held while it does."""
    response = HttpResponse()
    # Raw UTF-8, which headers carry as latin-1: Caddy does not decode what nginx does.
    response["X-Accel-Redirect"] = f"{settings.MEDIA_ACCEL}{file.name}".encode().decode("latin-1")
    return response


def by_ourselves(request: HttpRequest, file: FieldFile) -> HttpResponseBase:
    size = file.size
    changed = file.storage.get_modified_time(file.name or "").timestamp()
    etag = quote_etag(f"{size:x}-{int(changed):x}-{zlib.crc32((file.name or '').encode()):x}")
    unchanged = get_conditional_response(request, etag=etag, last_modified=int(changed))
    if unchanged is not None:
        return unchanged
    response: HttpResponseBase
    try:
        span = span_of(request, size, etag, changed)
    except Unsatisfiable:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
    else:
        response = PartResponse(file.storage.open(file.name or "", "rb"), span or Span(0, size - 1))
        if span:
            response.status_code = 206
            response["Content-Range"] = f"bytes {span.first}-{span.last}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Last-Modified"] = http_date(changed)
    return response


def span_of(request: HttpRequest, size: int, etag: str, changed: float) -> Span | None:
    """The part asked for, or None for the whole: several ranges at once, or a form we do not know, get it all."""
    asked = ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or asked is None or asked.groups() == ("", ""):
        return None
    if not still_holds(request.headers.get("If-Range"), etag, changed):
        return None
    begin, end = asked.groups()
    if not begin:
        span = Span(max(size - int(end), 0), size - 1)
    elif end and int(end) < int(begin):
        return None
    else:
        span = Span(int(begin), min(int(end or size), size - 1))
    if span.length < 1 or (not begin and int(end) == 0):
        raise Unsatisfiable
    return span


def still_holds(condition: str | None, etag: str, changed: float) -> bool:
    if condition is None:
        return True
    return condition == etag if '"' in condition else parse_http_date_safe(condition) == int(changed)


class Part:
    """A file that ends where the part asked for ends."""

    def __init__(self, file: IO[bytes], span: Span) -> None:
        file.seek(span.first)
        self.file = file
        self.left = span.length

    def read(self, size: int = CHUNK) -> bytes:
        chunk = self.file.read(min(size, self.left)) if self.left > 0 else b""
        self.left -= len(chunk)
        return chunk

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read():
            yield chunk

    def close(self) -> None:
        self.file.close()


class PartResponse(FileResponse):
    block_size = CHUNK

    def __init__(self, file: Any, span: Span, **options: Any) -> None:
        super().__init__(Part(file, span), **options)
        self["Content-Length"] = str(span.length)
