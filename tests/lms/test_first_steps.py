from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import Course
from lms.queries.first_steps import first_steps
from people.models import Profile, User
from tests import making


@pytest.fixture
def nora(lumen):
    return making.make_user("Nora Diop", organisation=lumen)


def done(person):
    return [step.is_done for step in first_steps(person)]


def test_a_newcomer_reads_what_is_mandatory_first_and_what_is_done(lumen, atelier, nora):
    course = making.make_course(lumen, "Sécurité")
    making.make_course(atelier, "Ailleurs")
    Course.objects.update(mandatory=True)
    first, *others = first_steps(nora)
    assert ("Sécurité" in first.words, first.url) == (True, course.get_absolute_url())
    assert not any(step.is_done for step in (first, *others))

    making.enrol(nora, course)
    assert done(nora) == [True, False, False]
    making.join(making.make_space(lumen), nora)
    assert done(nora) == [True, True, False]
    Profile.objects.filter(user=nora).update(job_title="Vendeuse")
    assert first_steps(nora) == []


def test_without_anything_mandatory_a_first_course_is_to_be_chosen(lumen, nora):
    making.make_course(lumen, "Au choix")
    assert first_steps(nora)[0].url == "/courses/"


def test_after_a_month_nothing_is_asked(nora):
    User.objects.filter(pk=nora.pk).update(joined_at=timezone.now() - timedelta(days=31))
    nora.refresh_from_db()
    assert first_steps(nora) == []


def test_the_home_page_shows_them(sign_in, nora):
    page = sign_in(nora).get("/").text
    assert "Trois premiers pas" in page
    assert 'href="/settings/profile/"' in page


def test_nothing_waits_for_you_is_not_said_beside_a_bell_of_three(sign_in, lumen, nora, monkeypatch):
    course = making.make_course(lumen, "Relation client")
    making.make_module(course, "Un")
    making.enrol(nora, course)
    User.objects.filter(pk=nora.pk).update(last_visit_at=timezone.now() - timedelta(days=1))
    assert "Rien ne vous attend" in sign_in(nora).get("/").text.replace("\N{NO-BREAK SPACE}", " ")
    monkeypatch.setattr("lms.context.unread_count", lambda person: 3)
    assert "Rien ne vous attend" not in sign_in(nora).get("/").text.replace("\N{NO-BREAK SPACE}", " ")
