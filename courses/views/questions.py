"""The question bank, and which of its questions make a quiz."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.confirming import question_before
from core.editions import Overtaken, edition_of
from core.errors import Refused
from core.idempotency import refuse
from core.numbers import whole
from core.words import as_read, is_visible
from courses.actions import (
    Choice,
    archive_question,
    arrange_quiz,
    change_question,
    create_question,
)
from courses.actions.questions import in_lines, state_of_question
from courses.forms.studio import OptionFormSet, QuestionForm, QuestionSearchForm
from courses.models import Module, Question
from courses.queries.history import difference
from courses.queries.studio import bank_page, categories_of_bank, questions_of_quiz
from courses.views.authoring import author, module_of, question_of
from people.requests import PersonRequest

ROWS = 4
MORE_ROWS = 2


@author
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    return render(request, "courses/studio_questions.html", _bank(request))


@author
@require_http_methods(["GET", "POST"])
def new(request: PersonRequest) -> HttpResponse:
    form = QuestionForm(
        request.POST or None, initial={"key": uuid.uuid4(), "language": request.user.language}
    )
    return _edit(request, form, None)


@author
@require_http_methods(["GET", "POST"])
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    question = question_of(request, pk)
    return _edit(request, QuestionForm(request.POST or None, instance=question), question)


@author
@require_POST
def drop(request: PersonRequest, pk: int) -> HttpResponse:
    question = question_of(request, pk)
    asked = question_before(
        request,
        title=_("Take this question out of the bank?"),
        words=_("It can no longer be chosen. The quizzes that hold it keep it, with its answers."),
        yes=_("Take it out of the bank"),
        back=reverse("courses:studio-question", args=[pk]),
    )
    if asked is not None:
        return asked
    archive_question(question, by=request.user)
    messages.info(request, _("The question has left the bank; the quizzes that hold it keep it."))
    return redirect("courses:studio-questions")


@author
@require_http_methods(["GET", "POST"])
def compose(request: PersonRequest, pk: int) -> HttpResponse:
    """The bank beside a quiz: add, take out, move."""
    module = _quiz_module(request, pk)
    if request.method == "POST":
        arrange_quiz(
            module.quiz, by=request.user, arrange=lambda ids: _in_order(request, _arranged(request, ids))
        )
        query = request.GET.urlencode()
        response = redirect("courses:studio-compose", module.pk)
        response["Location"] += f"?{query}" if query else ""
        return response
    questions = questions_of_quiz(module.quiz)
    context = {"module": module, "questions": questions, "chosen": {question.pk for question in questions}}
    return render(request, "courses/studio_compose.html", context | _bank(request))


def _bank(request: PersonRequest) -> dict:
    form = QuestionSearchForm(request.GET, categories=categories_of_bank(request.user))
    form.is_valid()
    asked = form.cleaned_data
    page = bank_page(
        request.user,
        text=asked.get("q", ""),
        number=request.GET.get("page"),
        **{name: asked.get(name, "") for name in ("category", "language", "batch")},
    )
    return {"form": form, "page": page, "batch": asked.get("batch", "")}


def _quiz_module(request: PersonRequest, pk: int) -> Module:
    module = module_of(request, pk)
    if module.kind != Module.Kind.QUIZ:
        raise Http404
    return module


def _arranged(request: PersonRequest, ids: list[int]) -> list[int]:
    """The list after one button: add=pk, remove=pk, up=pk or down=pk; or with all that are ticked (ticked=pk …)."""
    if "add_ticked" in request.POST:
        ticked = [pk for value in request.POST.getlist("ticked") if (pk := whole(value)) is not None]
        return [*ids, *(pk for pk in ticked if pk not in ids)]
    for verb in ("add", "remove", "up", "down"):
        if (pk := whole(request.POST.get(verb))) is not None:
            break
    else:
        return ids
    rest = [one for one in ids if one != pk]
    if verb == "remove":
        return rest
    if verb == "add" or pk not in ids:
        return [*rest, pk]
    at = max(ids.index(pk) + (-1 if verb == "up" else 1), 0)
    return [*rest[:at], pk, *rest[at:]]


def _in_order(request: PersonRequest, ids: list[int]) -> list[Question]:
    """404 for a question that is not in the bank of the person's organisation."""
    found = Question.objects.filter(organisation=request.user.organisation_id).in_bulk(ids)
    if len(found) < len(ids):
        raise Http404
    return [found[pk] for pk in ids]


def _edit(request: PersonRequest, form: QuestionForm, question: Question | None) -> HttpResponse:
    options = OptionFormSet(request.POST or None, initial=_rows(question), prefix="options")
    refused, status, found = "", 422 if form.is_bound else 200, []
    edition = edition_of(state_of_question(question_of(request, question.pk))) if question else ""
    if request.method == "POST" and form.is_valid() and options.is_valid():
        try:
            _save(request, form, options, question)
        except Overtaken as refusal:
            labels = {name: field.label for name, field in form.fields.items()} | {"options": _("Options")}
            wanted = form.fields_to_save | {"options": in_lines(_choices(options))}
            found, edition, status = difference(refusal.state, wanted, labels), edition_of(refusal.state), 409
        except Refused as refusal:
            refuse(form, refusal)
            refused = str(refusal)
        else:
            messages.success(request, _("The question is in the bank."))
            return redirect("courses:studio-questions")
    context = {"form": form, "options": options, "question": question, "refused": refused, "edition": edition}
    return render(request, "courses/studio_question.html", context | {"differences": found}, status=status)


def _choices(options) -> list[Choice]:
    rows = [row.cleaned_data for row in options if is_visible(row.cleaned_data.get("text", ""))]
    return [Choice(row["text"].strip(), row["correct"], row["feedback"], row["pk"]) for row in rows]


def _refuse_doubtful(options, choices: list[Choice]) -> None:
    """Nothing that its author ticked is dropped in silence, and a learner tells the options apart."""
    if sum(row.cleaned_data.get("correct", False) for row in options) > sum(one.correct for one in choices):
        raise Refused(_("An option is empty."))
    if len({as_read(one.text) for one in choices}) < len(choices):
        raise Refused(_("Two options say the same."))


def _save(request: PersonRequest, form: QuestionForm, options, question: Question | None) -> None:
    choices = _choices(options)
    _refuse_doubtful(options, choices)
    if question is None:
        create_question(by=request.user, options=choices, key=form.cleaned_data["key"], **form.fields_to_save)
        return
    changed = form.cleaned_data["means_something_else"]
    edition = request.POST.get("edition", "")
    change_question(
        question,
        by=request.user,
        options=choices,
        means_something_else=changed,
        edition=edition,
        **form.fields_to_save,
    )


def _rows(question: Question | None) -> list[dict]:
    live = [] if question is None else [o for o in question.options.all() if o.retired_at is None]
    rows = [{"pk": o.pk, "text": o.text, "correct": o.correct, "feedback": o.feedback} for o in live]
    blank = max(ROWS - len(rows), MORE_ROWS if rows else 0)
    return [*rows, *({} for _number in range(blank))]
