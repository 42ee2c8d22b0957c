"""The door of the studio: trainers and administrators, each with the courses of their organisation."""

from django.shortcuts import get_object_or_404

from core.access import role
from courses.models import Course, Module, Question, Section, Session
from courses.rules import may_author
from people.requests import PersonRequest

# 403 for who does not write courses; what is somebody else's answers 404 in the view.
author = role(may_author)


def course_of(request: PersonRequest, slug: str) -> Course:
    return get_object_or_404(Course.objects.editable_by(request.user), slug=slug)


def section_of(request: PersonRequest, pk: int) -> Section:
    rows = Section.objects.filter(course__in=Course.objects.editable_by(request.user))
    return get_object_or_404(rows.select_related("course"), pk=pk)


def module_of(request: PersonRequest, pk: int) -> Module:
    rows = Module.objects.editable_by(request.user)
    return get_object_or_404(rows.select_related("course", "section", "video", "quiz"), pk=pk)


def session_of(request: PersonRequest, pk: int) -> Session:
    rows = Session.objects.filter(course__in=Course.objects.editable_by(request.user))
    return get_object_or_404(rows.select_related("course__organisation", "space"), pk=pk)


def question_of(request: PersonRequest, pk: int) -> Question:
    rows = Question.objects.filter(organisation=request.user.organisation_id)
    return get_object_or_404(rows.prefetch_related("options"), pk=pk)
