"""Who may open a page, said on the view itself: tests/core checks that every address says it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anyone, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]  # a mark on the function
    return login_not_required(view)


def signed_in(view: View) -> View:
    """Anyone signed in; what they see is decided row by row (`visible_to`)."""
    view.access = "signed_in"  # type: ignore[attr-defined]  # a mark on the function
    return view


def role(may: Callable[[Any], bool]) -> Callable[[View], View]:
    """Those of whom the rule says so (`is_hr`, `may_author`); everybody else signed in gets 403."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            # Who is not signed in is sent to the door by the middleware; a rule is for people.
            if not request.user.is_authenticated or not may(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = f"role:{may.__name__}"  # type: ignore[attr-defined]  # a mark on the function
        return cast(View, guarded)

    return guard


def by_row(view: View) -> View:
    """Those whose part in the very thing allows it: a mark. The view fetches the row and asks its rule."""
    view.access = "by_row"  # type: ignore[attr-defined]  # a mark on the function
    return view
