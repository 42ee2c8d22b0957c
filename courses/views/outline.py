"""Sections and modules of a course being written: added, named, moved, removed."""

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.confirming import question_before
from core.errors import Refused
from core.idempotency import refuse
from courses.actions import (
    add_module,
    add_section,
    delete_module,
    move_module,
    move_section,
    remove_section,
    rename_section,
)
from courses.forms.studio import NewModuleForm, SectionForm
from courses.models import Course, Module, Section
from courses.views.authoring import author, course_of, module_of, section_of
from courses.views.studio import outline_page
from people.requests import PersonRequest


def _first_error(form: BaseForm) -> str:
    return str(next(iter(form.errors.values()))[0])


def _back(course: Course, anchor: str = "") -> HttpResponse:
    response = redirect("courses:studio-course", course.slug)
    response["Location"] += anchor
    return response


@author
@require_POST
def create_section(request: PersonRequest, slug: str) -> HttpResponse:
    course = course_of(request, slug)
    form = SectionForm(request.POST)
    typed = (0, request.POST.get("title", ""))
    if not form.is_valid():
        return outline_page(request, course, refused=_first_error(form), status=422, section_typed=typed)
    data = form.cleaned_data
    try:
        section = add_section(course, by=request.user, title=data["title"], key=data["key"])
    except Refused as refusal:
        return outline_page(request, course, refused=str(refusal), status=422, section_typed=typed)
    return _back(course, f"#section-{section.pk}")


@author
@require_POST
def name_section(request: PersonRequest, pk: int) -> HttpResponse:
    section = section_of(request, pk)
    form = SectionForm(request.POST)
    if not form.is_valid():
        typed = (section.pk, request.POST.get("title", ""))
        return outline_page(
            request, section.course, refused=_first_error(form), status=422, section_typed=typed
        )
    rename_section(section, by=request.user, title=form.cleaned_data["title"])
    return _back(section.course, f"#section-{section.pk}")


@author
@require_POST
def place_section(request: PersonRequest, pk: int) -> HttpResponse:
    section = section_of(request, pk)
    step = -1 if request.POST.get("direction") == "up" else 1
    places = list(section.course.sections.values_list("pk", flat=True))
    move_section(section, by=request.user, position=max(places.index(section.pk) + 1 + step, 1))
    return _back(section.course, f"#section-{section.pk}")


@author
@require_POST
def drop_section(request: PersonRequest, pk: int) -> HttpResponse:
    section = section_of(request, pk)
    try:
        remove_section(section, by=request.user)
    except Refused as refusal:
        return outline_page(request, section.course, refused=str(refusal), status=422)
    return _back(section.course)


@author
@require_POST
def create_module(request: PersonRequest, slug: str) -> HttpResponse:
    course = course_of(request, slug)
    form = NewModuleForm(request.POST)
    if not form.is_valid():
        return outline_page(request, course, refused=_first_error(form), status=422, module_form=form)
    data = form.cleaned_data
    section = get_object_or_404(course.sections, pk=data["section"])
    try:
        module = add_module(section, by=request.user, kind=data["kind"], title=data["title"], key=data["key"])
    except Refused as refusal:
        refuse(form, refusal)
        return outline_page(request, course, refused=str(refusal), status=422, module_form=form)
    return redirect("courses:studio-module", module.pk)


@author
@require_POST
def place_module(request: PersonRequest, pk: int) -> HttpResponse:
    """One step up or down; past the end of its section a module goes to the next one."""
    module = module_of(request, pk)
    section, position = _neighbour(module, up=request.POST.get("direction") == "up")
    move_module(module, by=request.user, section=section, position=position)
    return _back(module.course, f"#module-{module.pk}")


@author
@require_POST
def drop_module(request: PersonRequest, pk: int) -> HttpResponse:
    module = module_of(request, pk)
    asked = question_before(
        request,
        title=_("Delete the draft “%(title)s”?") % {"title": module.title},
        words=_("Its text, its film and its history are deleted for good."),
        yes=_("Delete the draft"),
        back=reverse("courses:studio-module", args=[module.pk]),
    )
    if asked is not None:
        return asked
    try:
        delete_module(module, by=request.user)
    except Refused as refusal:
        return outline_page(request, module.course, refused=str(refusal), status=422)
    return _back(module.course)


def _neighbour(module: Module, *, up: bool) -> tuple[Section, int]:
    ordered = list(module.section.modules.order_by("position").values_list("pk", flat=True))
    place = ordered.index(module.pk) + 1
    wanted = place - 1 if up else place + 1
    if 1 <= wanted <= len(ordered):
        return module.section, wanted
    sections = list(module.course.sections.order_by("position"))
    at = sections.index(module.section) + (-1 if up else 1)
    if not 0 <= at < len(sections):
        return module.section, place
    return sections[at], sections[at].modules.count() + 1 if up else 1
