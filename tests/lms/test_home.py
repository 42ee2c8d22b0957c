from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from analytics.queries.facilitation import cases_for
from community.models import Choice, Flag, Resolution, Vote
from courses.models import ModuleThread, Progress
from gamification.models import Grant, Recognition
from lms.queries import home
from people.models import User
from tests import making


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture
def space(lumen, awa, karim):
    space = making.make_space(lumen, "Managers")
    making.join(space, awa, karim)
    return space


def test_the_sentence_counts_colleagues_not_messages_and_not_oneself(space, awa, karim, julie):
    thread = making.make_thread(space, awa, "Qui valide ?")
    making.make_post(thread, karim)
    making.make_post(thread, karim)
    making.make_post(thread, awa)
    making.make_post(thread, julie, created_at=timezone.now() - timedelta(days=3))
    making.make_post(thread, julie, hidden_at=timezone.now())
    assert home.colleagues_who_answered(awa, since=timezone.now() - timedelta(days=1)) == 1
    assert home.colleagues_who_answered(awa, since=timezone.now() - timedelta(days=5)) == 2
    assert home.colleagues_who_answered(awa, since=None) == 0


def test_what_is_asked_of_me_comes_first_then_what_is_new(space, awa, karim):
    old = making.make_thread(space, karim, "Lue")
    old.read_states.create(user=awa, last_number=1)
    making.make_thread(space, karim, "Nouvelle")
    case = making.make_thread(space, karim, "Cas", kind="case")
    case.last_post_at = timezone.now() - timedelta(days=5)
    case.save(update_fields=["last_post_at"])
    shown = home.talk_of_the_moment(awa)
    assert [(thread.title, thread.asks) for thread in shown] == [
        ("Cas", True),
        ("Nouvelle", False),
        ("Lue", False),
    ]
    Vote.objects.create(
        thread=case, choice=Choice.objects.create(thread=case, position=1, text="A"), user=awa
    )
    shown = home.talk_of_the_moment(awa)
    assert not any(thread.asks for thread in shown)
    assert {thread.title: thread.votes_count for thread in shown}["Cas"] == 1


def test_only_talk_of_my_own_spaces_shows(lumen, atelier, space, awa, karim, ines):
    making.make_thread(making.make_space(lumen, "Ouvert, mais pas le mien"), karim, "Ailleurs")
    making.make_thread(making.make_space(atelier, "Étranger"), ines, "Étranger")
    thread = making.make_thread(space, karim, "Ici")
    Resolution.objects.create(thread=thread, post=thread.posts.get(), by=karim)
    [shown] = home.talk_of_the_moment(awa)
    assert (shown.title, shown.resolution is not None, shown.replies) == ("Ici", True, 0)


def test_the_challenge_is_the_latest_that_is_still_open(space, awa, karim):
    making.make_thread(space, karim, "Fini", kind="challenge", ends_at=timezone.now() - timedelta(days=1))
    thread = making.make_thread(space, karim, "Ouvert", kind="challenge")
    shown = home.challenge_of_the_week(awa)
    assert (shown.title, shown.done, shown.replies) == ("Ouvert", False, 0)
    making.make_post(thread, awa)
    assert home.challenge_of_the_week(awa).done


def test_a_challenge_without_replies_says_so(space, awa, karim, sign_in):
    thread = making.make_thread(space, karim, "Ouvert", kind="challenge")
    assert "Aucune réponse pour l’instant" in sign_in(awa).get("/").text
    making.make_post(thread, awa)
    assert "1 réponse" in sign_in(awa).get("/").text


def test_a_course_says_what_is_done_and_where_to_go_on(lumen, awa, karim):
    course = making.make_course(lumen, "Relation client")
    first, second, third = (making.make_module(course, title) for title in ["Un", "Deux", "Trois"])
    enrolment = making.enrol(awa, course)
    making.enrol(karim, course)
    [shown] = home.my_courses(awa)
    assert (shown.done, shown.total, shown.learners, shown.next_title) == (0, 3, 2, "Un")
    Progress.objects.create(enrolment=enrolment, module=first, completed_at=timezone.now())
    Progress.objects.create(enrolment=enrolment, module=second, resume_at=192)
    enrolment.last_module = second
    enrolment.save()
    [shown] = courses = home.my_courses(awa)
    assert (shown.done, shown.next_title) == (1, "Deux")
    resume = home.where_i_was(courses)
    assert (resume.title, resume.rank, resume.clock) == ("Deux", 2, "3:12")
    talk = making.make_thread(enrolment.session.space, karim)
    ModuleThread.objects.create(module=second, space=talk.space, thread=talk)
    assert home.where_i_was(courses).posts == 0, "the opening is the module's own"
    making.make_post(talk, karim)
    assert home.where_i_was(courses).posts == 1
    Progress.objects.filter(module=second).update(completed_at=timezone.now())
    resume = home.where_i_was(home.my_courses(awa))
    assert (resume.url, resume.clock) == (third.get_absolute_url(), "")


def test_a_finished_course_is_not_resumed(lumen, awa):
    course = making.make_course(lumen, "Fini")
    module = making.make_module(course, "Seul")
    enrolment = making.enrol(awa, course)
    Progress.objects.create(enrolment=enrolment, module=module, completed_at=timezone.now())
    assert home.where_i_was(home.my_courses(awa)) is None


def test_a_facilitator_sees_what_waits_in_her_spaces_only(lumen, space, awa, karim, julie):
    making.join(space, julie, role="facilitator")
    elsewhere = making.make_space(lumen, "Ailleurs")
    for place in (space, elsewhere):
        question = making.make_thread(place, karim, "Question", kind="question")
        Flag.objects.create(post=question.posts.get(), by=awa, reason="tone")
    assert home.waiting_for(julie) == {"flags": 1, "questions": 1}
    assert home.facilitates(julie)
    assert not home.facilitates(awa)


def test_a_post_flagged_twice_waits_once_and_a_removed_one_not_at_all(lumen, space, awa, karim, julie):
    making.join(space, julie, role="facilitator")
    kept = making.make_thread(space, karim, "Vif", kind="discussion").posts.get()
    removed = making.make_thread(space, karim, "Retiré", kind="discussion").posts.get()
    for post in (kept, removed):
        Flag.objects.create(post=post, by=awa, reason="tone")
    Flag.objects.create(post=kept, by=julie, reason="private")
    removed.deleted_at = timezone.now()
    removed.save(update_fields=["deleted_at"])
    assert home.waiting_for(julie)["flags"] == 1
    assert [case.post for case in cases_for(julie)] == [kept]


def test_home_says_hello_and_shows_each_role_its_own_first_thing(sign_in, space, awa, karim, julie, marc):
    making.join(space, julie, role="facilitator")
    making.make_thread(space, karim, "Notes de frais", kind="question")
    learner = sign_in(awa).get("/").content.decode()
    assert "Bonjour Awa" in learner
    assert "Notes de frais" in learner
    assert "Ce qui vous attend" not in learner
    trainer = sign_in(julie).get("/").content.decode()
    assert trainer.index("Ce qui vous attend") < trainer.index("Ça se discute en ce moment")


@pytest.mark.parametrize("number", [1, 4])
def test_home_costs_the_same_whatever_is_on_it(
    number, sign_in, lumen, space, awa, karim, django_assert_max_num_queries
):
    for index in range(number):
        thread = making.make_thread(space, karim, f"Discussion {index}")
        making.make_post(thread, karim)
        course = making.make_course(lumen, f"Cours {index}")
        making.make_module(course, "Un")
        making.enrol(awa, course)
    making.make_thread(space, karim, "Défi", kind="challenge")
    User.objects.filter(pk=awa.pk).update(last_visit_at=timezone.now() - timedelta(days=1))
    client = sign_in(awa)
    with django_assert_max_num_queries(18):
        client.get("/")


def test_home_shows_what_a_person_is_recognised_for(sign_in, awa):
    recognition, _made = Recognition.objects.get_or_create(code="relevant_answer", defaults={"points": 10})
    for evidence in ("post:1", "post:2"):
        Grant.objects.create(user=awa, recognition=recognition, evidence=evidence, event_id=1)
    page = sign_in(awa).get("/").content.decode()
    assert "Réponse pertinente" in page
    assert "2" in page[page.index("Réponse pertinente") :][:200]
