"""GIFT, the text format in which teachers write question banks (Moodle's documentation defines it)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from core.importing import RefusedItem
from courses.formats.questions import (
    CannotAsk,
    Kind,
    ReadOption,
    ReadQuestion,
    refuse_kind,
    with_options,
)

ESCAPED = re.compile(r"\\([~=#{}:n\\])")
TITLE = re.compile(r"::(.*?)(?<!\\)::", re.DOTALL)
FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)
WEIGHT = re.compile(r"\s*%(-?\d+(?:\.\d+)?)%")
TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
COMMENT_TAG = re.compile(r"\[tag:([^\]<>]+)\]")


@dataclass
class _Block:
    line: int
    lines: list[str]
    category: str
    tags: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


def read(text: str) -> Iterator[ReadQuestion | RefusedItem]:
    """The questions of a GIFT text in order; what Palabre cannot ask comes as a RefusedItem."""
    for block in _blocks(text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")):
        where = _("line %(line)d") % {"line": block.line}
        title, rest = _title(block.text)
        try:
            yield _question(where, title, rest, block)
        except CannotAsk as refusal:
            yield RefusedItem(where, title or " ".join(block.text.split())[:80], str(refusal))


def _blocks(text: str) -> Iterator[_Block]:
    """Questions are parted by blank lines outside braces; a brace never closed ends where the next one begins."""
    category, tags, block = "", (), None
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        words = line.strip()
        if words.startswith("//"):
            tags += tuple(COMMENT_TAG.findall(words))
            continue
        if words.startswith("$CATEGORY:"):
            if block:
                yield block
            category, block = category_path(words[10:]), None
            continue
        if words:
            block = block or _Block(number, [], category, tags)
            tags = ()
            block.lines.append(line)
        elif block and (_depth(block.text) <= 0 or _begins_anew(lines, number)):
            yield block
            block = None
        elif block:
            block.lines.append("")
    if block:
        yield block


def _begins_anew(lines: list[str], after: int) -> bool:
    following = next((line.strip() for line in lines[after:] if line.strip()), "")
    return not following or following.startswith(("::", "$CATEGORY:"))


def category_path(path: str) -> str:
    """`$course$/top/Networks` is Networks here: the first steps name the Moodle it came from."""
    steps = [step for step in path.strip().split("/") if step.strip()]
    while steps and (steps[0] in ("top", "$course$", "$system$", "$cat1$", "$module$") or steps[0][0] == "$"):
        steps.pop(0)
    return "/".join(steps)


def _depth(text: str) -> int:
    plain = re.sub(r"\\.", "", text)
    return plain.count("{") - plain.count("}")


def _title(text: str) -> tuple[str, str]:
    found = TITLE.match(text)
    return (unescape(found[1]).strip(), text[found.end() :]) if found else ("", text)


def _question(where: str, title: str, text: str, block: _Block) -> ReadQuestion:
    format_, text = _format(text, "moodle")
    opening = _find(text, "{")
    if opening < 0:
        raise CannotAsk(_("This is a description: it asks nothing."))
    closing = _find(text, "}", opening)
    if closing < 0:
        raise CannotAsk(_("The brace that opens the answers is never closed."))
    before, inside, after = text[:opening], text[opening + 1 : closing], text[closing + 1 :]
    if _find(after, "{") >= 0:
        raise CannotAsk(_("Several gaps in one question are not asked here yet."))
    stem = f"{before.rstrip()} _____ {after.lstrip()}" if after.strip() else before
    answers, feedback = _general_feedback(inside)
    question = ReadQuestion(
        where=where,
        title=title,
        text=unescape(stem).strip(),
        kind=Kind.SINGLE,
        feedback=feedback,
        category=block.category,
        tags=block.tags,
        format=format_,
    )
    if not question.text:
        raise CannotAsk(_("The question has no text."))
    return _true_false(question, answers) or _choices(question, answers)


def _general_feedback(inside: str) -> tuple[str, str]:
    at = _find(inside, "####")
    return (inside, "") if at < 0 else (inside[:at], _text(inside[at + 4 :]))


def _true_false(question: ReadQuestion, answers: str) -> ReadQuestion | None:
    word, *feedbacks = _split(answers, "#")
    truth = TRUTH.get(word.strip().upper())
    if truth is None or len(feedbacks) > 2:
        return None
    # GIFT gives the feedback of the wrong answer first.
    wrong, right = ([_text(feedback) for feedback in feedbacks] + ["", ""])[:2]
    return replace(
        question,
        kind=Kind.TRUE_FALSE,
        is_true=truth,
        true_feedback=right if truth else wrong,
        false_feedback=wrong if truth else right,
    )


def _choices(question: ReadQuestion, answers: str) -> ReadQuestion:
    if not answers.strip():
        raise refuse_kind(_("essay"))
    if answers.lstrip().startswith("#"):
        raise refuse_kind(_("numerical"))
    signs, options = [], []
    for sign, answer in _answers(answers):
        if sign == "=" and _find(answer, "->") >= 0:
            raise refuse_kind(_("matching"))
        signs.append(sign)
        options.append(_option(sign, answer, question.format))
    if not signs:
        raise CannotAsk(_no_sign())
    if "~" not in signs:
        raise refuse_kind(_("short answer"))
    single = "=" in signs
    if not single:
        options = [replace(option, is_right=(option.weight or 0) > 0) for option in options]
    return with_options(question, options, single=single)


def _no_sign() -> str:
    return _("These answers are not GIFT: a right one begins with “=” and a wrong one with “~”.")


def _answers(text: str) -> Iterator[tuple[str, str]]:
    sign, start = "", 0
    for at, character in _unescaped(text):
        if character in "=~":
            if sign:
                yield sign, text[start:at]
            elif text[:at].strip():
                raise CannotAsk(_no_sign())
            sign, start = character, at + 1
    if sign:
        yield sign, text[start:]


def _option(sign: str, answer: str, format_: str) -> ReadOption:
    weight = WEIGHT.match(answer)
    words, *feedback = _split(answer[weight.end() :] if weight else answer, "#")
    own_format, words = _format(words, format_)
    return ReadOption(
        text=unescape(words).strip(),
        is_right=sign == "=",
        feedback=_text("#".join(feedback)),
        weight=float(weight[1]) if weight else None,
        format=own_format,
    )


def _format(text: str, default: str) -> tuple[str, str]:
    found = FORMAT.match(text)
    return (found[1].lower(), text[found.end() :]) if found else (default, text)


def _text(text: str) -> str:
    return unescape(_format(text, "")[1]).strip()


def unescape(text: str) -> str:
    return ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def _unescaped(text: str, start: int = 0) -> Iterator[tuple[int, str]]:
    at = start
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        yield at, text[at]
        at += 1


def _find(text: str, sought: str, start: int = 0) -> int:
    return next((at for at, _character in _unescaped(text, start) if text.startswith(sought, at)), -1)


def _split(text: str, sign: str) -> list[str]:
    parts, start = [], 0
    for at, character in _unescaped(text):
        if character == sign:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
