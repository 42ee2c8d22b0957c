"""The history of a module: who saved it, what differs, and going back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.actions import restore_revision
from courses.queries.history import difference_to_now, revision_rows
from courses.views.authoring import author, module_of
from people.requests import PersonRequest

A_PAGE = 30


@author
@require_safe
def index(request: PersonRequest, pk: int) -> HttpResponse:
    module = module_of(request, pk)
    page = Paginator(revision_rows(module), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/studio_history.html", {"module": module, "page": page})


@author
@require_safe
def show(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """One saving beside what the module says now."""
    module = module_of(request, pk)
    revision = get_object_or_404(module.revisions.select_related("by", "module"), number=number)
    context = {"module": module, "revision": revision, "differences": difference_to_now(revision)}
    return render(request, "courses/studio_revision.html", context)


@author
@require_POST
def restore(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    module = module_of(request, pk)
    restore_revision(get_object_or_404(module.revisions, number=number), by=request.user)
    messages.success(
        request, _("The module says again what it said then. What it said meanwhile is in its history.")
    )
    return redirect("courses:studio-module", module.pk)
