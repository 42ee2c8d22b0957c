import threading

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F

from community import actions
from community.models import Resolution
from events import reading
from events.models import Event
from events.recording import record
from gamification.evidence import PAIR_WINDOW, Pair, pairs_of_asker, pairs_of_the_erased
from gamification.models import Grant, PointEntry
from gamification.queries import recognitions_of
from people.actions import deactivate, reactivate
from people.actions.privacy import erase
from people.models import Standing
from tests.making import join, make_post, make_space, make_thread, make_user

READER = "gamification.recognition"


@pytest.fixture
def question(space, awa):
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

    call_command("rebuild", "gamification.recognition")

    assert state() == live
    assert Event.objects.count() == events


@pytest.fixture
def committed_question():
    """As `question`, for tests whose transactions meet: its three people are committed."""
    from gamification.models import Recognition
    from tests.making import make_organisation

    Recognition.objects.get_or_create(code="relevant_answer", defaults={"points": 10})
    lumen = make_organisation()
    awa, karim = (make_user(name, organisation=lumen) for name in ("Awa Mbaye", "Karim Toure"))
    space = make_space(lumen)
    join(space, awa, karim)
    thread = make_thread(space, awa, kind="question")
    return thread, make_post(thread, karim)


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kept_at_the_end", [True, False])
@pytest.mark.parametrize("one_by_one", [True, False])
def test_an_act_that_waited_for_the_thread_may_carry_the_lower_number_and_still_has_the_last_word(
    committed_question, kept_at_the_end, one_by_one, monkeypatch
):
    thread, answer = committed_question
    awa, karim = thread.author, answer.author
    if kept_at_the_end:
        actions.accept_answer(answer, by=awa)
        read_fenced()
    begun, go_on = threading.Event(), threading.Event()

    def act_late_under_an_early_number():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
            begun.set()
            go_on.wait(10)
            last(kept_at_the_end)
        connection.close()

    def last(keep):
        if keep:
            actions.accept_answer(answer, by=awa)
        else:
            actions.unaccept_answer(thread, by=awa)

    late = threading.Thread(target=act_late_under_an_early_number)
    late.start()
    begun.wait(10)
    last(not kept_at_the_end)
    go_on.set()
    late.join(10)
    told = Event.objects.filter(verb__contains="accepted").order_by("-id")
    assert told[0].txid < told[1].txid, "the last word has the lower number"
    assert Resolution.objects.exists() is kept_at_the_end

    if one_by_one:
        monkeypatch.setattr(reading, "BATCH", 1)
    read_fenced()

    expected = ([("relevant_answer", 1)], 10) if kept_at_the_end else ([], 0)
    assert (held(karim), sum(points(karim))) == expected
    before = state()
    call_command("rebuild", "gamification.recognition")
    assert state() == before


def read_fenced():
    assert reading.read(reading.READERS[READER]) is reading.State.DONE


def test_a_table_that_was_lost_is_made_again(question, awa, karim):
    actions.accept_answer(make_post(question, karim), by=awa)
    read()
    before = state()
    Grant.objects.all().delete()
    PointEntry.objects.all().delete()
    Standing.objects.update(recognition="")
    reading.rebuild(reading.READERS[READER], fenced=False)
    assert state() == before


def test_a_line_of_the_ledger_that_was_lost_comes_back_with_the_next_reading(question, awa, karim):
    actions.accept_answer(make_post(question, karim), by=awa)
    read()
    before = state()
    PointEntry.objects.all().delete()
    reading.rebuild(reading.READERS[READER], fenced=False)
    assert state() == before


# Two people who only keep each other's answers


def loops(space, one, other, number):
    for n in range(number):
        asker, author = (one, other) if n % 2 else (other, one)
        thread = make_thread(space, asker, title=f"Question {n}", kind="question")
        actions.accept_answer(make_post(thread, author), by=asker)


def test_six_loops_between_two_people_give_two_recognitions(question, awa, karim):
    loops(question.space, awa, karim, 6)
    read()
    assert len(held(awa)) + len(held(karim)) == 2
    assert sum(points(awa)) + sum(points(karim)) == 20


def test_a_month_later_the_same_two_may_help_each_other_again(question, awa, karim):
    loops(question.space, awa, karim, 3)
    Resolution.objects.update(at=F("at") - PAIR_WINDOW)
    loops(question.space, awa, karim, 3)
    read()
    assert Grant.objects.count() == 4


def test_answers_to_several_people_are_each_recognised(question, awa, karim, lumen):
    for n in range(4):
        asker = make_user(f"Asker {n}", organisation=lumen)
        join(question.space, asker)
        loops(question.space, karim, asker, 1)
    read()
    assert held(karim) == [("relevant_answer", 4)]


def test_what_frees_a_place_gives_it_to_the_next_answer(question, awa, karim):
    threads = [make_thread(question.space, awa, title=f"Q{n}", kind="question") for n in range(3)]
    for thread in threads:
        actions.accept_answer(make_post(thread, karim), by=awa)
    read()
    assert held(karim) == [("relevant_answer", 2)]
    actions.unaccept_answer(threads[0], by=awa)
    read()
    assert held(karim) == [("relevant_answer", 2)]
    assert sum(points(karim)) == 20


def test_what_a_closed_account_kept_proves_nothing_until_it_is_opened_again(question, awa, karim, julie):
    actions.accept_answer(make_post(question, karim), by=awa)
    other = make_thread(question.space, awa, title="Autre", kind="question")
    actions.accept_answer(make_post(other, karim), by=julie)
    read()
    assert held(karim) == [("relevant_answer", 2)]

    deactivate(awa, by=julie)
    read()
    assert (held(karim), sum(points(karim))) == ([("relevant_answer", 1)], 10), "a trainer's word stays"
    reactivate(awa, by=julie)
    read()
    assert (held(karim), sum(points(karim))) == ([("relevant_answer", 2)], 20)


def test_what_an_erased_person_kept_proves_nothing(question, awa, karim, julie):
    actions.accept_answer(make_post(question, karim), by=awa)
    read()
    erase(awa)
    read()
    assert (held(karim), sum(points(karim)), standing(karim)) == ([], 0, "")


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


def test_whose_recognition_hangs_on_an_asker_is_whose_answers_the_asker_kept(
    space, lumen, atelier, awa, karim, julie, ines
):
    def kept(author, asker, by, where=space):
        thread = make_thread(where, asker, kind="question")
        post = make_post(thread, author or karim)
        Resolution.objects.create(thread=thread, post=post, by=by)
        if author is None:
            type(post).objects.filter(pk=post.pk).update(author=None)
        return thread

    fatou = make_user("Fatou", organisation=lumen, time_zone="America/Lima")
    kept(karim, awa, awa)
    kept(fatou, awa, julie)
    kept(fatou, julie, karim)
    kept(julie, karim, karim)
    kept(None, awa, awa)
    assert pairs_of_asker(awa.pk) == {Pair.of(karim.pk, awa.pk)}
    assert pairs_of_asker(karim.pk) == {Pair.of(julie.pk, karim.pk)}

    gone = [kept(karim, awa, awa), kept(None, awa, awa), kept(ines, ines, ines, make_space(atelier))]
    for thread in gone:
        type(thread).objects.filter(pk=thread.pk).update(author=None)
    assert pairs_of_the_erased(lumen.pk) == {Pair(karim.pk, None)}
    assert pairs_of_the_erased(atelier.pk) == {Pair(ines.pk, None)}
