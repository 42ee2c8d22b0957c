"""Numbers that come out of an address or a form, where anything may be typed."""

DIGITS = 18  # What surely fits a bigint.


def whole(typed: str | None) -> int | None:
    """The number that was typed in figures 0 to 9, or None. "²" is a digit to Python and no number to anybody."""
    text = typed or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None
