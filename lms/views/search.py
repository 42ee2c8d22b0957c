from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import signed_in
from core.limits import limited
from lms.queries.search import KINDS
from lms.queries.search import search as find


@signed_in
@require_safe
@limited
def search(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    labels = {
        "": _("Everything"),
        "threads": _("Discussions"),
        "posts": _("Messages"),
        "courses": _("Courses"),
        "modules": _("Modules"),
        "people": _("People"),
    }
    found = find(request.user, words, kind)
    context = {
        "search_query": words,
        "kind": kind,
        "groups": [{"kind": name, "label": labels[name], "hits": hits} for name, hits in found.items()],
        "filters": [
            {
                "label": label,
                "active": name == kind,
                "url": f"{request.path}?{urlencode({'q': words, 'kind': name} if name else {'q': words})}",
            }
            for name, label in labels.items()
        ],
    }
    return render(request, "lms/search.html", context)
