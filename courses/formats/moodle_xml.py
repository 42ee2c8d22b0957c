"""Moodle's XML question banks."""

from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from core.errors import Refused
from core.importing import RefusedItem
from courses.formats.gift import category_path
from courses.formats.questions import (
    CannotAsk,
    Kind,
    ReadOption,
    ReadQuestion,
    refuse_kind,
    with_options,
)

FORMATS = {"html": "html", "markdown": "markdown", "plain_text": "plain", "moodle_auto_format": "moodle"}


def read(content: bytes) -> Iterator[ReadQuestion | RefusedItem]:
    """The questions of a bank in order; what Palabre cannot ask comes as a RefusedItem. Raises Refused."""
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Refused(_("This is not an XML file that can be read: %(error)s") % {"error": error}) from error
    if root.tag != "quiz":
        raise Refused(
            _("This is not a question bank of Moodle: it begins with <%(tag)s>.") % {"tag": root.tag}
        )
    return _questions(root)


def _questions(root: Element) -> Iterator[ReadQuestion | RefusedItem]:
    category = ""
    for number, element in enumerate(root.findall("question"), 1):
        kind = element.get("type") or ""
        if kind == "category":
            category = category_path(_text(element.find("category")))
            continue
        where = _("question %(number)d") % {"number": number}
        title = _text(element.find("name"))
        try:
            yield _question(where, title, kind, element, category)
        except CannotAsk as refusal:
            yield RefusedItem(where, title or _text(element.find("questiontext"))[:80], str(refusal))


def _question(where: str, title: str, kind: str, element: Element, category: str) -> ReadQuestion:
    if kind not in ("multichoice", "truefalse"):
        raise refuse_kind(kind)
    text = element.find("questiontext")
    question = ReadQuestion(
        where=where,
        title=title,
        text=_text(text),
        kind=Kind.SINGLE,
        feedback=_text(element.find("generalfeedback")),
        category=category,
        tags=tuple(filter(None, (_text(tag) for tag in element.findall("tags/tag")))),
        format=_format(text),
        notes=(_("pictures and files inside questions were left out"),)
        if element.find(".//file") is not None
        else (),
    )
    if not question.text:
        raise CannotAsk(_("The question has no text."))
    options = [_option(answer) for answer in element.findall("answer")]
    if kind == "truefalse":
        return _true_false(question, options)
    single = _text_of(element, "single").lower() not in ("false", "0")
    # Of a single choice only what gives all the points is right; of several, all that gives points.
    least = 99.9 if single else 0.001
    options = [replace(option, is_right=(option.weight or 0) >= least) for option in options]
    return with_options(question, options, single=single)


def _true_false(question: ReadQuestion, options: list[ReadOption]) -> ReadQuestion:
    by_word = {option.text.lower(): option for option in options}
    if set(by_word) != {"true", "false"} or sum(option.weight == 100 for option in options) != 1:
        raise CannotAsk(_("Neither “true” nor “false” is right."))
    return replace(
        question,
        kind=Kind.TRUE_FALSE,
        is_true=by_word["true"].weight == 100,
        true_feedback=by_word["true"].feedback,
        false_feedback=by_word["false"].feedback,
    )


def _option(answer: Element) -> ReadOption:
    try:
        weight = float(answer.get("fraction") or 0)
    except ValueError:
        raise CannotAsk(_("The points of an option are not a number.")) from None
    return ReadOption(
        _text(answer), False, _text(answer.find("feedback")), weight=weight, format=_format(answer)
    )


def _format(element: Element | None) -> str:
    return FORMATS.get((element.get("format") if element is not None else "") or "", "html")


def _text(element: Element | None) -> str:
    return "" if element is None else (element.findtext("text") or "").strip()


def _text_of(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()
