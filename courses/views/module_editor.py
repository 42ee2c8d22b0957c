"""A module being written: its text, film, captions, quiz, conditions, and its publication."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Refused
from courses.actions import (
    publish_module,
    remove_caption,
    save_caption,
    save_module,
    set_rules,
    upload_video,
    withdraw_module,
)
from courses.forms.studio import CaptionForm, CaptionTextForm, FilmForm, ModuleForm, QuizForm, RulesForm
from courses.models import Caption, Course, Module
from courses.publication import advice_for, missing_in
from courses.queries.studio import questions_of_quiz
from courses.views.authoring import author, module_of
from people.requests import PersonRequest


def editor(
    request: PersonRequest, module: Module, *, refused: str = "", status: int = 200, **forms
) -> HttpResponse:
    """The page of a module's author; a form that was refused comes back in it with what was typed."""
    context = {
        "module": module,
        "course": module.course,
        "form": ModuleForm(instance=module),
        "rules_form": RulesForm(module=module),
        "missing": missing_in(module),
        "advice": advice_for(module),
        "refused": refused,
    }
    if module.kind == Module.Kind.VIDEO:
        context |= {"film_form": FilmForm(), "caption_form": CaptionForm(), "captions": _captions(module)}
    if module.kind == Module.Kind.QUIZ:
        context |= {"quiz_form": QuizForm(instance=module.quiz), "questions": questions_of_quiz(module.quiz)}
    return render(request, "courses/studio_module.html", context | forms, status=status)


@author
@require_http_methods(["GET", "POST"])
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    module = module_of(request, pk)
    if request.method == "GET":
        return editor(request, module)
    form = ModuleForm(request.POST, instance=module_of(request, pk))
    if not form.is_valid():
        return editor(request, module, status=422, form=form)
    try:
        save_module(module, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        return editor(request, module_of(request, pk), refused=str(refusal), status=422, form=form)
    return _saved(request, module)


@author
@require_POST
def rules(request: PersonRequest, pk: int) -> HttpResponse:
    module = module_of(request, pk)
    form = RulesForm(request.POST, module=module)
    if not form.is_valid():
        return editor(request, module, status=422, rules_form=form)
    try:
        set_rules(module, by=request.user, rules=form.rules)
    except Refused as refusal:
        return editor(request, module, refused=str(refusal), status=422, rules_form=form)
    return _saved(request, module, "#rules")


@author
@require_POST
def publication(request: PersonRequest, pk: int) -> HttpResponse:
    module = module_of(request, pk)
    try:
        if request.POST.get("wanted") == "draft":
            withdraw_module(module, by=request.user)
            messages.info(request, _("Learners no longer see this module. What was said about it is kept."))
        else:
            publish_module(module, by=request.user)
            messages.success(request, _("The module is published, and its conversation is open."))
    except Refused as refusal:
        return editor(request, module, refused=str(refusal), status=422)
    return redirect("courses:studio-module", module.pk)


@author
@require_POST
def film(request: PersonRequest, pk: int) -> HttpResponse:
    module = module_of(request, pk)
    form = FilmForm(request.POST, request.FILES)
    if not form.is_valid():
        return editor(request, module, status=422, film_form=form)
    try:
        upload_video(module, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        return editor(request, module, refused=str(refusal), status=422)
    return _saved(request, module, "#film")


@author
@require_POST
def captions(request: PersonRequest, pk: int) -> HttpResponse:
    module = module_of(request, pk)
    form = CaptionForm(request.POST, request.FILES)
    if not form.is_valid() or not hasattr(module, "video"):
        return editor(request, module, status=422, caption_form=form)
    content = form.cleaned_data["file"].read()
    try:
        save_caption(module.video, by=request.user, language=form.cleaned_data["language"], content=content)
    except Refused as refusal:
        return editor(request, module, refused=str(refusal), status=422)
    return _saved(request, module, "#captions")


@author
@require_http_methods(["GET", "POST"])
def caption(request: PersonRequest, pk: int) -> HttpResponse:
    """The captions of one language as text, to mend a word."""
    found = _caption_of(request, pk)
    form = CaptionTextForm(request.POST or None, initial={"vtt": found.vtt})
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            content = form.cleaned_data["vtt"].encode()
            save_caption(found.video, by=request.user, language=found.language, content=content)
        except Refused as refusal:
            refused = str(refusal)
        else:
            return _saved(request, found.video.module, "#captions")
    context = {"form": form, "caption": found, "module": found.video.module, "refused": refused}
    return render(request, "courses/studio_caption.html", context, status=422 if form.is_bound else 200)


@author
@require_POST
def drop_caption(request: PersonRequest, pk: int) -> HttpResponse:
    found = _caption_of(request, pk)
    remove_caption(found, by=request.user)
    return _saved(request, found.video.module, "#captions")


def _captions(module: Module):
    if not hasattr(module, "video"):
        return []
    return module.video.captions.defer("vtt").order_by("language")


def _caption_of(request: PersonRequest, pk: int) -> Caption:
    rows = Caption.objects.filter(video__module__course__in=Course.objects.editable_by(request.user))
    return get_object_or_404(rows.select_related("video__module__course"), pk=pk)


def _saved(request: PersonRequest, module: Module, anchor: str = "") -> HttpResponse:
    messages.success(request, _("Saved."))
    response = redirect("courses:studio-module", module.pk)
    response["Location"] += anchor
    return response
