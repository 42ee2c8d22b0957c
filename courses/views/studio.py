"""The studio's courses: list, make, change, publish, put away."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.confirming import question_before
from core.editions import Overtaken, edition_of
from core.errors import Refused
from core.idempotency import refuse
from courses.actions import (
    archive_course,
    change_course,
    create_course,
    delete_course,
    nobody_began,
    publish_all,
    publish_course,
)
from courses.actions.courses import state_of_course
from courses.forms.studio import CourseForm, NewModuleForm
from courses.models import Course
from courses.publication import checklist
from courses.queries.history import difference
from courses.queries.studio import courses_to_write, outline_to_write
from courses.views.authoring import author, course_of
from people.requests import PersonRequest


@author
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    page = courses_to_write(request.user, text, request.GET.get("page"))
    return render(request, "courses/studio.html", {"page": page, "text": text})


@author
@require_http_methods(["GET", "POST"])
def new(request: PersonRequest) -> HttpResponse:
    start = {"key": uuid.uuid4(), "language": request.user.language}
    form = CourseForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            course = create_course(by=request.user, key=form.cleaned_data["key"], **form.fields_to_save)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The course is a draft: nobody sees it before you publish it."))
            return redirect("courses:studio-course", course.slug)
    return _form(request, form, None)


@author
@require_safe
def show(request: PersonRequest, slug: str) -> HttpResponse:
    return outline_page(request, course_of(request, slug))


def outline_page(
    request: PersonRequest,
    course: Course,
    *,
    refused: str = "",
    status: int = 200,
    module_form: NewModuleForm | None = None,
    section_typed: tuple[int, str] = (0, ""),
) -> HttpResponse:
    """`section_typed` is a title that was refused, and the section it was for; 0 for another one."""
    sections = outline_to_write(course)
    modules = [module for section in sections for module in section.modules]
    context = {
        "course": course,
        "sections": sections,
        "checklist": checklist(course, modules),
        "can_be_deleted": nobody_began(course),
        "has_drafts": any(module.published_at is None for module in modules),
        "section_key": uuid.uuid4(),
        "module_form": module_form or NewModuleForm(initial={"key": uuid.uuid4()}),
        "section_typed": section_typed,
        "refused": refused,
    }
    return render(request, "courses/studio_course.html", context, status=status)


@author
@require_http_methods(["GET", "POST"])
def settings(request: PersonRequest, slug: str) -> HttpResponse:
    course = course_of(request, slug)
    form = CourseForm(request.POST or None, instance=course)
    if request.method == "POST" and form.is_valid():
        edition = request.POST.get("edition", "")
        try:
            change_course(course, by=request.user, edition=edition, **form.fields_to_save)
        except Overtaken as refusal:
            labels = {name: field.label for name, field in form.fields.items()}
            found = difference(refusal.state, form.fields_to_save, labels)
            return _form(request, form, course, 409, edition=edition_of(refusal.state), differences=found)
        messages.success(request, _("Saved."))
        return redirect("courses:studio-course", slug)
    return _form(request, form, course, edition=edition_of(state_of_course(course_of(request, slug))))


@author
@require_POST
def publication(request: PersonRequest, slug: str) -> HttpResponse:
    course = course_of(request, slug)
    if request.POST.get("wanted") == "archived":
        asked = question_before(
            request,
            title=_("Take “%(title)s” out of the catalogue?") % {"title": course.title},
            words=_("Nobody enrols any more. Those who follow it keep it, and you can publish it again."),
            yes=_("Take it out of the catalogue"),
            back=reverse("courses:studio-course", args=[slug]),
        )
        if asked is not None:
            return asked
    try:
        if request.POST.get("wanted") == "archived":
            archive_course(course, by=request.user)
            messages.info(request, _("The course has left the catalogue. Those who follow it keep it."))
        else:
            _publish(request, course)
    except Refused as refusal:
        return outline_page(request, course, refused=str(refusal), status=422)
    return redirect("courses:studio-course", slug)


@author
@require_POST
def drop(request: PersonRequest, slug: str) -> HttpResponse:
    """A course that nobody has begun goes, brought in or written here."""
    course = course_of(request, slug)
    asked = question_before(
        request,
        title=_("Delete “%(title)s”?") % {"title": course.title},
        words=_("The course, its modules, its films and its spaces are deleted. This cannot be undone."),
        yes=_("Delete the course"),
        back=reverse("courses:studio-course", args=[slug]),
    )
    if asked is not None:
        return asked
    try:
        delete_course(course, by=request.user)
    except Refused as refusal:
        return outline_page(request, course, refused=str(refusal), status=422)
    messages.info(request, _("“%(title)s” was deleted.") % {"title": course.title})
    return redirect("courses:studio")


def _publish(request: PersonRequest, course: Course) -> None:
    """The course as it is, or with every draft that is ready (`wanted=everything`)."""
    if request.POST.get("wanted") != "everything":
        publish_course(course, by=request.user)
        messages.success(request, _("The course is in the catalogue."))
        return
    left = publish_all(course, by=request.user)
    messages.success(request, _("The course and its modules are published."))
    if left:
        titles = ", ".join(module.title for module in left)
        messages.warning(
            request, _("Still drafts, because something is missing: %(titles)s") % {"titles": titles}
        )


def _form(
    request: PersonRequest, form: CourseForm, course: Course | None, status: int = 0, **more: Any
) -> HttpResponse:
    context = {"form": form, "course": course, **more}
    status = status or (422 if form.is_bound else 200)
    return render(request, "courses/studio_course_form.html", context, status=status)
