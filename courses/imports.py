"""Bringing courses and question banks in, by the same actions as the studio; what is there already is left alone."""

import codecs
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import captions, markdown
from core.errors import Refused
from core.importing import RefusedItem, Report
from courses.actions.courses import create_course, publish_course
from courses.actions.lesson_files import put_into_lesson
from courses.actions.modules import add_module, publish_module, save_module
from courses.actions.outline import add_section, rename_section
from courses.actions.questions import Choice, create_question
from courses.actions.videos import save_caption, upload_video
from courses.formats import gift, markdown_course, moodle_xml
from courses.formats.markdown_course import ReadCourse, ReadLesson
from courses.formats.questions import Kind, ReadQuestion
from courses.models import Course, Module, Question, Section
from courses.rules import may_author
from events.recording import record
from people.importing import Progress, silent

WORDS_A_MINUTE = 200
MARKDOWN_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(\s*<?(?:\./)?([^)\s>]+\.md)>?(?:#[^)\s]*)?\s*\)")
HTML = re.compile(r"</?[a-zA-Z][^<>]*>|&[a-z]+;|&#\d+;")
AIKEN = re.compile(r"^ANSWER:[ \t]*[A-Z][ \t]*\r?$", re.MULTILINE)
# Pictures inside the text itself, and files that a Moodle kept.
LEFT_BEHIND = re.compile(r"@@PLUGINFILE@@|<image\b|<img\b[^>]*\bdata:|!\[[^\]]*\]\(\s*<?data:", re.IGNORECASE)
LEFT_BEHIND_LINK = re.compile(r"!?\[([^\]]*)\]\(\s*<?(?:@@PLUGINFILE@@|data:)[^)]*\)", re.IGNORECASE)

Abandon = Callable[[Callable[[], None]], None]


def read_questions(name: str, content: bytes) -> list[ReadQuestion | RefusedItem]:
    """What a file holds, told apart by its content. Raises Refused for a file of another kind."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return list(moodle_xml.read(content))
    if b"\x00" in content and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused(
            _(
                "This kind of file cannot be imported. A ZIP, a GIFT or a Moodle XML file can: “%(file)s” is none."
            )
            % {"file": name}
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(_("%(file)s is not written in UTF-8.") % {"file": name}) from error
    if (other := _other_format(text)) is not None:
        raise Refused(_("This is not GIFT, it looks like %(format)s.") % {"format": other})
    return list(gift.read(text))


def _other_format(text: str) -> str | None:
    """The format, other than GIFT, in which people write questions that a text looks like."""
    if AIKEN.search(text) and not AIKEN.sub("", text).count("{"):
        return "Aiken"
    try:
        return "JSON" if isinstance(json.loads(text), list | dict) else None
    except (ValueError, RecursionError):
        return None


# Questions


@transaction.atomic
def import_questions(
    items: Iterable[ReadQuestion | RefusedItem],
    *,
    by,
    language: str,
    report: Report,
    batch: str = "",
    progress: Progress = silent,
) -> None:
    """Put questions into the bank of `by`'s organisation; one that is there already is left as it is.

    `batch` names the import, so that it can be undone."""
    _require_author(by)
    items, seen = list(items), set[str]()
    for done, item in enumerate(items, 1):
        if isinstance(item, RefusedItem):
            report.refuse(_("questions"), item)
        else:
            try:
                _bring_question(item, seen, by=by, language=language, report=report, batch=batch)
            except Refused as refusal:
                report.refuse(
                    _("questions"), RefusedItem(item.where, item.title or item.text[:80], str(refusal))
                )
        if done % 25 == 0 or done == len(items):
            progress(_("questions"), done, len(items))
    if report.made[_("questions")]:
        counts = {"made": report.made[_("questions")], "refused": report.refused[_("questions")]}
        record("courses.questions_imported", actor=by, subject=by.organisation, data=counts)


def _require_author(by) -> None:
    if not may_author(by):
        raise Refused(_("Only trainers and administrators bring courses and questions in."))


def _bring_question(
    item: ReadQuestion, seen: set[str], *, by, language: str, report: Report, batch: str
) -> None:
    options = _choices(item, language)
    text = _as_markdown(item.text, item.format)
    html = markdown.render(text).html
    shown = [(markdown.render(option.text).html, option.correct) for option in options]
    _refuse_unreadable(item, html, [words for words, _correct in shown])
    said = (" ".join(words.split()) for words in (html, *(f"{correct}{words}" for words, correct in shown)))
    external_id = f"content:{_digest(*said)}"
    if external_id in seen:
        raise Refused(_("The same question is in the file twice."))
    seen.add(external_id)
    known = _known_question(by, external_id, html, shown)
    if known is not None:
        report.take(_("questions"), there=1)
        if known.html != html:
            report.differ(
                _("already there in other words, which were kept"), where=item.where, name=item.title
            )
        return
    feedback = _as_markdown(item.feedback, item.format)
    _refuse_too_long(text, feedback, options)
    create_question(
        by=by,
        text=text,
        options=options,
        kind=Question.Kind.MULTIPLE if item.kind is Kind.MULTIPLE else Question.Kind.SINGLE,
        name=item.title[:200],
        category=item.category[:200],
        feedback=feedback,
        language=language,
        external_id=external_id,
        batch=batch,
    )
    report.take(_("questions"), made=1, name=item.title or text[:80])
    for sentence in dict.fromkeys((*item.notes, *_left_out(item))):
        report.differ(sentence, where=item.where, name=item.title)
    if item.tags:
        report.differ(_("labels of questions are not kept"), where=item.where, name=item.title)


def _refuse_unreadable(item: ReadQuestion, html: str, shown: list[str]) -> None:
    """Refuses what would show nothing, or two options that can no longer be told apart."""
    if not markdown.says_something(html):
        raise Refused(_("The question has no text."))
    if not all(map(markdown.says_something, shown)):
        raise Refused(_("An option is empty."))
    written = [option.text for option in item.options]
    if len(set(written)) == len(written) and len(set(shown)) < len(shown):
        raise Refused(_("Two options can no longer be told apart."))


def _left_out(item: ReadQuestion) -> list[str]:
    """What a note must say about pictures and files that stayed where the bank comes from."""
    words = (item.text, item.feedback, *(o.text for o in item.options), *(o.feedback for o in item.options))
    there = any(LEFT_BEHIND.search(text) for text in words)
    return [_("pictures and files inside questions were left out")] if there else []


def _known_question(by, external_id: str, html: str, shown: list[tuple[str, bool]]) -> Question | None:
    """A question of the bank with this content, whatever it is called; also one that was written here."""
    bank = Question.objects.filter(organisation=by.organisation)
    known = bank.filter(external_id=external_id).first()
    for other in [] if known else bank.filter(html=html).prefetch_related("options"):
        if {(o.html, o.correct) for o in other.options.all() if o.retired_at is None} == set(shown):
            return other
    return known


def _refuse_too_long(text: str, feedback: str, options: list[Choice]) -> None:
    long_option = any(len(option.text) > 1000 or len(option.feedback) > 1000 for option in options)
    if len(text) > 4000 or len(feedback) > 4000 or long_option:
        raise Refused(_("This question is too long: 4,000 characters for it, 1,000 for an option."))


def _choices(item: ReadQuestion, language: str) -> list[Choice]:
    if item.kind is Kind.TRUE_FALSE:
        with override(language):
            words = _("True"), _("False")
        return [
            Choice(words[0], item.is_true, _as_markdown(item.true_feedback, item.format)),
            Choice(words[1], not item.is_true, _as_markdown(item.false_feedback, item.format)),
        ]
    return [
        Choice(_as_markdown(o.text, o.format), o.is_right, _as_markdown(o.feedback, o.format))
        for o in item.options
    ]


def _digest(*words: str) -> str:
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:24]


def _as_markdown(text: str, format_: str) -> str:
    """The Markdown that shows what a bank meant; signs are escaped only where they would be taken for Markdown."""
    text = markdown.clean_source(text)
    if format_ == "markdown" or not text:
        return LEFT_BEHIND_LINK.sub(r"\1", text)
    if format_ == "html" or (format_ == "moodle" and HTML.search(text)):
        return markdown.to_markdown(text)
    try:
        shown = markdown.excerpt(markdown.render(text).html, len(text) * 2)
    except Refused:  # too much of it to be shown: what is stored is refused later, with its own sentence
        return text
    return text if shown == " ".join(text.split()) else markdown.literal(text)


# Courses


@dataclass
class _Bringing:
    course: Course
    read: ReadCourse
    by: object
    report: Report
    abandon: Abandon
    modules: dict[str, Module] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)
    # The section that every new course has: the first one read takes it.
    unused: Section | None = None


@transaction.atomic
def import_course(
    folder: Path,
    *,
    by,
    report: Report,
    title: str = "",
    language: str = "",
    key: str = "",
    publish: bool = False,
    progress: Progress = silent,
    abandon: Abandon = lambda take_back: None,
) -> Course:
    """Make the course a folder of Markdown holds, as drafts unless `publish`; found again by `key` or its name.

    Lessons that are there already are left as they are here. Stored files are handed to `abandon` as
    functions that remove them, for a caller who rolls back. Raises Refused when the folder holds no course.
    """
    _require_author(by)
    read = markdown_course.read(folder)
    external_id = f"folder:{by.organisation_id}:{slugify(key or folder.resolve().name)[:100]}"
    course = Course.objects.filter(external_id=external_id).first()
    unused = None
    if course is None:
        course = create_course(
            by=by,
            title=(title or read.title)[:200],
            summary=read.summary[:300],
            objectives=_objectives(read),
            language=language or _known_language(read.language) or by.organisation.language,
            external_id=external_id,
        )
        unused = course.sections.first()
        report.take(_("courses"), made=1)
    else:
        report.take(_("courses"), there=1)
    bringing = _Bringing(course, read, by, report, abandon, unused=unused)
    for item in read.refused:
        report.refuse(_("lessons") if item.where.endswith(".md") else _("files"), item)
    for done, lesson in enumerate(read.lessons, 1):
        _bring_lesson(bringing, lesson)
        progress(_("lessons"), done, len(read.lessons))
    _link_lessons(bringing)
    if publish:
        _publish(bringing)
    return course


def _objectives(read: ReadCourse) -> str:
    return "\n".join(line.removeprefix("- ") for line in read.objectives.splitlines())[:3000]


def _known_language(language: str) -> str:
    code = language.lower()[:2]
    return code if code in ("fr", "en") else ""


def _bring_lesson(bringing: _Bringing, lesson: ReadLesson) -> None:
    external_id = f"{bringing.course.external_id}/{lesson.key}"
    if len(external_id) > 160:
        external_id = f"{external_id[:130]}#{_digest(external_id)}"
    module = Module.objects.filter(external_id=external_id).first()
    if module is not None:
        bringing.report.take(_("lessons"), there=1)
        bringing.modules[lesson.key] = module
        if module.body != lesson.text and not (MARKDOWN_LINK.search(lesson.text) or lesson.images):
            sentence = _("already there in other words, which were kept")
            bringing.report.differ(sentence, where=lesson.key, name=lesson.title)
        return
    try:
        with transaction.atomic():
            module = _make_module(bringing, lesson, external_id)
    except Refused as refusal:
        bringing.report.refuse(_("lessons"), RefusedItem(lesson.key, lesson.title, str(refusal)))
        return
    bringing.modules[lesson.key] = module
    bringing.fresh.append(lesson.key)
    bringing.report.take(_("lessons"), made=1, name=lesson.title)
    for sentence, about in lesson.notes:
        bringing.report.differ(sentence, where=lesson.key, name=about)


def _make_module(bringing: _Bringing, lesson: ReadLesson, external_id: str) -> Module:
    module = add_module(
        _section_of(bringing, lesson),
        by=bringing.by,
        kind=Module.Kind.VIDEO if lesson.video else Module.Kind.TEXT,
        title=lesson.title,
        objective=lesson.objective[:300],
        minutes=min(lesson.minutes or max(len(lesson.text.split()) // WORDS_A_MINUTE, 1), 32_767),
        body=lesson.text,
        external_id=external_id,
    )
    if lesson.images:
        _bring_pictures(bringing, module, lesson)
    if lesson.video:
        _bring_video(bringing, module, lesson)
    elif lesson.cues:
        lesson.notes.append((_("captions without a video beside them were left out"), lesson.key))
    return module


def _bring_pictures(bringing: _Bringing, module: Module, lesson: ReadLesson) -> None:
    """Those beside a lesson go into it; one that cannot leaves its words, and a note."""
    text = lesson.text
    for source, path in lesson.images.items():
        shown = r"\1"
        try:
            with path.open("rb") as file:
                upload = UploadedFile(file, name=path.name, size=path.stat().st_size)
                kept = put_into_lesson(module, by=bringing.by, upload=upload)
        except Refused as refusal:
            lesson.notes.append((str(refusal), source))
        else:
            bringing.abandon(partial(kept.file.storage.delete, str(kept.file.name)))
            shown = rf"![\1]({kept.get_absolute_url()})"
        text = re.sub(rf"!\[([^\]]*)\]\(\s*<?{re.escape(source)}>?[^)]*\)", shown, text)
    save_module(module, by=bringing.by, body=text)


def _bring_video(bringing: _Bringing, module: Module, lesson: ReadLesson) -> None:
    if lesson.video is None:
        return
    with lesson.video.open("rb") as file:
        upload = UploadedFile(file, name=lesson.video.name, size=lesson.video.stat().st_size)
        video = upload_video(module, by=bringing.by, file=upload)
    bringing.abandon(lambda: video.file.delete(save=False))
    bringing.report.take(_("videos"), made=1)
    if lesson.cues:
        content = captions.to_vtt(lesson.cues).encode()
        language = _known_language(lesson.captions_language) or bringing.course.language
        save_caption(video, by=bringing.by, language=language, content=content)
        bringing.report.take(_("captions"), made=1)


def _section_of(bringing: _Bringing, lesson: ReadLesson) -> Section:
    """Where the lessons of this part already are, even if the section was renamed since; else a new section."""
    for other in bringing.read.sections[lesson.section]:
        if other.key in bringing.modules:
            return bringing.modules[other.key].section
    title = bringing.read.section_titles.get(lesson.section) or _section_title(lesson.section)
    if bringing.unused is not None:
        section, bringing.unused = bringing.unused, None
        return rename_section(section, by=bringing.by, title=title[:200])
    return add_section(bringing.course, by=bringing.by, title=title[:200])


def _section_title(key: str) -> str:
    if not key:
        return _("Lessons")
    return (
        _("Part %(number)s") % {"number": key}
        if key.isdigit()
        else markdown_course.words_of(key.rsplit("/", 1)[-1])
    )


def _link_lessons(bringing: _Bringing) -> None:
    """A link from lesson to lesson leads to the module, now that each has its address."""
    for key in bringing.fresh:
        module, folder = bringing.modules[key], Path(key).parent

        def address(found: re.Match[str], folder: Path = folder) -> str:
            target = bringing.modules.get((folder / found[2]).as_posix())
            return f"[{found[1]}]({target.get_absolute_url()})" if target else found[0]

        body = MARKDOWN_LINK.sub(address, module.body)
        if body != module.body:
            save_module(module, by=bringing.by, body=body)


def _publish(bringing: _Bringing) -> None:
    for key in bringing.fresh:
        publish_module(bringing.modules[key], by=bringing.by)
    if bringing.course.published_at is None:
        publish_course(bringing.course, by=bringing.by)
