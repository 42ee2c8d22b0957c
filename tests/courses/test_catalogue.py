from datetime import date

import pytest

from courses.actions import enrol
from courses.models import Progress
from courses.queries.catalogue import Filters, catalogue_page
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
    page = sign_in(awa).get(f"/courses/{query}").text
    assert {title for title in shelf if f">{title}</a>" in page} == found


def test_a_card_says_how_far_one_is(awa, shelf):
    courses = {card.title: card for card in catalogue_page(awa, Filters(), None).object_list}
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


def test_a_card_says_all_that_one_needs_to_choose(sign_in, awa, shelf):
    course = shelf["Feedback"]
    course.title, course.summary = "Dire <ce> qui va", "Sans « mais » & sans détour"
    course.due_on = date(2031, 3, 9)
    course.save(update_fields=["title", "summary", "due_on"])
    card = sign_in(awa).get("/courses/?mandatory=on").text
    card = card[card.index('<li class="flex">') : card.index("</li>", card.index('<li class="flex">'))]
    assert 'lang="en" dir="auto">Dire &lt;ce&gt; qui va</a>' in card
    assert 'lang="en" dir="auto">Sans « mais » &amp; sans détour</p>' in card
    assert f'href="{course.get_absolute_url()}"' in card
    assert 'aria-label="Modules faits\xa0: 0 sur 2"' in card
    assert ">Obligatoire avant le 9 mars 2031</span>" in card
    assert "10 min</span>" in card
    assert "0 personne" not in card
    making.enrol(awa, course)
    assert "1 personne</span>" in sign_in(awa).get("/courses/?mandatory=on").text


def test_a_card_changes_with_what_it_shows(sign_in, awa, shelf):
    client = sign_in(awa)
    assert "Écouter</a>" in client.get("/courses/").text
    shelf["Écouter"].title = "Entendre"
    shelf["Écouter"].save(update_fields=["title"])
    after = client.get("/courses/").text
    assert "Entendre</a>" in after
    assert "Écouter</a>" not in after


def test_a_card_speaks_the_language_of_its_reader(sign_in, awa, shelf):
    client = sign_in(awa)
    for language, words in (("fr", "Terminée</span>"), ("en", "Finished</span>"), ("fr", "Terminée</span>")):
        awa.language = language
        awa.save(update_fields=["language"])
        assert words in client.get("/courses/?state=done").text
