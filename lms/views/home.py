from django.contrib.humanize.templatetags.humanize import apnumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from core.access import public
from core.addresses import address_if_any
from gamification.queries import recognitions_of
from lms.queries import home as queries
from lms.queries.first_steps import first_steps
from people.rules import is_hr


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The day's page of whoever is signed in; for everyone else, what Palabre is."""
    if not request.user.is_authenticated:
        return render(request, "lms/landing.html")
    person = request.user
    previous_visit = getattr(request, "previous_visit", None)
    courses = queries.my_courses(person)
    facilitates = person.roles & {"trainer"} or queries.facilitates(person)
    answered_by = queries.colleagues_who_answered(person, since=previous_visit)
    reports = address_if_any("analytics:reports") if is_hr(person) else ""
    context = {
        "answered_by": answered_by,
        "answered_words": capfirst(str(apnumber(answered_by))),
        "previous_visit": previous_visit,
        "resume": queries.where_i_was(courses),
        "courses": courses,
        "steps": first_steps(person),
        "threads": queries.talk_of_the_moment(person),
        "challenge": queries.challenge_of_the_week(person),
        "recognitions": recognitions_of(person)[:3],
        "waiting": queries.waiting_for(person) if facilitates else None,
        "facilitation_url": address_if_any("analytics:facilitation"),
        "reports_url": reports,
        "organisation": person.organisation if reports else None,
    }
    return render(request, "lms/home.html", context)
