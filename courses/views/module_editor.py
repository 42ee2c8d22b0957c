"""A module being written: one page with one state, its film and captions, and its publication."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.confirming import question_before
from core.editions import Overtaken, edition_of
from core.errors import Refused
from core.numbers import whole
from courses.actions import (
    ChangedMeanwhile,
    discard_module_draft,
    keep_module_draft,
    publish_module,
    remove_caption,
    save_caption,
    save_state,
    upload_video,
    withdraw_module,
)
from courses.actions.revisions import state_of
from courses.forms.studio import CaptionForm, CaptionTextForm, FilmForm, ModuleForm, QuizForm, RulesForm
from courses.models import Caption, Course, Module
from courses.publication import advice_for, missing_in
from courses.queries.history import difference, last_revision, other_drafts
from courses.queries.studio import questions_of_quiz
from courses.views.authoring import author, module_of
from people.requests import PersonRequest

# Fields of the page's form that are no part of what is written.
APART = {
    "csrfmiddlewaretoken",
    "edition",
    "wanted",
    "caption-language",
}


@dataclass
class EditorForms:
    """The page's one form in its parts, which are valid or refused together."""

    text: ModuleForm
    rules: RulesForm
    quiz: QuizForm | None

    @classmethod
    def of(cls, module: Module, typed: dict[str, str] | None = None) -> "EditorForms":
        """Showing the module, or what somebody had typed and not saved."""
        quiz = module.kind == Module.Kind.QUIZ
        return cls(
            ModuleForm(instance=module, initial=typed and {"mandatory": False, **typed}),
            RulesForm(module=module, initial=typed),
            QuizForm(instance=module.quiz, initial=typed) if quiz else None,
        )

    @classmethod
    def sent(cls, request: PersonRequest, module: Module) -> "EditorForms":
        quiz = module.kind == Module.Kind.QUIZ
        return cls(
            ModuleForm(request.POST, instance=module_of(request, module.pk)),
            RulesForm(request.POST, module=module),
            QuizForm(request.POST) if quiz else None,
        )

    def are_valid(self) -> bool:
        parts = [self.text, self.rules, *([self.quiz] if self.quiz else [])]
        return all(part.is_valid() for part in parts)

    @property
    def state(self) -> dict[str, Any]:
        state = {**self.text.cleaned_data, "rules": self.rules.rules}
        return state | ({"quiz": self.quiz.cleaned_data} if self.quiz else {})


def editor(
    request: PersonRequest, module: Module, *, refused: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    """The page of a module's author; what was refused comes back in it with what was typed."""
    draft = module.drafts.filter(user=request.user).first()
    forms = more.pop("forms", None) or EditorForms.of(module, draft.fields if draft else None)
    context = {
        "module": module,
        "course": module.course,
        "forms": forms,
        "draft": draft,
        "edition": draft.edition if draft else module.edition,
        "others": other_drafts(module, request.user),
        "newer": last_revision(module) if draft and draft.edition != module.edition else None,
        "missing": missing_in(module),
        "advice": advice_for(module),
        "refused": refused,
        "differences": [],
    }
    if module.kind == Module.Kind.VIDEO:
        context |= {"film_form": FilmForm(), "caption_form": CaptionForm(), "captions": _captions(module)}
    if module.kind == Module.Kind.QUIZ:
        context["questions"] = questions_of_quiz(module.quiz)
    return render(request, "courses/studio_module.html", context | more, status=status)


@author
@require_http_methods(["GET", "POST"])
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    module = module_of(request, pk)
    if request.method == "GET":
        return editor(request, module)
    if request.POST.get("wanted") == "discard":
        discard_module_draft(module, user=request.user)
        messages.info(request, _("What you had not saved is gone; the module is as it was saved last."))
        return redirect("courses:studio-module", module.pk)
    if (answer := _save(request, module)) is not None:
        return answer
    if "film-file" in request.FILES:
        return film(request, pk)
    return captions(request, pk) if "caption-file" in request.FILES else _saved(request, module)


@author
@require_POST
def draft(request: PersonRequest, pk: int) -> HttpResponse:
    """Keeps what is typed, without saving it: learners see nothing of it. Says whether the module has moved on."""
    module = module_of(request, pk)
    kept = _keep(request, module)
    newer = last_revision(module) if kept.edition != module.edition else None
    at = date_format(timezone.localtime(kept.saved_at), "TIME_FORMAT")
    words = _("Kept at %(time)s, not saved yet") % {"time": at}
    if newer is not None:
        words = _("%(name)s saved this module meanwhile: your text is kept, save to compare.") % {
            "name": newer.person.name if newer.person else _("Somebody")
        }
    return JsonResponse({"words": words, "changed": newer is not None})


@author
@require_POST
def publication(request: PersonRequest, pk: int) -> HttpResponse:
    """What stands in the page is saved first: what one sees is what is published."""
    module = module_of(request, pk)
    if (answer := _save(request, module) if "title" in request.POST else None) is not None:
        return answer
    module = module_of(request, pk)
    if request.POST.get("wanted") == "draft" and (asked := _ask_before_withdrawing(request, module)):
        return asked
    try:
        if request.POST.get("wanted") == "draft":
            withdraw_module(module, by=request.user)
            messages.info(
                request, _("Learners no longer see this module nor its conversation. Both are kept.")
            )
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
    _keep_if_typed(request, module)
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
    _keep_if_typed(request, module)
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
    context = {"form": form, "caption": found, "module": found.video.module}
    context["edition"], status = edition_of({"vtt": found.vtt}), 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            typed, edition = form.cleaned_data["vtt"], request.POST.get("edition", "")
            save_caption(
                found.video, by=request.user, language=found.language, content=typed.encode(), edition=edition
            )
            return _saved(request, found.video.module, "#captions")
        except Overtaken as refusal:
            labels = {"vtt": form.fields["vtt"].label}
            context["differences"] = difference(refusal.state, {"vtt": typed}, labels)
            context["edition"], status = edition_of(refusal.state), 409
        except Refused as refusal:
            context["refused"] = str(refusal)
    return render(request, "courses/studio_caption.html", context, status=status)


@author
@require_POST
def drop_caption(request: PersonRequest, pk: int) -> HttpResponse:
    found = _caption_of(request, pk)
    module = found.video.module
    _keep_if_typed(request, module)
    asked = question_before(
        request,
        title=_("Remove these captions?"),
        words=_(
            "The captions and the transcript in this language are deleted: they can only be uploaded again."
        ),
        yes=_("Remove"),
        back=reverse("courses:studio-module", args=[module.pk]),
    )
    if asked is not None:
        return asked
    remove_caption(found, by=request.user)
    return _saved(request, module, "#captions")


def _ask_before_withdrawing(request: PersonRequest, module: Module) -> HttpResponse | None:
    return question_before(
        request,
        title=_("Withdraw “%(title)s”?") % {"title": module.title},
        words=_(
            "Learners no longer see the module nor its conversation. What they did and wrote is kept, and comes back "
            "when you publish it again."
        ),
        yes=_("Withdraw the module"),
        back=reverse("courses:studio-module", args=[module.pk]),
    )


def _save(request: PersonRequest, module: Module) -> HttpResponse | None:
    """The page again where it cannot be saved, with what was typed; a module that moved on is shown beside it."""
    forms = EditorForms.sent(request, module)
    if not forms.are_valid():
        return editor(request, module, status=422, forms=forms)
    edition = whole(request.POST.get("edition"))
    edition = module.edition if edition is None else edition
    try:
        save_state(module, by=request.user, edition=edition, state=forms.state)
    except ChangedMeanwhile as refusal:
        module = refusal.module
        again = {
            "forms": forms,
            "newer": last_revision(module),
            "edition": module.edition,
            "differences": difference(state_of(module), forms.state),
        }
        return editor(request, module, refused=str(refusal), status=409, **again)
    except Refused as refusal:
        return editor(request, module_of(request, module.pk), refused=str(refusal), status=422, forms=forms)
    return None


def _keep(request: PersonRequest, module: Module):
    fields = {name: request.POST[name] for name in request.POST if name not in APART}
    edition = whole(request.POST.get("edition"))
    edition = module.edition if edition is None else edition
    return keep_module_draft(module, user=request.user, edition=edition, fields=fields)


def _keep_if_typed(request: PersonRequest, module: Module) -> None:
    """A film that is sent wipes nothing of what stands in the page."""
    if "title" in request.POST:
        _keep(request, module)


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
