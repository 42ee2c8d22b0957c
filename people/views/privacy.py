from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import signed_in
from people import actions
from people.actions.privacy import DAYS_TO_THINK
from people.models import DataRequest
from people.requests import PersonRequest
from people.tasks import fill_export


@signed_in
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    requests = request.user.data_requests.order_by("-requested_at")[:10]
    erasure = next((r for r in requests if r.kind == DataRequest.Kind.ERASURE and not r.done_at), None)
    context = {"requests": requests, "erasure": erasure, "days": DAYS_TO_THINK}
    return render(request, "people/my_data.html", context)


@signed_in
@require_POST
def ask(request: PersonRequest, kind: str) -> HttpResponse:
    if kind == DataRequest.Kind.ERASURE and not request.user.check_password(request.POST.get("password", "")):
        messages.error(request, _("The password is not right: nothing was changed."))
        return redirect("people:my_data")
    asked = actions.ask_for_data(request.user, kind=kind)
    if kind == DataRequest.Kind.EXPORT:
        fill_export.delay_on_commit(asked.pk)
        messages.success(request, _("Your copy is being prepared; it will be here in a moment."))
    return redirect("people:my_data")


@signed_in
@require_POST
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    actions.cancel_request(get_object_or_404(request.user.data_requests, pk=pk, done_at=None))
    messages.success(request, _("Your request is withdrawn: nothing will be erased."))
    return redirect("people:my_data")


@signed_in
@require_safe
def download(request: PersonRequest, pk: int) -> FileResponse:
    asked = get_object_or_404(request.user.data_requests.exclude(file=""), pk=pk)
    return FileResponse(asked.file.open(), as_attachment=True, filename=f"palabre-{asked.pk}.zip")
