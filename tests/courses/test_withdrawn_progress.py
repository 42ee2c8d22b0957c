"""What somebody has earned stays theirs when a module is withdrawn."""

import pytest
from django.utils import timezone

from courses.actions import withdraw_module
from courses.forms.catalogue import FilterForm
from courses.models import Progress
from courses.queries.catalogue import catalogue_page
from courses.queries.outline import course_page
from lms.queries.home import my_courses
from tests import making


@pytest.fixture
def modules(course):
    return [making.make_module(course, f"Module {number}") for number in range(1, 9)]


def done_of_all(person, course) -> dict[str, tuple[int, int]]:
    """How the course page, the catalogue and the home count: done, of how many."""
    page = course_page(person, course)
    (card,) = catalogue_page(person, FilterForm({}).filters, None).object_list
    (mine,) = my_courses(person)
    return {
        "course": (page.done, len(page.steps)),
        "catalogue": (card.done_count, card.modules_count),
        "home": (mine.done, mine.total),
    }


def test_a_module_that_was_done_still_counts_when_it_is_withdrawn(
    course, modules, awa, karim, julie, sign_in
):
    """Awa has done three of eight, Karim none: both are plain members."""
    awas, _karims = making.enrol(awa, course), making.enrol(karim, course)
    for module in modules[:3]:
        Progress.objects.create(enrolment=awas, module=module, completed_at=timezone.now())
    assert set(done_of_all(awa, course).values()) == {(3, 8)}

    withdraw_module(modules[0], by=julie)

    assert done_of_all(awa, course) == dict.fromkeys(("course", "catalogue", "home"), (3, 8))
    assert done_of_all(karim, course) == dict.fromkeys(("course", "catalogue", "home"), (0, 7))
    page = sign_in(awa).get(course.get_absolute_url()).text
    assert "retiré" in page
    assert f'href="{modules[0].get_absolute_url()}"' not in page
    assert "Module 1" not in sign_in(karim).get(course.get_absolute_url()).text
