"""A question before an act that takes something away: a page of its own, so that it is asked without scripts too."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

FRAME = ("sure", "csrfmiddlewaretoken")


def question_before(
    request: HttpRequest, *, title: str, words: str, yes: str, back: str, no: str = ""
) -> HttpResponse | None:
    """The page that asks, until the person has said yes on it. `words` say what is lost and what is kept, `yes` is
    the button, `back` where one goes who changes their mind, `no` the words for that where “Cancel” could be the act."""
    if request.POST.get("sure") == "yes":
        return None
    carried = {name: value for name, value in request.POST.items() if name not in FRAME}
    context = {"title": title, "words": words, "yes": yes, "back": back, "no": no, "carried": carried}
    return render(request, "confirmation.html", context)
