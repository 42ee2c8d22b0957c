"""Where pages are: the same name and arguments have the same address, which a process finds once."""

from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, reverse

KEPT_AT_MOST = 10_000


@lru_cache(KEPT_AT_MOST)
def address_of(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page; NoReverseMatch where there is no such page."""
    return reverse(name, args=args, kwargs=kwargs)


@lru_cache(KEPT_AT_MOST)
def address_if_any(name: str, *args: Any) -> str:
    """The address of a page, or nothing where this installation does not have it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
