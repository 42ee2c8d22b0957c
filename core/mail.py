"""A mail as people get it: text that reads well on its own, and the same in the colours of the house."""

import re
import textwrap
from dataclasses import dataclass
from email.header import Header
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

WIDTH = 72  # characters: what a terminal, a quote and a small window all show
SIGNATURE = "\n-- \n"
ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Part:
    """A paragraph of a letter; with an address, what it says is a button."""

    text: str
    address: str = ""


class Letter(EmailMultiAlternatives):
    """A mail whose subject, however long and in whatever letters, begins on the line of its name."""

    def message(self, *args: Any, **kwargs: Any) -> Any:
        message = super().message(*args, **kwargs)
        subject = str(self.subject)
        if not subject.isascii():
            message.replace_header("Subject", Header(subject, "utf-8", header_name="Subject").encode())
        return message


def letter(
    template: str, *, subject: str, to: str, context: dict[str, Any], headers: dict[str, str] | None = None
) -> EmailMultiAlternatives:
    """From `template`.txt and `template`.html, in the language and zone that are active."""
    message = _text_of(template, subject, to, context, headers)
    message.body = tidy(str(message.body))
    html = render_to_string(f"{template}.html", {"site": settings.SITE_URL, "subject": subject, **context})
    message.attach_alternative(inlined(html), "text/html")
    return message


def letter_from_text(
    template: str, *, subject: str, to: str, context: dict[str, Any]
) -> EmailMultiAlternatives:
    """From `template`.txt alone; its HTML is drawn from what the text says."""
    return drawn_from_text(_text_of(template, subject, to, context, None))


def _text_of(
    template: str, subject: str, to: str, context: dict[str, Any], headers: dict[str, str] | None
) -> EmailMultiAlternatives:
    text = render_to_string(f"{template}.txt", {"site": settings.SITE_URL, **context})
    subject = " ".join(subject.split())
    return Letter(subject, text, settings.DEFAULT_FROM_EMAIL, [to], headers=headers)


def drawn_from_text(message: EmailMultiAlternatives) -> EmailMultiAlternatives:
    """Gives a letter that is text alone its HTML: a line that ends in a colon above an address becomes a button."""
    written = str(message.body)
    message.body = tidy(written)
    said, _mark, footer = written.partition(SIGNATURE)
    context = {"subject": message.subject, "parts": parts_of(said), "footer": footer.strip()}
    message.attach_alternative(inlined(render_to_string("emails/letter.html", context)), "text/html")
    return message


def parts_of(text: str) -> list[Part]:
    parts = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        *words, last = paragraph.strip().splitlines()
        if words and ADDRESS.fullmatch(last.strip()):
            parts.append(Part(" ".join(words).rstrip(": \N{NO-BREAK SPACE}"), last.strip()))
        else:
            parts.append(Part(paragraph.strip()))
    return parts


def tidy(text: str) -> str:
    """Lines of a width that is read easily, addresses whole, one empty line between paragraphs."""
    lines = [line for written in text.strip().splitlines() for line in _folded(written)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _folded(line: str) -> list[str]:
    kept = line if line == "-- " else line.rstrip()
    if len(kept) <= WIDTH or ADDRESS.search(kept):
        return [kept]
    mark = re.match(r"> |\* |\s*", kept).group()  # type: ignore[union-attr]  # \s* always matches
    indent = mark if mark.startswith(">") else " " * len(mark)
    return textwrap.wrap(
        kept, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def inlined(html: str) -> str:
    """Styles on each element, as mail programs want them; what the night needs stays in the head."""
    return css_inline.inline(html, load_remote_stylesheets=False, keep_at_rules=True)
