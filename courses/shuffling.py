"""Options of a quiz in an order of each attempt's own, under values that tell nothing.

The value of an option is a keyed hash of the attempt and the option. Sorted by it, options stand in an order that is
steady for an attempt, independent of the author's and different in the next one; and neither the order nor the value
says which was written first.
"""

from collections.abc import Iterable

from django.utils.crypto import salted_hmac

from courses.models import Attempt, Question

LENGTH = 16


def option_value(attempt: int, option: int) -> str:
    return salted_hmac("courses.option", f"{attempt}:{option}", algorithm="sha256").hexdigest()[:LENGTH]


def options_named(attempt: Attempt, question: Question, values: Iterable[str]) -> list[int]:
    """The ids of the options that have these values in this attempt; 0 for a value that none has."""
    options = question.options.values_list("pk", flat=True)
    known = {option_value(attempt.pk, option): option for option in options}
    return [known.get(value, 0) for value in values]
