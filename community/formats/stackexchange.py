"""A Stack Exchange data dump: Posts.xml and Comments.xml, plain or gzipped, read row by row."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from core.errors import Refused
from core.importing import RefusedItem, opened

QUESTION, ANSWER = "1", "2"
TAGS = re.compile(r"[<|]([^<>|]+)(?=[>|])")


@dataclass(frozen=True)
class DumpPost:
    """A question (`parent` is None) or an answer; `body` is HTML, `owner` the number of an account."""

    id: int
    parent: int | None
    created_at: datetime
    edited_at: datetime | None
    score: int
    body: str
    owner: int | None
    title: str = ""
    tags: tuple[str, ...] = ()
    accepted: int | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class DumpComment:
    id: int
    post: int
    created_at: datetime
    score: int
    text: str
    owner: int | None


def read_posts(folder: Path) -> Iterator[DumpPost | RefusedItem]:
    """Questions and answers in the order of the file; rows of other kinds come as refused items."""
    return _read(folder, "Posts", _post)


def read_comments(folder: Path) -> Iterator[DumpComment | RefusedItem]:
    return _read(folder, "Comments", _comment)


def _read(folder: Path, name: str, make) -> Iterator:
    path = next(
        (path for path in (folder / f"{name}.xml", folder / f"{name}.xml.gz") if path.is_file()), None
    )
    if path is None:
        raise Refused(
            _("There is no %(name)s.xml or %(name)s.xml.gz in %(folder)s.") % {"name": name, "folder": folder}
        )
    try:
        with opened(path) as file:
            for _event, element in iterparse(file):
                if element.tag != "row":
                    continue
                row = dict(element.attrib)
                element.clear()
                yield _made(name, row, make)
    except (ParseError, DefusedXmlException, EOFError, gzip.BadGzipFile, UnicodeDecodeError) as error:
        raise Refused(
            _("%(file)s cannot be read: %(error)s") % {"file": path.name, "error": error}
        ) from error


def _made(name: str, row: dict[str, str], make):
    where = f"{name} {row.get('Id', '?')}"
    title = row.get("Title") or " ".join((row.get("Body") or row.get("Text") or "").split())[:80]
    try:
        return make(row)
    except Refused as refusal:
        return RefusedItem(where, title, str(refusal))
    except (KeyError, ValueError, OverflowError):
        return RefusedItem(where, title, _("A number or a date of this row is missing or broken."))


def _post(row: dict[str, str]) -> DumpPost:
    if row["PostTypeId"] not in (QUESTION, ANSWER):
        raise Refused(
            _("Posts of type %(type)s (descriptions of tags and the like) have no place in a conversation.")
            % {"type": row["PostTypeId"]}
        )
    is_answer = row["PostTypeId"] == ANSWER
    return DumpPost(
        id=int(row["Id"]),
        parent=int(row["ParentId"]) if is_answer else None,
        created_at=_moment(row["CreationDate"]),
        edited_at=_moment(row["LastEditDate"]) if row.get("LastEditDate") else None,
        score=int(row.get("Score") or 0),
        body=row.get("Body") or "",
        owner=_number(row, "OwnerUserId"),
        title="" if is_answer else row.get("Title") or "",
        tags=() if is_answer else tuple(dict.fromkeys(TAGS.findall(row.get("Tags") or ""))),
        accepted=None if is_answer else _number(row, "AcceptedAnswerId"),
        closed_at=_moment(row["ClosedDate"]) if row.get("ClosedDate") else None,
    )


def _comment(row: dict[str, str]) -> DumpComment:
    return DumpComment(
        id=int(row["Id"]),
        post=int(row["PostId"]),
        created_at=_moment(row["CreationDate"]),
        score=int(row.get("Score") or 0),
        text=row.get("Text") or "",
        owner=_number(row, "UserId"),
    )


def _number(row: dict[str, str], name: str) -> int | None:
    return int(row[name]) if row.get(name) else None


def _moment(text: str) -> datetime:
    """Dumps are written in UTC without saying so."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
