import json
from datetime import datetime

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse, RawPostDataException
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community.views.beside import conversation_beside
from core.access import signed_in
from core.json_input import InputDecoder
from core.numbers import whole
from courses.actions import open_module, report_reading, report_watching
from courses.completion import rule_states
from courses.models import Enrolment, Module, Progress
from courses.openings import opening_sentence
from courses.queries.module import ModulePage, film_with_moments, module_page
from courses.queries.quiz import options_to_choose, quiz_page
from courses.watch_report import BadReport, read_report
from people.requests import PersonRequest

TEMPLATES = {
    Module.Kind.VIDEO: "courses/module_video.html",
    Module.Kind.TEXT: "courses/module_text.html",
    Module.Kind.QUIZ: "courses/module_quiz.html",
}
SPEEDS = (0.75, 1, 1.25, 1.5, 2)


@signed_in
@require_safe
def show(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    page = module_page(request.user, slug, pk)
    module = page.module
    if page.enrolment is None and not page.can_edit:
        if page.opens_at is not None:
            messages.info(request, opening_sentence(page.opens_at))
        else:
            messages.info(request, _("Enrol in this course to open its modules and join the conversation."))
        return redirect(module.course)
    # A browser that only fetches ahead has not opened anything.
    if page.enrolment is not None and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        page.progress = open_module(page.enrolment, module, progress=page.progress)
    return render(request, TEMPLATES[Module.Kind(module.kind)], context_of(request, page))


def context_of(request: PersonRequest, page: ModulePage, **extra) -> dict:
    """Everything a module's page shows, whatever its kind; `extra` is what a form adds when it comes back."""
    quiz = None
    thread_id = page.thread_id
    if page.module.kind == Module.Kind.QUIZ:
        asked = whole(request.GET.get("question"))
        quiz = quiz_page(page.module, page.enrolment, asked=asked)
        thread_id = quiz.thread_id or thread_id
    has_film = page.film is not None
    title = _("About this question") if quiz is not None and quiz.thread_id else ""
    talk = conversation_beside(request, thread_id, has_film=has_film, title=title) if thread_id else {}
    if page.film is not None and thread_id and talk:
        page.film = film_with_moments(page.film, thread_id)
    options = options_to_choose(quiz) if quiz else []
    start = whole(request.GET.get("t"))
    return {
        "page": page,
        "module": page.module,
        "quiz": quiz,
        "options": options,
        # A media fragment: without scripts, the browser's own player begins there.
        "film_start": f"#t={start}" if start is not None else "",
        "speeds": [(str(speed), localize(speed)) for speed in SPEEDS],
        **talk,
        **extra,
    }


@signed_in
@require_POST
def reading(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """The reader says that the text is read (a form), or has its end on screen (a script, `reached`)."""
    progress = get_object_or_404(_progress(request, slug, pk), module__kind=Module.Kind.TEXT)
    before = progress.completed_at
    reached = "reached" in request.POST
    progress = report_reading(progress, said=not reached)
    if reached:
        return _standing(progress, before)
    done = progress.completed_at is not None
    messages.success(request, _("Module done. Well read!") if done else _("Noted: you have read it."))
    return redirect(progress.module)


def _progress(request: PersonRequest, slug: str, pk: int) -> QuerySet[Progress]:
    mine = Enrolment.objects.begun().filter(user=request.user)
    return Progress.objects.filter(
        module__in=Module.objects.visible_to(request.user),
        module=pk,
        module__course__slug=slug,
        enrolment__in=mine,
    )


@signed_in
@require_POST
def watching(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """What the player has played: small JSON, sent every ten seconds and when the page is left."""
    progress = get_object_or_404(_progress(request, slug, pk), module__video__isnull=False)
    try:
        ranges, position = read_report(json.loads(request.body or b"{}", cls=InputDecoder))
    except (BadReport, ValueError, RawPostDataException):
        return JsonResponse({"detail": _("This report cannot be read.")}, status=400)
    before = progress.completed_at
    progress = report_watching(progress, ranges_seen=ranges, position=position)
    return _standing(progress, before)


def _standing(progress: Progress, before: datetime | None) -> JsonResponse:
    """Where the person stands now, for the page to show; `before` says since when the module was done."""
    states = rule_states(progress.module.rules.all(), progress)
    return JsonResponse(
        {
            "coverage": progress.coverage,
            "done": progress.completed_at is not None,
            "just_done": before is None and progress.completed_at is not None,
            "rules": [{"kind": s.kind, "done": s.done, "standing": s.standing} for s in states],
        }
    )
