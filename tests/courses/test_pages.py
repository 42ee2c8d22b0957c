import pytest

from community.models import ThreadPass
from courses.models import Answer, Attempt, Caption, Cue, Enrolment
from courses.shuffling import option_value
from tests import making


def caption(module, language="fr"):
    caption = Caption.objects.create(video=module.video, language=language, vtt="WEBVTT\n")
    Cue.objects.create(caption=caption, start=2, end=4, text="Quand le ton monte")
    Cue.objects.create(caption=caption, start=65.5, end=70, text="Laissez la personne finir")
    return caption


def test_the_catalogue_shows_published_courses_of_ones_organisation(sign_in, awa, lumen, atelier):
    making.make_course(lumen, "Relation client")
    making.make_course(lumen, "Brouillon secret", published=False)
    making.make_course(atelier, "Menuiserie")
    page = sign_in(awa).get("/courses/").text
    assert "Relation client" in page
    assert "Brouillon secret" not in page
    assert "Menuiserie" not in page


def test_a_stranger_gets_404_for_a_course_and_its_modules(sign_in, ines, course, film_module):
    client = sign_in(ines)
    for address in (
        course.get_absolute_url(),
        film_module.get_absolute_url(),
        f"/videos/{film_module.video.pk}/",
    ):
        assert client.get(address).status_code == 404


def test_enrolling_opens_the_modules_and_the_space(sign_in, awa, course, film_module):
    client = sign_in(awa)
    assert client.get(film_module.get_absolute_url()).status_code == 302
    client.post(f"/courses/{course.slug}/enrolment/")
    assert client.get(film_module.get_absolute_url()).status_code == 200
    space = course.sessions.get().space
    assert space.memberships.filter(user=awa).exists()
    client.post(f"/courses/{course.slug}/departure/")
    assert not space.memberships.filter(user=awa).exists()
    assert client.get(f"/videos/{film_module.video.pk}/").status_code == 404
    assert Enrolment.objects.get(user=awa).left_at is not None


def test_the_transcript_stands_below_the_film(sign_in, awa, course, film_module):
    making.enrol(awa, course)
    found = caption(film_module)
    page = sign_in(awa).get(film_module.get_absolute_url()).text
    assert "Laissez la personne finir" in page
    assert 'data-moment="65.500"' in page
    assert "1:05" in page
    assert f"/captions/{found.pk}.vtt" in page


def test_the_player_reports_and_the_page_says_how_far_one_is(sign_in, awa, course, film_module):
    making.enrol(awa, course)
    client = sign_in(awa)
    client.get(film_module.get_absolute_url())
    address = film_module.get_absolute_url() + "watching/"
    answer = client.post(address, {"ranges": [[0, 4]], "position": 4}, content_type="application/json")
    assert answer.json()["coverage"] == pytest.approx(0.04)
    assert answer.json()["rules"][0]["done"] is False
    assert 'data-resume="4.0"' in client.get(film_module.get_absolute_url()).text


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        '{"ranges": 3, "position": 1}',
        '{"ranges": [[0, "x"]], "position": 1}',
        "nonsense",
        '{"ranges": [[0, 1e999]], "position": 1}',
        '{"ranges": [[0,1]], "position": "nan"}',
    ],
)
def test_a_report_that_makes_no_sense_is_refused(sign_in, awa, course, film_module, body):
    enrolment = making.enrol(awa, course)
    client = sign_in(awa)
    client.get(film_module.get_absolute_url())
    answer = client.post(film_module.get_absolute_url() + "watching/", body, content_type="application/json")
    assert answer.status_code == 400
    assert enrolment.progress.get().coverage == 0


def test_a_film_is_sent_by_ranges_to_those_who_follow_it(sign_in, awa, course, film_module):
    making.enrol(awa, course)
    answer = sign_in(awa).get(f"/videos/{film_module.video.pk}/", headers={"Range": "bytes=4-7"})
    assert answer.status_code == 206
    assert b"".join(answer.streaming_content) == b"ftyp"
    assert answer["Content-Type"] == "video/mp4"


def test_a_quiz_from_the_first_question_to_the_result(sign_in, awa, course, quiz_module):
    making.enrol(awa, course)
    client, home = sign_in(awa), quiz_module.get_absolute_url()
    single, multiple = [row.question for row in quiz_module.quiz.quiz_questions.order_by("position")]
    assert "/attempts/" in client.get(home).text
    client.post(home + "attempts/")
    page = client.get(home).text
    assert "Qui valide" in page
    assert '<progress class="progress progress-info' not in page
    attempt = Attempt.objects.get()
    right = option_value(attempt.pk, single.options.get(correct=True).pk)
    answered = client.post(home + "answers/", {"question": single.pk, "option": right}, follow=True)
    assert "Le manager" in answered.text
    assert ThreadPass.objects.filter(user=awa).count() == 1
    options = [option_value(attempt.pk, one.pk) for one in multiple.options.filter(correct=True)]
    client.post(home + "answers/", {"question": multiple.pk, "option": options})
    assert Attempt.objects.get().score == 2
    assert "100" in client.get(home).text
    assert Enrolment.objects.get(user=awa).completed_at is not None


def test_an_answer_without_a_choice_comes_back_with_the_question(sign_in, awa, course, quiz_module):
    making.enrol(awa, course)
    client, home = sign_in(awa), quiz_module.get_absolute_url()
    client.post(home + "attempts/")
    question = quiz_module.quiz.quiz_questions.first().question
    answer = client.post(home + "answers/", {"question": question.pk})
    assert answer.status_code == 422
    assert "Qui valide" in answer.text
    assert not Answer.objects.exists()


def test_anyone_else_s_quiz_cannot_be_started(sign_in, ines, karim, course, quiz_module):
    assert sign_in(ines).post(quiz_module.get_absolute_url() + "attempts/").status_code == 404
    assert sign_in(karim).post(quiz_module.get_absolute_url() + "attempts/").status_code == 404
    assert not Attempt.objects.exists()
