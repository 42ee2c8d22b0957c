from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import signed_in
from core.errors import Refused
from courses.actions import enrol, unenrol
from courses.models import Course, Session
from courses.openings import opening_sentence
from courses.queries.outline import course_for, course_page, enrolment_of, opening_of
from people.requests import PersonRequest


@signed_in
@require_safe
def show(request: PersonRequest, slug: str) -> HttpResponse:
    course = course_for(request.user, slug)
    if course is None:
        raise Http404
    return render(request, "courses/course.html", {"page": course_page(request.user, course)})


@signed_in
@require_POST
def join(request: PersonRequest, slug: str) -> HttpResponse:
    course = get_object_or_404(Course.objects.visible_to(request.user), slug=slug)
    session = get_object_or_404(
        Session.objects.select_related("space", "course"), course=course, is_open=True
    )
    try:
        enrolment = enrol(request.user, session)
    except Refused as refusal:
        page = course_page(request.user, course)
        return render(request, "courses/course.html", {"page": page, "refused": str(refusal)}, status=422)
    opens_at = opening_of(enrolment)
    hello = _("You are enrolled. Say hello in the first module’s conversation.")
    messages.success(request, opening_sentence(opens_at) if opens_at else hello)
    return redirect(course)


@signed_in
@require_POST
def leave(request: PersonRequest, slug: str) -> HttpResponse:
    course = get_object_or_404(Course.objects.visible_to(request.user), slug=slug)
    enrolment = enrolment_of(request.user, course)
    if enrolment is not None:
        enrolment.user = request.user
        unenrol(enrolment)
        messages.info(request, _("You have left the course. What you did is kept, should you come back."))
    if Course.objects.visible_to(request.user).filter(pk=course.pk).exists():
        return redirect(course)
    return redirect("courses:catalogue")
