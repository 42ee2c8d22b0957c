from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from core.access import signed_in
from core.errors import Refused
from core.numbers import whole
from courses.actions import answer_question, start_attempt
from courses.models import Attempt, Module
from courses.queries.module import ModulePage, module_page
from courses.shuffling import options_named
from courses.views.modules import context_of
from people.requests import PersonRequest


@signed_in
@require_POST
def start(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    page = _page(request, slug, pk)
    try:
        start_attempt(page.enrolment, page.module.quiz)
    except Refused as refusal:
        return _again(request, page, refusal)
    return redirect(page.module)


@signed_in
@require_POST
def answer(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Saves the answer to one question of the attempt under way; a repeat changes nothing."""
    page = _page(request, slug, pk)
    rows = page.module.quiz.quiz_questions.select_related("question")
    question = get_object_or_404(rows, question=whole(request.POST.get("question")) or 0).question
    attempts = Attempt.objects.filter(enrolment=page.enrolment, quiz=page.module.quiz)
    # The answer that finished the attempt may be sent twice: the last attempt it is, running or not.
    attempt = attempts.order_by("-number").first()
    if attempt is None:
        return redirect(page.module)
    try:
        options = options_named(attempt, question, request.POST.getlist("option"))
        answer_question(attempt, question=question, options=options)
    except Refused as refusal:
        return _again(request, page, refusal)
    return redirect(f"{page.module.get_absolute_url()}?question={question.pk}")


def _page(request: PersonRequest, slug: str, pk: int) -> Any:
    page = module_page(request.user, slug, pk)
    if page.module.kind != Module.Kind.QUIZ or page.enrolment is None:
        raise Http404
    return page


def _again(request: PersonRequest, page: ModulePage, refusal: Refused) -> HttpResponse:
    context = context_of(request, page, refused=str(refusal))
    return render(request, "courses/module_quiz.html", context, status=422)
