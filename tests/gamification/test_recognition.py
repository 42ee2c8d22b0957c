import pytest
from django.core.management import call_command
from django.db import connection, transaction

from community import actions
from events import reading
from events.models import Event
from events.recording import record
from gamification.models import Grant, PointEntry
from gamification.queries import recognitions_of
from people.models import Standing
from tests.making import join, make_post, make_space, make_thread, make_user

READER = "gamification.recognition"


@pytest.fixture
def question(lumen, awa, karim, julie):
    space = make_space(lumen)
    join(space, awa, karim)
    join(space, julie, role="facilitator")
    return make_thread(space, awa, kind="question")


def read():
    assert reading.read(reading.READERS[READER], fenced=False) is reading.State.DONE


def held(user):
    return [(one.code, one.times) for one in recognitions_of(user)]


def points(user):
    return list(PointEntry.objects.filter(user=user).order_by("pk").values_list("points", flat=True))


def standing(user):
    return Standing.objects.get(user=user).recognition


@pytest.mark.parametrize("who", ["asker", "facilitator"])
def test_an_answer_that_is_accepted_is_recognised(question, awa, karim, julie, who):
    answer = make_post(question, karim)
    actions.accept_answer(answer, by=awa if who == "asker" else julie)
    read()

    assert held(karim) == [("relevant_answer", 1)]
    assert points(karim) == [10]
    assert standing(karim) == "relevant_answer"
    assert held(awa) == []
    assert Event.objects.filter(verb="gamification.recognition_granted", subject_id=karim.pk).count() == 1


def test_ones_own_answer_to_ones_own_question_is_not_recognised(question, awa, julie):
    answer = make_post(question, awa)
    actions.accept_answer(answer, by=julie)
    read()
    assert (held(awa), points(awa), standing(awa)) == ([], [], "")


def test_an_answer_accepted_by_its_own_author_is_not_recognised(question, julie):
    actions.accept_answer(make_post(question, julie), by=julie)
    read()
    assert held(julie) == []


def test_the_recognition_goes_with_the_acceptance_and_the_ledger_says_so(question, awa, karim):
    answer = make_post(question, karim)
    actions.accept_answer(answer, by=awa)
    read()
    actions.unaccept_answer(question, by=awa)
    read()

    assert held(karim) == []
    assert points(karim) == [10, -10]
    assert standing(karim) == ""


def test_it_goes_to_the_other_person_when_another_answer_is_kept(question, awa, karim, lumen):
    sarah = make_user("Sarah Lopez", organisation=lumen)
    join(question.space, sarah)
    actions.accept_answer(make_post(question, karim), by=awa)
    actions.accept_answer(make_post(question, sarah), by=awa)
    read()
    assert (held(karim), sum(points(karim))) == ([], 0)
    assert (held(sarah), sum(points(sarah))) == ([("relevant_answer", 1)], 10)


def test_reading_the_log_again_changes_nothing(question, awa, karim):
    actions.accept_answer(make_post(question, karim), by=awa)
    read()
    events = Event.objects.count()
    reading.Cursor.objects.update(txid=0, event_id=0)
    read()
    assert (held(karim), points(karim)) == ([("relevant_answer", 1)], [10])
    assert Event.objects.count() == events


def state():
    grants = Grant.objects.order_by("user", "evidence").values_list(
        "user", "recognition", "evidence", "event_id", "space_id", "granted_at"
    )
    ledger = PointEntry.objects.order_by("event_id", "user").values_list(
        "user", "points", "recognition", "evidence", "event_id", "at"
    )
    standings = Standing.objects.order_by("user").values_list("user", "recognition")
    return list(grants), list(ledger), list(standings)


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_the_rebuilt_state_equals_the_live_state():
    from gamification.models import Recognition
    from tests.making import make_organisation

    Recognition.objects.get_or_create(code="relevant_answer", defaults={"points": 10})
    lumen = make_organisation()
    people = [make_user(f"P{n}", organisation=lumen) for n in range(4)]
    space = make_space(lumen)
    join(space, *people)
    for n in range(8):
        thread = make_thread(space, people[n % 4])
        answers = [make_post(thread, people[(n + k) % 4]) for k in (1, 2, 4)]
        for answer in answers[: 1 + n % 3]:
            actions.accept_answer(answer, by=thread.author)
            reading.read(reading.READERS[READER])
        if n % 4 == 3:
            actions.unaccept_answer(thread, by=thread.author)
    reading.read(reading.READERS[READER])
    live, events = state(), Event.objects.count()
    assert len(live[0]) >= 3
    assert any(row[1] < 0 for row in live[1])

    call_command("rebuild_recognition")

    assert state() == live
    assert Event.objects.count() == events


def test_an_event_about_a_person_who_is_gone_is_passed_over(question, awa, karim):
    answer = make_post(question, karim)
    with transaction.atomic():
        record(
            "community.answer_accepted", actor=awa, subject=answer, post_id=answer.pk,
            data={"author": 10**12, "asker": awa.pk},
        )  # fmt: skip
    read()
    assert Grant.objects.count() == 0


def test_the_profile_shows_it_and_a_stranger_gets_404(question, awa, karim, ines, sign_in):
    actions.accept_answer(make_post(question, karim), by=awa)
    read()
    address = f"/people/{karim.handle}/recognitions/"

    page = sign_in(awa).get(address, headers={"Accept-Language": "fr"}).content.decode()
    assert "Réponse pertinente" in page
    assert "Obtenue 1 fois" in page
    fragment = sign_in(awa).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Réponse pertinente" in fragment
    assert "<html" not in fragment
    assert sign_in(ines).get(address).status_code == 404
    assert address in sign_in(awa).get(karim.get_absolute_url()).content.decode()


def test_recognitions_cost_one_query(question, awa, karim, django_assert_num_queries):
    actions.accept_answer(make_post(question, karim), by=awa)
    read()
    with django_assert_num_queries(1):
        assert len(recognitions_of(karim)) == 1
    assert connection.queries_log is not None
