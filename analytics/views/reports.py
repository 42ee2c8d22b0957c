"""The HR report and its file: the same object, from the same address parameters."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from analytics import export, filters, report_page, reports
from analytics.queries.report import has_figures
from analytics.queries.report_choices import choices_for
from core.access import role
from events.recording import record
from people.requests import PersonRequest
from people.rules import is_hr


@role(is_hr)
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    asked, choices = _asked(request)
    report = reports.build(request.user, asked, choices)
    context = {
        "report": report,
        "asked": asked,
        "page": report_page.page(report, choices),
        "organisation_has_figures": report.group.size > 0 or has_figures(request.user.organisation),
        "export_url": _address("analytics:export", asked),
    }
    return render(request, "analytics/report.html", context, status=422 if report.refusal else 200)


@role(is_hr)
@require_safe
def download(request: PersonRequest) -> HttpResponse:
    """The figures of the report as tables; that they left the house is written in the log."""
    asked, choices = _asked(request)
    report = reports.build(request.user, asked, choices)
    if report.refusal:
        return redirect(_address("analytics:reports", asked))
    with transaction.atomic():
        record(
            "analytics.report_exported",
            actor=request.user,
            subject=report.organisation,
            data={"learners": report.group.size, "filters": asked.query},
        )
    plain = request.GET.get("dialect") == "plain"
    return HttpResponse(
        export.zip_of(report, plain=plain),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{export.file_name(report)}"'},
    )


def _asked(request: PersonRequest) -> tuple[filters.Filters, filters.Choices]:
    organisation = request.user.organisation
    if organisation is None:
        raise PermissionDenied
    choices = choices_for(request.user)
    return filters.filters_from(request.GET, organisation=organisation, choices=choices), choices


def _address(name: str, asked: filters.Filters) -> str:
    query = urlencode(asked.query)
    return f"{reverse(name)}?{query}" if query else reverse(name)
