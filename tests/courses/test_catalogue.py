import pytest

from courses.actions import enrol
from courses.models import Progress
from tests import making


@pytest.fixture
def shelf(lumen, awa):
    """Four courses: one not begun, one begun, one finished, one in English and mandatory."""
    courses = {
        name: making.make_course(lumen, name) for name in ("Écouter", "Négocier", "Rassurer", "Feedback")
    }
    courses["Feedback"].language = "en"
    courses["Feedback"].mandatory = True
    courses["Feedback"].save(update_fields=["language", "mandatory"])
    for course in courses.values():
        making.make_module(course, "Un")
        making.make_module(course, "Deux")
    for name, number in (("Négocier", 1), ("Rassurer", 2)):
        enrolment = enrol(awa, courses[name].sessions.get())
        for module in courses[name].modules.all()[:number]:
            Progress.objects.create(enrolment=enrolment, module=module, completed_at=enrolment.enrolled_at)
        if number == 2:
            enrolment.completed_at = enrolment.enrolled_at
            enrolment.save(update_fields=["completed_at"])
    return courses


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Écouter", "Négocier", "Rassurer", "Feedback"}),
        ("?state=todo", {"Écouter", "Feedback"}),
        ("?state=doing", {"Négocier"}),
        ("?state=done", {"Rassurer"}),
        ("?mine=on", {"Négocier", "Rassurer"}),
        ("?mandatory=on", {"Feedback"}),
        ("?language=en", {"Feedback"}),
        ("?q=ecouter", {"Écouter"}),
        ("?q=negociation", {"Négocier"}),
        ("?q=nothing-of-this", set()),
        ("?state=nonsense&language=xx&page=99", {"Écouter", "Négocier", "Rassurer", "Feedback"}),
    ],
)
def test_filters(sign_in, awa, shelf, query, found):
    page = sign_in(awa).get(f"/courses/{query}")
    assert {course.title for course in page.context["page"].object_list} == found


def test_a_card_says_how_far_one_is(sign_in, awa, shelf):
    courses = {course.title: course for course in sign_in(awa).get("/courses/").context["page"].object_list}
    assert (courses["Négocier"].done_count, courses["Négocier"].modules_count) == (1, 2)
    assert (courses["Écouter"].enrolled, courses["Écouter"].learners, courses["Écouter"].minutes) == (
        False,
        0,
        10,
    )


def test_the_filters_of_htmx_get_the_results_only(sign_in, awa, shelf):
    headers = {"HX-Request": "true", "HX-Target": "catalogue"}
    page = sign_in(awa).get("/courses/?mine=on", headers=headers).text
    assert "<html" not in page
    assert "Négocier" in page
