"""Being enrolled before a session opens: enrolled now, in at the date, and both said."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community.models import Membership
from core.errors import Refused
from courses.actions import change_session, enrol, open_session
from courses.models import Enrolment, Module, Progress
from courses.queries.outline import enrolment_of
from lms.queries.home import my_courses, where_i_was
from tests import making

DAY = timedelta(days=1)


@pytest.fixture
def lesson(course):
    module = making.make_module(course, "Écouter", body="Bonjour", html="<p>Bonjour à vous</p>")
    module.rules.create(kind="opened")
    return module


@pytest.fixture
def session(course, lesson, julie):
    """It opens in two days."""
    return open_session(course, by=julie, name="Décembre", opens_at=timezone.now() + 2 * DAY)


def test_a_trainer_enrols_before_the_opening_and_is_told_when_access_comes(session, awa, julie, sign_in):
    answer = sign_in(julie).post(f"/studio/sessions/{session.pk}/", {"person": [awa.pk]}, follow=True)
    assert answer.status_code == 200
    assert Enrolment.objects.get(user=awa).session == session
    assert Membership.objects.filter(user=awa, space=session.space).exists()
    day = timezone.localtime(session.opens_at)
    assert f"{day.day} " in answer.text
    assert "personne inscrite" in answer.text
    assert "L’accès aux modules s’ouvrira" in answer.text


def test_until_the_date_no_module_is_opened_by_any_door(session, lesson, awa, karim, sign_in):
    enrol(awa, session, by=karim)
    client = sign_in(awa)
    page = client.get(lesson.get_absolute_url(), follow=True)
    assert page.redirect_chain[-1][0] == lesson.course.get_absolute_url()
    assert "Bonjour à vous" not in page.text
    assert "les modules s’ouvrent le" in page.text
    api = f"/api/v1/courses/{lesson.course.slug}/"
    assert client.get(f"{api}modules/{lesson.pk}/").status_code == 422
    assert client.get(api).json()["opens_at"] is not None
    assert not Module.objects.readable_by(awa).exists()
    assert not Progress.objects.exists()
    assert where_i_was(my_courses(awa)) is None


def test_at_the_date_the_modules_are_there(session, lesson, awa, julie, sign_in):
    enrol(awa, session, by=julie)
    change_session(session, by=julie, opens_at=timezone.now() - timedelta(seconds=1))
    page = sign_in(awa).get(lesson.get_absolute_url())
    assert "Bonjour à vous" in page.text
    assert set(Module.objects.readable_by(awa)) == {lesson}
    assert Progress.objects.get().enrolment.user == awa


def test_who_follows_an_open_session_keeps_it_while_the_next_one_waits(session, course, lesson, awa, julie):
    now = making.enrol(awa, course)
    enrol(awa, session, by=julie)
    assert enrolment_of(awa, course) == now


def test_a_session_that_has_ended_takes_nobody(session, awa, julie):
    change_session(session, by=julie, opens_at=timezone.now() - 3 * DAY, closes_at=timezone.now() - DAY)
    with pytest.raises(Refused):
        enrol(awa, session, by=julie)
    assert not Enrolment.objects.filter(user=awa).exists()
