"""What the named pages need to know of the running academy; run inside it by `manage.py shell`."""

import json
import sys
from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cached_db import SessionStore
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from community.models import Thread
from courses.models import Attempt, Course, Enrolment, Module
from people.models import User
from tests.browser import letters

BACKEND = "people.backends.PersonBackend"
COURSE = "relation-client-niveau-1"
DEMO = ("awa", "karim", "julie", "marc", "ines", "admin")


def session_of(person: User) -> str:
    """A session as signing in leaves it: recent enough for the pages that ask for the password again."""
    session = SessionStore()
    request = RequestFactory().get("/")
    request.session = session
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    record_authentication(request, person, "password", reauthenticated=True)
    session["seen"] = timezone.now().isoformat()
    session["previous_visit"] = (timezone.now() - timedelta(days=1)).isoformat()
    session.create()
    UserSession.objects.create(
        user=person, session_key=session.session_key, ip="127.0.0.1", user_agent="Firefox, Linux"
    )
    return session.session_key


def people(quiz: Module) -> dict[str, User]:
    found = {}
    for name in DEMO:
        person = User.objects.filter(email=f"{name}@demo.palabre.test").first()
        if person:
            found[name] = person
    # Nobody's quiz is spent on looking: one who has not begun, one under way, one who has finished.
    attempts = Attempt.objects.filter(quiz=quiz.quiz).order_by("pk")
    found["finisher"] = attempts.exclude(finished_at=None)[0].enrolment.user
    enrolled = Enrolment.objects.active().filter(session__course__slug=COURSE, user__is_active=True)
    untouched = enrolled.exclude(pk__in=attempts.values("enrolment")).exclude(user__in=list(found.values()))
    beginners = list(untouched.order_by("pk")[:2])
    found["beginner"] = beginners[0].user
    running = attempts.filter(finished_at=None).exclude(enrolment__user__in=list(found.values())).first()
    found["halfway"] = running.enrolment.user if running else beginners[1].user
    found["guarded"] = enrolled.exclude(user__in=list(found.values())).order_by("-pk")[0].user
    if not Authenticator.objects.filter(user=found["guarded"]).exists():
        TOTP.activate(found["guarded"], generate_totp_secret())
        RecoveryCodes.activate(found["guarded"])
    return found


def reset_link(person: User) -> str:
    """What the mail of a forgotten password opens; looking at the form uses nothing up."""
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    return reverse("account_reset_password_from_key", args=key.split("-", 1))


def addresses(quiz: Module) -> dict[str, str]:
    course = Course.objects.get(slug=COURSE)
    outline = Module.objects.published().filter(course=course).order_by("section__position", "position")
    by_kind = {kind: outline.filter(kind=kind) for kind in ("video", "text")}
    case = Thread.objects.filter(kind="case", space__slug="managers-de-proximite").order_by(
        "-number_of_posts"
    )
    question = Thread.objects.filter(kind="question", space__slug="mes-premieres-semaines", locked_at=None)
    resource = Thread.objects.filter(kind="resource", space__slug="nos-meilleures-pratiques")
    return {
        "course": course.get_absolute_url(),
        "video": outline.get(title__startswith="Désamorcer").get_absolute_url(),
        "text": by_kind["text"].first().get_absolute_url(),
        "quiz": quiz.get_absolute_url(),
        "quiz_answered": f"{quiz.get_absolute_url()}?question={quiz.quiz.quiz_questions.first().question_id}",
        "case": case.first().get_absolute_url(),
        "question": question.exclude(resolution=None).order_by("-number_of_posts").first().get_absolute_url(),
        "resource": resource.order_by("-number_of_posts").first().get_absolute_url(),
        "studio_video": f"/studio/modules/{outline.get(title__startswith='Désamorcer').pk}/",
        "studio_text": f"/studio/modules/{by_kind['text'].first().pk}/",
        "studio_quiz": f"/studio/modules/{quiz.pk}/",
        "studio_question": f"/studio/questions/{quiz.quiz.quiz_questions.first().question_id}/",
        "studio_session": f"/studio/sessions/{course.sessions.order_by('-pk').first().pk}/",
        "member": f"/organisation/people/{User.objects.get(email='karim@demo.palabre.test').pk}/"
        if User.objects.filter(email="karim@demo.palabre.test").exists()
        else f"/organisation/people/{User.objects.get(email='julie@demo.palabre.test').pk}/",
        "password_key": reset_link(User.objects.get(email="awa@demo.palabre.test")),
    }


def failures() -> dict[str, str]:
    """The pages that only a breakdown shows, as HTML, by name and language."""
    from lms.views import failures as views

    pages = {}
    for language in ("fr", "en"):
        request = RequestFactory().get("/")
        request.user, request.session, request.htmx = AnonymousUser(), {}, False
        with translation.override(language):
            shown = {"500": views.server_error, "maintenance": views.maintenance, "429": views.too_many}
            for name, view in shown.items():
                pages[f"{name}-{language}"] = view(request).content.decode()
    return pages


def tell() -> None:
    quiz = Module.objects.get(course__slug=COURSE, title__contains="à vous de jouer")
    told = {
        "sessions": {name: session_of(person) for name, person in people(quiz).items()},
        "addresses": addresses(quiz),
        "failures": failures(),
        "letters": letters.drawn(),
    }
    sys.stdout.write("\n" + json.dumps(told) + "\n")
