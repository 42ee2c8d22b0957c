import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from courses.models import Course, Enrolment, Module, Question
from courses.publication import checklist
from people.models import UnitMembership
from tests import making
from tests.courses import films

VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nBonjour\n"


def test_a_course_is_written_and_published_in_the_browser(sign_in, julie, awa):
    client = sign_in(julie)
    made = client.post(
        "/studio/courses/new/", {"title": "Relation client", "language": "fr", "summary": "Écouter"}
    )
    course = Course.objects.get()
    assert made.headers["Location"] == f"/studio/courses/{course.slug}/"
    refused = client.post(f"/studio/courses/{course.slug}/publication/", {"wanted": "published"})
    assert refused.status_code == 422
    section = course.sections.get()
    for kind in ("video", "text", "quiz"):
        client.post(
            f"/studio/courses/{course.slug}/modules/",
            {"kind": kind, "title": f"M {kind}", "section": section.pk},
        )
    video, text, quiz = Module.objects.order_by("position")
    assert client.post(f"/studio/modules/{video.pk}/publication/").status_code == 422
    film = SimpleUploadedFile("film.mp4", films.mp4(30), "video/mp4")
    client.post(f"/studio/modules/{video.pk}/film/", {"film-file": film})
    caption = SimpleUploadedFile("fr.vtt", VTT, "text/vtt")
    client.post(f"/studio/modules/{video.pk}/captions/", {"caption-language": "fr", "caption-file": caption})
    typed = {"title": "Lire", "minutes": 3, "language": "fr", "body": "# Bonjour", "mandatory": "on"}
    typed["opened"] = "on"
    client.post(f"/studio/modules/{text.pk}/", typed)
    client.post("/studio/questions/new/", question_form())
    question = Question.objects.get()
    client.post(f"/studio/modules/{quiz.pk}/questions/", {"add": question.pk})
    settings = {"passed": "on", "pass_mark": 70, "max_attempts": 2}
    client.post(
        f"/studio/modules/{quiz.pk}/", {"title": "M quiz", "minutes": 5, "language": "fr", **settings}
    )
    for module in (video, text, quiz):
        assert client.post(f"/studio/modules/{module.pk}/publication/").status_code == 302
    assert client.post(f"/studio/courses/{course.slug}/publication/").status_code == 302
    learner = sign_in(awa)
    learner.post(f"/courses/{course.slug}/enrolment/")
    assert "Bonjour" in learner.get(f"/courses/{course.slug}/modules/{video.pk}/").text
    assert "<h2>Bonjour</h2>" in learner.get(f"/courses/{course.slug}/modules/{text.pk}/").text
    quiz.refresh_from_db()
    assert (quiz.quiz.pass_mark, quiz.quiz.max_attempts) == (70, 2)


def question_form(**changes):
    return {
        "text": "Qui valide ?",
        "kind": "single",
        "language": "fr",
        "options-TOTAL_FORMS": 2,
        "options-INITIAL_FORMS": 0,
        "options-0-text": "Le manager",
        "options-0-correct": "on",
        "options-1-text": "Personne",
    } | changes


@pytest.fixture
def studio_addresses(course, film_module, quiz_module):
    question = Question.objects.first()
    session = course.sessions.get()
    caption = film_module.video.captions.create(language="fr", vtt=VTT.decode())
    return [
        f"/studio/courses/{course.slug}/",
        f"/studio/courses/{course.slug}/settings/",
        f"/studio/courses/{course.slug}/sessions/",
        f"/studio/modules/{film_module.pk}/",
        f"/studio/modules/{quiz_module.pk}/",
        f"/studio/modules/{quiz_module.pk}/questions/",
        f"/studio/captions/{caption.pk}/",
        f"/studio/questions/{question.pk}/",
        f"/studio/sessions/{session.pk}/",
    ]


def test_a_learner_gets_403_in_the_whole_studio(sign_in, awa, studio_addresses):
    client = sign_in(awa)
    for address in ["/studio/", "/studio/questions/", "/studio/courses/new/", *studio_addresses]:
        assert client.get(address).status_code == 403, address


def test_a_trainer_of_another_organisation_gets_404(sign_in, ines, studio_addresses):
    making.grant_role(ines, "trainer")
    client = sign_in(ines)
    for address in studio_addresses:
        assert client.get(address).status_code == 404, address
    assert "Qui valide" not in client.get("/studio/questions/").text


def test_every_page_of_the_studio_opens_for_its_trainer(sign_in, julie, studio_addresses):
    client = sign_in(julie)
    for address in [
        "/studio/",
        "/studio/questions/",
        "/studio/courses/new/",
        "/studio/questions/new/",
        *studio_addresses,
    ]:
        assert client.get(address).status_code == 200, address


def test_what_was_typed_comes_back_when_a_question_is_refused(sign_in, julie):
    answer = sign_in(julie).post("/studio/questions/new/", question_form(**{"options-0-correct": ""}))
    assert answer.status_code == 422
    assert "Personne" in answer.text
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "---"}, "La question n’a pas de texte."),
        ({"options-1-text": "Le\u200b manager"}, "Deux propositions disent la même chose."),
        ({"options-1-text": "***"}, "Une proposition est vide."),
        ({"options-1-text": "\u200b", "options-1-correct": "on"}, "Une proposition est vide."),
    ],
)
def test_a_question_that_a_learner_could_not_read_is_refused(sign_in, julie, changes, words):
    answer = sign_in(julie).post("/studio/questions/new/", question_form(kind="multiple", **changes))
    assert (answer.status_code, words in answer.text) == (422, True)
    assert not Question.objects.exists()


def test_a_title_that_is_refused_stays_where_it_was_typed(sign_in, julie, course):
    client, long = sign_in(julie), "é" * 201
    section = course.sections.get()
    for address in (f"/studio/courses/{course.slug}/sections/", f"/studio/sections/{section.pk}/"):
        answer = client.post(address, {"title": long})
        assert (answer.status_code, answer.text.count(f'value="{long}"')) == (422, 1)
    assert '<details class="relative" open>' in answer.text
    module = {"kind": "text", "title": long, "section": section.pk}
    answer = client.post(f"/studio/courses/{course.slug}/modules/", module)
    assert (answer.status_code, answer.text.count(f'value="{long}"')) == (422, 1)
    assert "200" in answer.text
    assert list(course.sections.values_list("title", flat=True)) == ["Pour commencer"]
    assert not course.modules.exists()


def test_a_file_that_is_no_film_is_refused(sign_in, julie, film_module):
    fake = SimpleUploadedFile("film.mp4", b"<html>not a film</html>", "video/mp4")
    answer = sign_in(julie).post(f"/studio/modules/{film_module.pk}/film/", {"film-file": fake})
    assert answer.status_code == 422
    film_module.video.refresh_from_db()
    assert film_module.video.duration == 100


def test_a_whole_unit_is_enrolled_with_what_is_below_it_once(sign_in, julie, awa, karim, ines, lumen, course):
    top = making.make_unit(lumen, "Ventes")
    below = making.make_unit(lumen, "Ventes Nord", parent=top)
    for user, unit in ((awa, top), (karim, below)):
        user.unit_memberships.create(unit=unit, starts_on="2020-01-01")
    session = course.sessions.get()
    client = sign_in(julie)
    told = [
        client.post(
            f"/studio/sessions/{session.pk}/", {"unit": top.pk, "person": [ines.pk]}, follow=True
        ).text
        for _ in range(2)
    ]
    assert "2 personnes inscrites." in told[0]
    assert "Tout le monde y était déjà." in told[1]
    assert set(Enrolment.objects.values_list("user", flat=True)) == {awa.pk, karim.pk}
    assert session.space.memberships.filter(user=karim).exists()
    enrolment = Enrolment.objects.get(user=karim)
    client.post(f"/studio/sessions/{session.pk}/departures/", {"enrolment": enrolment.pk, "sure": "yes"})
    assert not session.space.memberships.filter(user=karim).exists()


def test_modules_and_sections_move_by_buttons(sign_in, julie, course):
    first, second = making.make_module(course, "Un"), making.make_module(course, "Deux")
    client = sign_in(julie)
    client.post(f"/studio/modules/{second.pk}/position/", {"direction": "up"})
    assert list(course.modules.order_by("position").values_list("title", flat=True)) == ["Deux", "Un"]
    client.post(f"/studio/courses/{course.slug}/sections/", {"title": "Ensuite"})
    after = course.sections.get(title="Ensuite")
    client.post(f"/studio/modules/{first.pk}/position/", {"direction": "down"})
    first.refresh_from_db()
    assert (first.section, first.position) == (after, 1)
    client.post(f"/studio/sections/{after.pk}/position/", {"direction": "up"})
    assert [section.title for section in course.sections.order_by("position")] == [
        "Ensuite",
        "Pour commencer",
    ]
    refused = client.post(f"/studio/sections/{after.pk}/removal/")
    assert refused.status_code == 422
    assert course.sections.count() == 2


def test_what_takes_something_away_asks_first(sign_in, julie, awa, course, film_module):
    client, enrolment = sign_in(julie), making.enrol(awa, course)
    draft = making.make_module(course, "Brouillon", published_at=None)
    acts = {
        f"/studio/sessions/{enrolment.session_id}/departures/": {"enrolment": enrolment.pk},
        f"/studio/modules/{film_module.pk}/publication/": {"wanted": "draft"},
        f"/studio/modules/{draft.pk}/removal/": {},
        f"/studio/courses/{course.slug}/publication/": {"wanted": "archived"},
    }
    for address, fields in acts.items():
        page = client.post(address, fields)
        assert page.status_code == 200, address
        assert 'name="sure" value="yes"' in page.text
    for row in (enrolment, film_module, course):
        row.refresh_from_db()
    assert enrolment.left_at is None
    assert film_module.published_at is not None
    assert course.archived_at is None
    assert Module.objects.filter(pk=draft.pk).exists()
    for address, fields in acts.items():
        assert client.post(address, {**fields, "sure": "yes"}).status_code == 302
    for row in (enrolment, film_module, course):
        row.refresh_from_db()
    assert enrolment.left_at is not None
    assert film_module.published_at is None
    assert course.archived_at is not None
    assert not Module.objects.filter(pk=draft.pk).exists()


def test_everything_that_is_ready_is_published_at_once(sign_in, julie, lumen):
    course = making.make_course(lumen, published=False)
    ready = [making.make_module(course, f"Leçon {n}", published_at=None, body="Oui") for n in range(3)]
    empty = making.make_module(course, "Sans texte", published_at=None)
    course.sessions.get().space.memberships.create(user=julie, role="facilitator")
    for module in (*ready, empty):
        module.rules.create(kind="opened")
    page = sign_in(julie).post(
        f"/studio/courses/{course.slug}/publication/", {"wanted": "everything"}, follow=True
    )
    assert set(course.modules.published()) == set(ready)
    course.refresh_from_db()
    assert course.published_at is not None
    assert "manque quelque chose\N{NO-BREAK SPACE}: Sans texte" in page.text


def test_questions_of_the_bank_are_added_together(sign_in, julie, quiz_module, lumen, atelier):
    quiz_module.quiz.quiz_questions.all().delete()
    bank = [
        Question.objects.create(organisation=lumen, text=f"Q{n} ?", html=f"<p>Q{n} ?</p>") for n in range(3)
    ]
    other = Question.objects.create(organisation=atelier, text="Autre ?", html="<p>Autre ?</p>")
    address = f"/studio/modules/{quiz_module.pk}/questions/"
    ticked = {"add_ticked": "1", "ticked": [bank[2].pk, bank[0].pk]}
    assert sign_in(julie).post(address, ticked).status_code == 302
    rows = quiz_module.quiz.quiz_questions.order_by("position")
    assert [row.question for row in rows] == [bank[2], bank[0]]
    stolen = sign_in(julie).post(address, {"add_ticked": "1", "ticked": [other.pk]})
    assert stolen.status_code == 404
    assert quiz_module.quiz.quiz_questions.count() == 2


def test_a_course_without_modules_has_not_published_them_all(course):
    assert (False, "Tous les modules sont publiés") in checklist(course, [])


def test_an_empty_bank_counts_no_questions(sign_in, julie):
    assert "0 question" not in sign_in(julie).get("/studio/questions/").text


def test_a_session_of_the_year_one_is_refused_and_its_page_still_answers(sign_in, julie, course):
    client, session = sign_in(julie), course.sessions.get()
    address = f"/studio/sessions/{session.pk}/"
    refused = client.post(f"{address}dates/", {"name": "Automne", "opens_at": "0001-01-01T00:00"})
    assert refused.status_code == 422
    session.refresh_from_db()
    assert session.opens_at is None
    assert client.get(address).status_code == 200


def test_a_session_closes_after_it_opens_and_enrols_somebody(sign_in, julie, course):
    client, address = sign_in(julie), f"/studio/courses/{course.slug}/sessions/"
    dates = {"name": "Printemps", "opens_at": "2027-03-01T09:00", "closes_at": "2027-02-01T09:00"}
    session = course.sessions.get()
    for refused in (client.post(address, dates), client.post(f"/studio/sessions/{session.pk}/dates/", dates)):
        assert (refused.status_code, refused.text.count("Une session se ferme après son ouverture.")) == (
            422,
            1,
        )
        assert "Printemps" in refused.text
    nobody = client.post(f"/studio/sessions/{session.pk}/", {"unit": ""})
    assert nobody.status_code == 422
    assert "Choisissez des personnes" in nobody.text
    assert "2027" not in str(course.sessions.values_list("opens_at"))


def test_a_pass_mark_above_all_of_the_points_is_refused_beside_its_field(sign_in, julie, quiz_module):
    address = f"/studio/modules/{quiz_module.pk}/"
    refused = sign_in(julie).post(address, {"pass_mark": 150, "passed": "on", "title": "Quiz", "minutes": 5})
    assert refused.status_code == 422
    assert "100" in refused.text.split('name="pass_mark"', 1)[1][:600]
    quiz_module.quiz.refresh_from_db()
    assert quiz_module.quiz.pass_mark == 60


def test_who_is_ticked_and_works_in_the_chosen_unit_is_enrolled_once(sign_in, julie, awa, lumen, course):
    sales = making.make_unit(lumen, "Ventes")
    UnitMembership.objects.create(user=awa, unit=sales, starts_on=timezone.localdate())
    address = f"/studio/sessions/{course.sessions.get().pk}/"
    page = sign_in(julie).post(address, {"unit": sales.pk, "person": awa.pk}, follow=True).text
    assert "1 personne inscrite." in page
    assert Enrolment.objects.filter(user=awa).count() == 1
