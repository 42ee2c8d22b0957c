"""French spacing for the demo's words, so that its files stay easy to type."""

import re

NARROW, FIRM = "\u202f", "\u00a0"


def french(text):
    """`text` with the spaces French asks for around its punctuation, and curly apostrophes."""
    text = re.sub(r" ([;!?%€])", rf"{NARROW}\1", text)
    text = re.sub(r" (:|»)(?=\s|[.,;!?)*\n]|$)", rf"{FIRM}\1", text)
    text = text.replace("« ", f"«{FIRM}")
    text = re.sub(r"(?<=\d) (?=\d{3}\b)", NARROW, text)
    return re.sub(r"(?<=\w)'(?=\w)", "’", text)


def english(text):
    """`text` with curly apostrophes."""
    return re.sub(r"(?<=\w)'(?=\w)", "’", text)


def spaced(text, language):
    return french(text) if language == "fr" else english(text)
