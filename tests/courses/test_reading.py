"""A text is done when the reader says so, or has reached its end after the time that reading takes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.actions import open_module
from courses.actions.reading import seconds_to_read
from courses.models import Progress
from courses.queries.catalogue import courses_to_begin
from courses.queries.outline import course_page
from tests import making


@pytest.fixture
def lesson(course):
    """952 words: two minutes for who skims."""
    module = making.make_module(course, "Écouter", html=f"<p>{'mot ' * 952}</p>")
    module.rules.create(kind="read")
    return module


def test_the_least_time_comes_from_the_words():
    assert seconds_to_read(f"<p>{'mot ' * 952}</p>") == 120


def test_opening_a_text_is_not_reading_it(lesson, course, awa):
    assert open_module(making.enrol(awa, course), lesson).completed_at is None


def test_the_reader_says_so(lesson, course, awa, sign_in):
    making.enrol(awa, course)
    client, address = sign_in(awa), lesson.get_absolute_url()
    assert "J’ai lu ce texte" in client.get(address).text
    page = client.post(f"{address}reading/", follow=True)
    assert Progress.objects.get().completed_at is not None
    assert "J’ai lu ce texte" not in page.text


def test_reaching_the_end_counts_after_a_plausible_time(lesson, course, awa, sign_in):
    making.enrol(awa, course)
    client, address = sign_in(awa), lesson.get_absolute_url()
    client.get(address)
    soon = client.post(f"{address}reading/", {"reached": "1"}).json()
    assert (soon["done"], [rule["done"] for rule in soon["rules"]]) == (False, [False])
    Progress.objects.update(opened_at=timezone.now() - timedelta(seconds=121))
    later = client.post(f"{address}reading/", {"reached": "1"}).json()
    assert (later["done"], later["just_done"], [rule["done"] for rule in later["rules"]]) == (
        True,
        True,
        [True],
    )


def test_who_does_not_follow_the_course_reads_nothing(lesson, course, awa, karim, ines, sign_in):
    making.enrol(awa, course)
    for person in (karim, ines):
        assert sign_in(person).post(f"{lesson.get_absolute_url()}reading/").status_code == 404
    assert not Progress.objects.exists()


def test_a_finished_course_leads_on(lesson, course, lumen, atelier, awa, sign_in):
    making.enrol(awa, course)
    making.make_module(making.make_course(lumen, "Négocier"))
    making.make_course(atelier, "Menuiserie")
    client = sign_in(awa)
    assert "Négocier" not in client.get(course.get_absolute_url()).text
    client.get(lesson.get_absolute_url())
    client.post(f"{lesson.get_absolute_url()}reading/")
    page = client.get(course.get_absolute_url()).text
    assert course_page(awa, course).is_finished
    assert [card.title for card in courses_to_begin(awa)] == ["Négocier"]
    assert "Négocier" in page
    assert "Menuiserie" not in page
    assert f"/spaces/{course.sessions.get().space.slug}/" in page
