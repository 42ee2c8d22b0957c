"""A course as a folder of Markdown files: one lesson a file, its captions and video beside it.

`01-intro.md`, `2.3 Something.md` or `2-networks/1.md`: numbers give the order and the section.
A `course.yml` (title, language, summary, objectives, sections) and front matter in each lesson are optional.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import yaml
from django.utils.translation import gettext as _

from core import captions
from core.errors import Refused
from core.importing import RefusedItem
from core.markdown import MAX_LENGTH

DESCRIPTIONS = ("course.yml", "course.yaml")
WELCOMES = ("readme.md", "index.md")
CAPTIONS = (".vtt", ".srt")
VIDEOS = (".mp4", ".webm")
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif")
MAX_FILES = 1_000
MAX_BYTES = 1_000_000
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->[ \t]*\n?", re.DOTALL)
HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
NUMBER = re.compile(r"(\d+)(?:\.(\d+))?(?=[\s._-]|$)")
FENCE = re.compile(r"^ {0,3}(?:```|~~~).*?^ {0,3}(?:```|~~~)[ \t]*$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]*)>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)")
EMPTY_LINK = re.compile(r"(?<!!)\[\s*\]\([^)]*\)")


@dataclass
class ReadLesson:
    """`images` maps the address written in `text` to the file it means; `notes` says what changed."""

    key: str
    section: str
    title: str
    text: str
    # Whether the title was written in the file; else it is the file's name.
    is_titled: bool = False
    objective: str = ""
    minutes: int | None = None
    cues: list[captions.Cue] = field(default_factory=list)
    captions_language: str = ""
    video: Path | None = None
    images: dict[str, Path] = field(default_factory=dict)
    # (what came in otherwise than it was, what it is about)
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class ReadCourse:
    title: str
    language: str = ""
    summary: str = ""
    objectives: str = ""
    section_titles: dict[str, str] = field(default_factory=dict)
    lessons: list[ReadLesson] = field(default_factory=list)
    refused: list[RefusedItem] = field(default_factory=list)

    @property
    def sections(self) -> dict[str, list[ReadLesson]]:
        grouped: dict[str, list[ReadLesson]] = {}
        for lesson in self.lessons:
            grouped.setdefault(lesson.section, []).append(lesson)
        return grouped


def read(folder: Path) -> ReadCourse:
    """The course a folder holds; raises Refused when it holds no lesson."""
    if not folder.is_dir():
        raise Refused(_("There is no folder at %(path)s.") % {"path": folder})
    files = _files(folder)
    course = _described(folder)
    for path in sorted(
        (path for path in files if path.suffix.lower() == ".md"), key=lambda p: _order(folder, p)
    ):
        key = path.relative_to(folder).as_posix()
        try:
            course.lessons.append(_lesson(folder, path, key))
        except Refused as refusal:
            course.refused.append(RefusedItem(key, path.stem, str(refusal)))
    course.title = course.title or _said_first(course.lessons) or words_of(folder.resolve().name)
    course.refused.extend(_left_over(folder, files, course.lessons))
    if not course.lessons:
        raise Refused(_("This folder holds no lesson: each is a Markdown file (.md)."))
    return course


def _files(folder: Path) -> list[Path]:
    files = []
    for path in folder.rglob("*"):
        inside = path.resolve().is_relative_to(folder.resolve())  # a link in an archive may point anywhere
        hidden = any(part.startswith((".", "__MACOSX")) for part in path.relative_to(folder).parts)
        if path.is_file() and inside and not hidden:
            files.append(path)
        if len(files) > MAX_FILES:
            raise Refused(_("This folder holds more than %(limit)d files.") % {"limit": MAX_FILES})
    return files


def _described(folder: Path) -> ReadCourse:
    path = next((folder / name for name in DESCRIPTIONS if (folder / name).is_file()), None)
    said = _mapping(_decode(path)) if path else {}
    sections = said.get("sections")
    titles = {str(key): str(name) for key, name in sections.items()} if isinstance(sections, dict) else {}
    return ReadCourse(
        title=_string(said.get("title")),
        language=_string(said.get("language")),
        summary=_string(said.get("summary")),
        objectives=_string(said.get("objectives")),
        section_titles=titles,
    )


def _said_first(lessons: list[ReadLesson]) -> str:
    """What a page of welcome says it is, else the first lesson; nothing where only the file has a name."""
    welcome = (lesson for lesson in lessons if lesson.key.lower() in WELCOMES)
    first = next(welcome, lessons[0] if lessons else None)
    return first.title if first is not None and first.is_titled else ""


def _lesson(folder: Path, path: Path, key: str) -> ReadLesson:
    text = _decode(path).strip()
    matter = FRONT_MATTER.match(text)
    said = _mapping(matter[1]) if matter else {}
    text = _outside_code(COMMENT, "", text[matter.end() :] if matter else text).strip()
    heading = HEADING.match(text)
    text = text[heading.end() :].strip() if heading else text
    written = _string(said.get("title")) or (_plain(heading[1]) if heading else "")
    title = written or words_of(path.stem)
    lesson = ReadLesson(key, _section(folder, path, said), title[:200], text, is_titled=bool(written))
    lesson.objective = _string(said.get("objective"))
    lesson.minutes = _minutes(said)
    _see_to_images(lesson, folder, path)
    _add_companions(lesson, path)
    if not lesson.text and not lesson.video:
        raise Refused(_("This file is empty."))
    if len(lesson.text) > MAX_LENGTH:
        raise Refused(_("This text is too long: %(limit)d characters at most.") % {"limit": MAX_LENGTH})
    return lesson


def _decode(path: Path) -> str:
    if path.stat().st_size > MAX_BYTES:
        raise Refused(_("%(file)s is too large: 1 MB at most.") % {"file": path.name})
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\x00", "")
    except UnicodeDecodeError as error:
        raise Refused(_("%(file)s is not written in UTF-8.") % {"file": path.name}) from error


def _mapping(text: str) -> dict[str, Any]:
    if re.search(
        r"(?m)^[^#\n]*:\s*[&*]\w", text
    ):  # anchors and aliases: ten lines that unfold into gigabytes
        raise Refused(_("The front matter uses anchors, which are not read."))
    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Refused(_("The front matter is not YAML that can be read.")) from error
    return said if isinstance(said, dict) else {}


def _string(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(f"- {item}" for item in value)
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _minutes(said: dict[str, Any]) -> int | None:
    found = re.match(r"\s*(\d{1,4})", str(said.get("minutes", said.get("duration", ""))))
    return int(found[1]) if found else None


def _order(folder: Path, path: Path) -> list[tuple[int, str]]:
    """2.10 comes after 2.9, files without a number after those with one."""
    parts = path.relative_to(folder).with_suffix("").parts
    return [
        (int(piece), "") if piece.isdigit() else (10**9, piece.lower())
        for part in parts
        for piece in re.findall(r"\d+|\D+", part)
    ]


def _section(folder: Path, path: Path, said: dict[str, Any]) -> str:
    if said.get("section"):
        return str(said["section"])
    parents = path.relative_to(folder).parent
    if parents != Path():
        return parents.as_posix()
    number = NUMBER.match(path.stem)
    return number[1] if number and number[2] else ""


def words_of(name: str) -> str:
    words = re.sub(r"^[\d._\s-]+(?=\D)", "", name)
    return " ".join(re.sub(r"[_-]+", " ", words or name).split())


def _plain(markdown: str) -> str:
    return re.sub(r"[*`]|\[([^\]]*)\]\([^)]*\)", lambda found: found[1] or "", markdown).strip()


def _see_to_images(lesson: ReadLesson, folder: Path, path: Path) -> None:
    def replaced(found: re.Match[str]) -> str:
        words, source = found[1].strip(), found[2]
        if re.match(r"(?i)https?://", source):
            lesson.notes.append((_("pictures that are elsewhere became links"), source))
            return f"[{words or source}]({source})"
        target = _beside(folder, path, source)
        if target is not None:
            lesson.images[source] = target
            return found[0]
        lesson.notes.append((_("pictures that are missing were left out"), source))
        return "" if words.lower() in ("", "image", "img") else words

    text = _outside_code(IMAGE, replaced, lesson.text)
    lesson.text = re.sub(r"\n{3,}", "\n\n", _outside_code(EMPTY_LINK, "", text)).strip()


def _beside(folder: Path, path: Path, source: str) -> Path | None:
    target = (path.parent / PurePosixPath(unquote(source.split("#")[0].split("?")[0]))).resolve()
    ours = target.is_relative_to(folder.resolve()) and target.suffix.lower() in IMAGES
    return target if ours and target.is_file() else None


def _outside_code(pattern: re.Pattern[str], replacement: Any, text: str) -> str:
    parts, start = [], 0
    for code in FENCE.finditer(text):
        parts += [pattern.sub(replacement, text[start : code.start()]), code[0]]
        start = code.end()
    return "".join([*parts, pattern.sub(replacement, text[start:])])


def _add_companions(lesson: ReadLesson, path: Path) -> None:
    for companion in sorted(_companions(path)):
        suffix = companion.suffix.lower()
        if suffix in VIDEOS and lesson.video is None:
            lesson.video = companion
        elif suffix in CAPTIONS and not lesson.cues:
            try:
                lesson.cues = captions.read(companion.read_bytes())
            except Refused as refusal:
                lesson.notes.append((str(refusal), companion.name))
            language = companion.stem[len(path.stem) :].lstrip(".")
            lesson.captions_language = language


def _companions(path: Path) -> Iterator[Path]:
    for other in path.parent.iterdir():
        named_alike = other.stem == path.stem or other.stem.startswith(f"{path.stem}.")
        if named_alike and other.suffix.lower() in (*VIDEOS, *CAPTIONS) and other.is_file():
            yield other


def _left_over(folder: Path, files: list[Path], lessons: list[ReadLesson]) -> Iterator[RefusedItem]:
    """Files nobody asked for, so that nothing disappears without a word."""
    used = {image for lesson in lessons for image in lesson.images.values()}
    stems = {folder / lesson.key for lesson in lessons}
    beside = {companion.resolve() for lesson in stems for companion in _companions(lesson)}
    for path in sorted(files):
        known = path.suffix.lower() == ".md" or path.name in DESCRIPTIONS
        if not known and path.resolve() not in used | beside:
            yield RefusedItem(path.relative_to(folder).as_posix(), path.name, _("No lesson uses this file."))
