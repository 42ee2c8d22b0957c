import pytest

from courses.models import Answer, Attempt, Enrolment
from tests import making

ROOT = "/api/v1/courses/"


@pytest.fixture
def home(course):
    return f"{ROOT}{course.slug}/"


def test_the_catalogue_of_the_api_is_that_of_the_page(sign_in, awa, lumen, atelier):
    shown = making.make_course(lumen, "Relation client")
    making.make_course(lumen, "Brouillon", published=False)
    making.make_course(atelier, "Menuiserie")
    answer = sign_in(awa).get(ROOT).json()
    assert [course["slug"] for course in answer["results"]] == [shown.slug]


def test_a_stranger_gets_404_everywhere(sign_in, ines, home, film_module, quiz_module):
    client = sign_in(ines)
    for address in (home, f"{home}modules/{film_module.pk}/", f"{home}modules/{quiz_module.pk}/quiz/"):
        assert client.get(address).status_code == 404
    for address in (f"{home}enrolment/", f"{home}modules/{quiz_module.pk}/attempts/"):
        assert client.post(address).status_code == 404
    assert not Enrolment.objects.exists()


def test_who_is_not_enrolled_sees_the_course_and_no_module(sign_in, awa, home, film_module):
    client = sign_in(awa)
    assert client.get(home).json()["enrolled"] is False
    assert client.get(f"{home}modules/{film_module.pk}/").status_code == 404


def test_enrolling_watching_and_leaving(sign_in, awa, home, film_module):
    client = sign_in(awa)
    assert client.post(f"{home}enrolment/").json()["enrolled"] is True
    address = f"{home}modules/{film_module.pk}/progress/"
    report = {"ranges": [[0, 3]], "position": 3}
    answer = client.post(address, report, content_type="application/json").json()
    assert answer["coverage"] == pytest.approx(0.03)
    assert answer["rules"] == [
        {
            "kind": "watched",
            "threshold": 80,
            "value": 3,
            "done": False,
            "sentence": answer["rules"][0]["sentence"],
        }
    ]
    assert client.get(address).json()["resume_at"] == 3
    assert client.delete(f"{home}enrolment/").status_code == 204
    assert client.get(address).status_code == 404


def test_answers_say_nothing_before_they_are_given(sign_in, awa, course, home, quiz_module):
    making.enrol(awa, course)
    client = sign_in(awa)
    quiz = f"{home}modules/{quiz_module.pk}/"
    client.post(f"{quiz}attempts/")
    seen = client.get(f"{quiz}quiz/").json()
    assert "correct" not in str(seen)
    question = seen["questions"][0]
    chosen = {"question": question["id"], "options": [question["options"][0]["id"]]}
    given = client.post(f"{quiz}answers/", chosen, content_type="application/json")
    assert given.status_code == 201
    assert given.json()["answered_by"] == 1
    other = {"question": question["id"], "options": [question["options"][1]["id"]]}
    assert (
        client.post(f"{quiz}answers/", other, content_type="application/json").json()["options"]
        == chosen["options"]
    )
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("options", [[], [1, 2], ["x"], [999999]])
def test_an_answer_that_makes_no_sense_is_refused(sign_in, awa, course, home, quiz_module, options):
    making.enrol(awa, course)
    client = sign_in(awa)
    quiz = f"{home}modules/{quiz_module.pk}/"
    client.post(f"{quiz}attempts/")
    question = quiz_module.quiz.quiz_questions.first().question
    sent = {"question": question.pk, "options": options}
    assert client.post(f"{quiz}answers/", sent, content_type="application/json").status_code in (400, 422)
    assert Attempt.objects.get().answers.count() == 0
