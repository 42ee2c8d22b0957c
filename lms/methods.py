"""An address that only takes what a button sends, opened as a page: after signing in again, or from the history."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from lms.views.failures import not_for_reading


class ReadingMiddleware:
    """In place of the empty answer 405, a page that says where to go on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if not isinstance(answer, HttpResponseNotAllowed) or request.method != "GET":
            return answer
        page = not_for_reading(request)
        page["Allow"] = answer["Allow"]
        return page
