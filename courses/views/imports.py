"""Bringing questions and courses in from the studio: a file, what it would do, then yes."""

import io

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import role
from core.confirming import question_before
from core.errors import Refused
from core.importing import Report
from courses import uploads
from courses.actions import undo_question_import
from courses.forms.imports import ImportForm
from courses.rules import may_author
from people.requests import PersonRequest

SHOWN = 100


@role(may_author)
@require_http_methods(["GET", "POST"])
def index(request: PersonRequest) -> HttpResponse:
    """Choose a file; what it would do is shown before anything is done."""
    form = ImportForm(
        request.POST or None, request.FILES or None, initial={"language": request.user.language}
    )
    if request.method == "POST" and form.is_valid():
        try:
            upload = uploads.put_aside(form.cleaned_data["file"], by=request.user)
            # Read it now, while the form with its choices can still be shown again.
            uploads.bring_in(upload, by=request.user, language=form.cleaned_data["language"], keep=False)
            address = reverse("courses:import", args=[upload.digest])
            return redirect(f"{address}?language={form.cleaned_data['language']}")
        except Refused as refusal:
            form.add_error("file", str(refusal))
    return render(request, "courses/imports.html", {"form": form}, status=422 if form.errors else 200)


@role(may_author)
@require_http_methods(["GET", "POST"])
def show(request: PersonRequest, digest: str) -> HttpResponse:
    """What a file would do (GET), and doing it (POST)."""
    upload, language = _put_aside(request, digest)
    if upload is None:
        return _gone(request)
    try:
        keep = request.method == "POST"
        outcome = uploads.bring_in(upload, by=request.user, language=language, keep=keep)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("courses:imports")
    if keep:
        messages.success(request, _sentence(outcome.report))
        if outcome.course is None:
            return _to_what_was_brought(upload, outcome.report)
        return redirect("courses:studio-course", outcome.course.slug)
    report = outcome.report
    context = {
        "upload": upload,
        "file_language": language,
        "rows": list(report.rows()),
        "differences": report.differences.most_common(),
        "made": report.made_names[:SHOWN],
        "made_more": max(len(report.made_names) - SHOWN, 0),
        "refused": report.refused_items[:SHOWN],
        "refused_more": max(len(report.refused_items) - SHOWN, 0),
    }
    return render(request, "courses/import.html", context)


@role(may_author)
@require_safe
def refused(request: PersonRequest, digest: str) -> HttpResponse:
    """The items that would be refused or changed, as a file to work through."""
    upload, language = _put_aside(request, digest)
    if upload is None:
        return _gone(request)
    try:
        report = uploads.bring_in(upload, by=request.user, language=language, keep=False).report
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("courses:imports")
    file = io.StringIO()
    report.write_refused(file)
    headers = {"Content-Disposition": f'attachment; filename="{_("refused")}.csv"'}
    return HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@role(may_author)
@require_POST
def undo(request: PersonRequest, digest: str) -> HttpResponse:
    """Takes the questions of an import out again, but those that are in use."""
    asked = question_before(
        request,
        title=_("Undo this import?"),
        words=_(
            "The questions that this file brought in are deleted. Those that a quiz holds or that somebody has "
            "answered stay."
        ),
        yes=_("Undo the import"),
        back=f"{reverse('courses:studio-questions')}?batch={digest}",
        no=_("Keep these questions"),
    )
    if asked is not None:
        return asked
    gone = undo_question_import(digest, by=request.user)
    messages.info(
        request,
        ngettext("%(number)d question was deleted.", "%(number)d questions were deleted.", gone)
        % {"number": gone},
    )
    return redirect("courses:studio-questions")


def _to_what_was_brought(upload: uploads.Upload, report: Report) -> HttpResponse:
    if not report.made_names:
        return redirect("courses:imports")
    return redirect(f"{reverse('courses:studio-questions')}?batch={upload.digest}")


def _put_aside(request: PersonRequest, digest: str) -> tuple[uploads.Upload | None, str]:
    upload = uploads.put_aside_by(request.user, digest)
    asked = request.POST.get("language") or request.GET.get("language")
    return upload, asked if asked in dict(settings.LANGUAGES) else request.user.language


def _gone(request: PersonRequest) -> HttpResponse:
    """The form again, with why: the way on is to choose the file once more."""
    messages.info(request, uploads.gone())
    form = ImportForm(initial={"language": request.user.language})
    return render(request, "courses/imports.html", {"form": form}, status=404)


def _sentence(report: Report) -> str:
    made, refused = len(report.made_names), len(report.refused_items)
    words = (
        ngettext("%(number)d item was brought in.", "%(number)d items were brought in.", made)
        % {"number": made}
        if made
        else _("Nothing was brought in.")
    )
    if refused:
        words += " " + ngettext("%(number)d was refused.", "%(number)d were refused.", refused) % {
            "number": refused
        }
    return words
