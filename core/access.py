"""Who may open a page, said on the view itself: tests/core checks that every address says it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anyone, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]  # a mark on the function
    return login_not_required(view)


def signed_in(view: View) -> View:
    """Anyone signed in; what they see is decided row by row (`visible_to`)."""
    view.access = "signed_in"  # type: ignore[attr-defined]  # a mark on the function
    return view


def role(name: str) -> Callable[[View], View]:
    """Says which role the page is for. The view itself checks it, against the thing it fetched."""

    def declare(view: View) -> View:
        view.access = f"role:{name}"  # type: ignore[attr-defined]  # a mark on the function
        return view

    return declare
