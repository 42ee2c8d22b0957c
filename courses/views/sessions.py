"""Sessions of a course, and who is in them."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.confirming import question_before
from core.errors import Refused
from core.idempotency import refuse
from core.numbers import whole
from courses.actions import change_session, enrol_many, open_session, unenrol
from courses.forms.studio import NewSessionForm, PeopleForm, SessionForm
from courses.models import Course, Session
from courses.openings import access_sentence
from courses.queries.studio import people_in_unit, people_of_session, people_to_enrol, sessions_to_run
from courses.views.authoring import author, course_of, session_of
from people.models import User
from people.requests import PersonRequest


@author
@require_http_methods(["GET", "POST"])
def index(request: PersonRequest, slug: str) -> HttpResponse:
    course = course_of(request, slug)
    form = NewSessionForm(request.POST or None, initial={"key": uuid.uuid4()})
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            session = open_session(course, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
            refused = str(refusal)
        else:
            messages.success(request, _("The session is there: enrol its people."))
            return redirect("courses:studio-session", session.pk)
    return _list(request, course, form, refused)


@author
@require_http_methods(["GET", "POST"])
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """Its people; a post enrols those who are ticked and those of the unit."""
    session = session_of(request, pk)
    form = PeopleForm(request.POST or None, organisation=session.course.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            people = _asked(request, session, form)
            if not people:
                raise Refused(_("Choose people, or a unit where somebody works."))
            number = enrol_many(people, session, by=request.user)
        except Refused as refusal:
            return _people(request, session, form, str(refusal), 422)
        words = ngettext("%(n)d person enrolled.", "%(n)d people enrolled.", number) % {"n": number}
        if not number:
            words = _("They were all enrolled already.")
        if session.opens_at and not session.has_opened(timezone.now()):
            words += " " + access_sentence(session.opens_at)
        messages.success(request, words)
        return redirect("courses:studio-session", session.pk)
    return _people(request, session, form)


@author
@require_POST
def dates(request: PersonRequest, pk: int) -> HttpResponse:
    session = session_of(request, pk)
    form = SessionForm(request.POST)
    people = PeopleForm(organisation=session.course.organisation)
    if not form.is_valid():
        return _people(request, session, people, status=422, session_form=form)
    try:
        change_session(session, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        return _people(request, session_of(request, pk), people, str(refusal), 422, session_form=form)
    messages.success(request, _("Saved."))
    return redirect("courses:studio-session", session.pk)


@author
@require_POST
def drop(request: PersonRequest, pk: int) -> HttpResponse:
    """Takes one person out of the session, once the trainer has said yes."""
    session = session_of(request, pk)
    enrolment = get_object_or_404(
        session.enrolments.select_related("user", "session__space"),
        pk=whole(request.POST.get("enrolment")) or 0,
    )
    asked = question_before(
        request,
        title=_("Take %(name)s out of the session?") % {"name": enrolment.user.name},
        words=_(
            "They leave the course and its conversations. What they did is kept: enrol them again and they find it."
        ),
        yes=_("Take out"),
        back=reverse("courses:studio-session", args=[session.pk]),
    )
    if asked is not None:
        return asked
    unenrol(enrolment, by=request.user)
    messages.info(request, _("%(name)s has left the session.") % {"name": enrolment.user.name})
    return redirect("courses:studio-session", session.pk)


def _asked(request: PersonRequest, session: Session, form: PeopleForm) -> list[User]:
    ids = [pk for value in request.POST.getlist("person") if (pk := whole(value))]
    people = User.objects.active().filter(organisation=session.course.organisation_id)
    found = list(people.filter(pk__in=ids))
    unit = form.cleaned_data["unit"]
    return [*found, *(people_in_unit(unit, timezone.localdate()) if unit else [])]


def _list(request: PersonRequest, course: Course, form: SessionForm, refused: str) -> HttpResponse:
    context = {"course": course, "sessions": sessions_to_run(course), "form": form, "refused": refused}
    return render(request, "courses/studio_sessions.html", context, status=422 if form.is_bound else 200)


def _people(
    request: PersonRequest, session: Session, form: PeopleForm, refused: str = "", status: int = 200, **forms
) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    context = {
        "session": session,
        "course": session.course,
        "form": form,
        "session_form": SessionForm(instance=session),
        "page": people_of_session(session, request.GET.get("page")),
        "modules_count": session.course.modules.published().count(),
        "text": text,
        "found": people_to_enrol(session, text) if text else [],
        "refused": refused,
    }
    return render(request, "courses/studio_session.html", context | forms, status=status)
