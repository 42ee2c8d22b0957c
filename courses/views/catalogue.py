from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access import signed_in
from courses.forms.catalogue import FilterForm
from courses.queries.catalogue import catalogue_page
from courses.rules import may_author
from people.requests import PersonRequest


@signed_in
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    filters = form.filters
    page = catalogue_page(request.user, filters, request.GET.get("page"))
    context = {"form": form, "filters": filters, "page": page, "can_author": may_author(request.user)}
    fragment = bool(request.htmx) and request.htmx.target == "catalogue"
    return render(
        request, "courses/catalogue_results.html" if fragment else "courses/catalogue.html", context
    )
