from datetime import timedelta

import pytest
from django.utils import timezone

from analytics import days
from analytics.models import LearnerDay
from analytics.queries import facilitation, my_measures
from community.models import Decision, Flag, Post, Resolution, Thread
from people.models import Skill, User, UserSkill
from tests import making
from tests.analytics import acting

pytestmark = pytest.mark.django_db
URL = "/facilitation/"


@pytest.fixture
def space(lumen, julie, awa, karim):
    space = acting.old_space(lumen, "Mes premières semaines", awa, karim)
    making.join(space, julie, role="facilitator")
    return space


@pytest.fixture
def elsewhere(lumen, awa, karim):
    """A space that Julie may read and does not facilitate."""
    return acting.old_space(lumen, "Managers", awa, karim)


def flagged(space, author, by, body="Pose-toi des questions."):
    thread = making.make_thread(space, by, "Une question")
    post = making.make_post(thread, author, body)
    Flag.objects.create(post=post, by=by, reason="tone", comment="Je me sens jugée.")
    return post


def dashboard(client):
    """What the page draws for the person signed in."""
    assert client.get(URL).status_code == 200
    person = User.objects.get(pk=client.session["_auth_user_id"])
    return facilitation.dashboard_of(person, facilitation.spaces_of(person))


def test_a_learner_who_facilitates_nothing_is_refused(sign_in, awa):
    assert sign_in(awa).get(URL).status_code == 403


def test_hr_is_refused_the_names_that_facilitators_see(sign_in, marc, space):
    assert sign_in(marc).get(URL).status_code == 403


def test_a_trainer_without_a_space_is_told_what_comes_here(sign_in, julie):
    page = sign_in(julie).get(URL)
    assert page.status_code == 200
    assert "Vous n’animez pas encore d’espace" in page.content.decode()


def test_a_learner_who_facilitates_a_space_is_let_in(sign_in, lumen, karim):
    own = acting.old_space(lumen, "Entre pairs")
    making.join(own, karim, role="facilitator")
    assert dashboard(sign_in(karim)).spaces == [own]


def test_the_queue_holds_the_flags_of_ones_own_spaces_only(sign_in, julie, awa, karim, space, elsewhere):
    mine = flagged(space, karim, awa)
    flagged(elsewhere, karim, awa, "Un mot ailleurs, en flèche.")

    page = sign_in(julie).get(URL)

    assert [case.post for case in dashboard(sign_in(julie)).cases] == [mine]
    assert "Je me sens jugée." in page.content.decode()
    assert "en flèche" not in page.content.decode()


def test_two_flags_on_one_post_are_one_decision(sign_in, julie, awa, karim, space, lumen):
    post = flagged(space, karim, awa)
    other = making.make_user("Inès Roux", organisation=lumen)
    Flag.objects.create(post=post, by=other, reason="wrong")

    cases = dashboard(sign_in(julie)).cases

    assert [len(case.flags) for case in cases] == [2]
    assert len(cases[0].reasons) == 2


@pytest.mark.parametrize("kind", ["keep", "rephrase", "hide"])
def test_a_decision_taken_from_the_queue_empties_it_and_can_be_undone(
    sign_in, julie, awa, karim, space, kind
):
    post = flagged(space, karim, awa)
    client = sign_in(julie)

    answer = client.post(f"/posts/{post.pk}/decision/", {"kind": kind, "next": URL})

    assert (answer.status_code, answer.url) == (302, URL)
    assert dashboard(client).cases == []
    assert (Post.objects.get(pk=post.pk).hidden_at is not None) == (kind == "hide")
    decision = Decision.objects.get()
    client.post(f"/decisions/{decision.pk}/undoing/", {"next": URL})
    assert [case.post for case in dashboard(client).cases] == [post]


def test_an_empty_queue_says_so_kindly(sign_in, julie, space, english):
    julie.language = "en"
    julie.save(update_fields=["language"])
    assert "Everything is decided" in sign_in(julie).get(URL).content.decode()


def test_unanswered_questions_come_oldest_first_with_who_may_answer(
    sign_in, julie, awa, karim, lumen, space, elsewhere
):
    now = timezone.now()
    skill = Skill.objects.create(organisation=lumen, name="Remises")
    UserSkill.objects.create(user=karim, skill=skill, validated_by=julie, validated_at=now)
    ago = {"kind": "question", "created_at": now - timedelta(hours=26)}
    old = making.make_thread(space, awa, "Qui valide les remises de fin d’année ?", **ago)
    new = making.make_thread(space, awa, "Où trouver la trame ?", kind="question")
    answered = making.make_thread(space, awa, "Et la cantine ?", kind="question")
    making.make_post(answered, karim, "À droite.")
    Resolution.objects.create(thread=answered, post=answered.posts.get(number=2), by=awa)
    making.make_thread(elsewhere, awa, "Une question d’ailleurs ?", kind="question")

    found = dashboard(sign_in(julie))

    assert [question.thread for question in found.questions] == [old, new]
    assert [(question.expert.pk, question.skill) for question in found.questions] == [
        (karim.pk, "Remises"),
        (karim.pk, ""),
    ]
    assert found.number_of_questions == 2


def test_nobody_is_asked_to_answer_their_own_question(sign_in, julie, awa, karim, space):
    done = making.make_thread(space, julie, "Qui a la trame ?", kind="question")
    Resolution.objects.create(thread=done, post=making.make_post(done, awa, "Moi."), by=julie)
    making.make_thread(space, awa, "Comment clôturer ?", kind="question")

    assert [question.expert for question in dashboard(sign_in(julie)).questions] == [None]


def test_asking_an_expert_makes_them_look_after_the_question(sign_in, julie, awa, karim, space):
    thread = making.make_thread(space, awa, "Comment clôturer ?", kind="question")
    client = sign_in(julie)

    client.post(f"/threads/{thread.pk}/owner/", {"handle": karim.handle})

    assert Thread.objects.get(pk=thread.pk).owner == karim
    assert dashboard(client).questions[0].thread.owner == karim


def test_asking_an_expert_can_be_taken_back(sign_in, julie, awa, karim, space):
    thread = making.make_thread(space, awa, "Comment clôturer ?", kind="question")
    client, address = sign_in(julie), f"/threads/{thread.pk}/owner/"
    undo = f"{address}?was={karim.handle}"

    asked = client.post(address, {"handle": karim.handle}, headers={"HX-Request": "true"})
    assert f'hx-post="{undo}"' in asked.text
    taken_back = client.post(undo, headers={"HX-Request": "true"})
    assert f'hx-post="{address}' not in taken_back.text
    assert Thread.objects.get(pk=thread.pk).owner is None


def test_silent_members_are_those_nothing_was_seen_of_for_a_fortnight(
    sign_in, julie, awa, karim, lumen, space
):
    today = days.today(lumen)
    quiet, fresh = (making.make_user(name, organisation=lumen) for name in ("Paul Roux", "Zoé Neuf"))
    making.join(space, quiet, fresh)
    space.memberships.filter(user=quiet).update(joined_at=acting.LONG_AGO)
    for user, ago in ((awa, 13), (karim, 14)):
        LearnerDay.objects.create(organisation=lumen, user=user, day=today - timedelta(days=ago), presences=1)

    found = dashboard(sign_in(julie))

    # Zoé joined the space a moment ago: she is given time. Paul arrived in the organisation today.
    assert {member.person.name for member in found.silent} == {karim.name, quiet.name}
    assert found.number_of_silent == 2


def test_all_silent_members_are_counted_and_those_seen_longest_ago_are_named(
    sign_in, julie, awa, karim, lumen, space
):
    today = days.today(lumen)
    for user, ago in ((awa, 0), (karim, 20)):
        LearnerDay.objects.create(organisation=lumen, user=user, day=today - timedelta(days=ago), presences=1)
    quiet = [making.make_user(f"Camille {number}", organisation=lumen) for number in range(21)]
    making.join(space, *quiet)
    space.memberships.filter(user__in=quiet).update(joined_at=acting.LONG_AGO)
    User.objects.filter(pk=quiet[0].pk).update(joined_at=acting.LONG_AGO)
    for number, user in enumerate(quiet, start=30):
        day = today - timedelta(days=number)
        LearnerDay.objects.create(organisation=lumen, user=user, day=day, presences=1)

    found = dashboard(sign_in(julie))

    assert [member.person.pk for member in found.silent] == [user.pk for user in quiet[:0:-1]]
    # Karim and all of the others; the first of them has been here for long.
    assert (found.number_of_silent, found.number_of_silent_newcomers) == (22, 21)


def test_very_useful_answers_are_proposed_until_they_are_pinned(sign_in, julie, awa, karim, space, elsewhere):
    thread = making.make_thread(space, awa)
    useful = making.make_post(thread, karim, useful_count=3)
    making.make_post(thread, karim, useful_count=2)
    making.make_post(making.make_thread(elsewhere, awa), karim, useful_count=9)
    client = sign_in(julie)
    assert dashboard(client).highlights == [useful]

    client.post(f"/threads/{thread.pk}/pin/", {"on": "1"})

    assert dashboard(client).highlights == []


def test_the_page_asks_the_database_as_often_with_one_item_as_with_three(
    sign_in, julie, awa, karim, lumen, space, django_assert_num_queries
):
    def add(number):
        for _ in range(number):
            other = making.make_user("Camille", organisation=lumen)
            making.join(space, other)
            space.memberships.filter(user=other).update(joined_at=acting.LONG_AGO)
            flagged(space, karim, awa)
            making.make_thread(space, awa, "Comment ?", kind="question")
            making.make_post(making.make_thread(space, awa), karim, useful_count=5)

    client = sign_in(julie)
    add(1)
    client.get(URL)
    with django_assert_num_queries(14):
        client.get(URL)
    add(2)
    with django_assert_num_queries(14):
        client.get(URL)


def test_each_person_sees_their_own_weeks_on_the_privacy_page(sign_in, awa, karim, lumen):
    today = days.today(lumen)
    for user, contributions in ((awa, 3), (karim, 41)):
        LearnerDay.objects.create(
            organisation=lumen, user=user, day=today, presences=4, contributions=contributions
        )

    page = sign_in(awa).get("/privacy/")

    names = [measure.column for measure in my_measures.WEEKLY]
    week = dict(zip(names, my_measures.weeks_of(awa)[0].numbers, strict=True))
    assert (week["presences"], week["contributions"]) == (1, 3)
    assert "41" not in page.content.decode().split("<main", 1)[1].split("<aside", 1)[0]


def test_who_looks_after_silent_members_is_not_sent_to_write_where_one_cannot(
    sign_in, julie, awa, karim, lumen, space
):
    page = sign_in(julie).get(URL).content.decode()
    assert karim.name in page
    assert "Les messages à deux n’existent pas encore ici" in page
