"""Real transactions side by side: what the database decides, shown with commits."""

import threading
import uuid
from functools import partial

import pytest
from django.db import connection

from community import actions
from community.models import Draft, Membership, Mute, Post, ReadState, Resolution, Thread
from events.models import Event
from tests import making

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts) -> list[Exception]:
    """Run every act in its own connection, all released together; returns what they raised."""
    gate, raised = threading.Barrier(len(acts)), []

    def run(act):
        try:
            gate.wait()
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return raised


def test_posts_written_at_once_get_numbers_without_hole_or_double(thread, awa, karim):
    def writer(person, n):
        return lambda: [
            actions.write_post(Thread.objects.get(pk=thread.pk), author=person, body=f"{n}-{k}")
            for k in range(6)
        ]

    assert at_once(*[writer(person, n) for n, person in enumerate([awa, karim] * 4)]) == []
    thread.refresh_from_db()
    numbers = list(thread.posts.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 50))
    assert (thread.last_number, thread.number_of_posts) == (49, 49)
    assert Event.objects.filter(verb="community.post_written").count() == 48


def test_one_message_sent_many_times_at_once_is_one(thread, karim):
    key = uuid.uuid4()
    send = lambda: actions.write_post(  # noqa: E731
        Thread.objects.get(pk=thread.pk), author=karim, body="Une fois", key=key
    )
    assert at_once(*[send] * 6) == []
    thread.refresh_from_db()
    assert (thread.last_number, thread.number_of_posts, thread.posts.count()) == (2, 2, 2)
    assert Event.objects.filter(verb="community.post_written").count() == 1


def test_useful_marks_given_at_once_are_all_counted(thread, lumen, karim):
    post = actions.write_post(thread, author=karim, body="Voici.")
    people = [making.make_user(f"Personne {n}", organisation=lumen) for n in range(12)]
    acts = [
        lambda person=person: actions.react(
            Post.objects.select_related("thread__space").get(pk=post.pk), user=person
        )
        for person in people
    ]
    assert at_once(*acts) == []
    post.refresh_from_db()
    assert post.useful_count == 12
    assert Event.objects.filter(verb="community.post_reacted").count() == 12


def test_one_useful_mark_pressed_twice_at_once_is_one(thread, karim, awa):
    post = actions.write_post(thread, author=karim, body="Voici.")
    press = lambda: actions.react(Post.objects.select_related("thread__space").get(pk=post.pk), user=awa)  # noqa: E731
    assert at_once(*[press] * 6) == []
    post.refresh_from_db()
    assert (post.useful_count, Event.objects.filter(verb="community.post_reacted").count()) == (1, 1)


def test_drafts_saved_in_any_order_end_with_the_newest(thread, karim):
    saves = [
        lambda n=n: actions.save_draft(karim, place=f"thread:{thread.pk}", body=f"état {n}", sequence=n)
        for n in (3, 8, 1, 7, 2, 6, 5, 4)
    ]
    assert at_once(*saves) == []
    assert Draft.objects.get(user=karim).body == "état 8"


def test_reading_in_several_tabs_at_once_keeps_the_furthest(thread, awa, karim):
    for _n in range(8):
        actions.write_post(thread, author=awa, body="Encore")
    thread.refresh_from_db()
    tabs = [lambda n=n: actions.mark_read(thread, user=karim, number=n) for n in (2, 9, 4, 7, 3, 8, 5, 6)]
    assert at_once(*tabs) == []
    assert ReadState.objects.get(user=karim).last_number == 9


def test_two_answers_accepted_at_once_leave_one(thread, awa, karim, julie):
    posts = [actions.write_post(thread, author=karim, body=f"{n}") for n in range(4)]
    acts = [
        lambda post=post, by=by: actions.accept_answer(
            Post.objects.select_related("thread__space").get(pk=post.pk), by=by
        )
        for post, by in zip(posts, [awa, julie, awa, julie], strict=True)
    ]
    assert at_once(*acts) == []
    kept = Resolution.objects.get(thread=thread)
    accepted = Event.objects.filter(verb="community.answer_accepted").count()
    let_go = Event.objects.filter(verb="community.answer_unaccepted").count()
    assert kept.post_id in {post.pk for post in posts}
    assert accepted - let_go == 1


def test_removing_at_once_leaves_the_true_number_of_posts(thread, karim):
    posts = [actions.write_post(thread, author=karim, body=f"{n}") for n in range(8)]
    acts = [
        lambda pk=post.pk: actions.delete_post(
            Post.objects.select_related("thread__space").get(pk=pk), by=karim
        )
        for post in posts[:5]
    ]
    assert at_once(*acts) == []
    thread.refresh_from_db()
    assert (thread.number_of_posts, thread.last_number) == (4, 9)


def test_joining_at_once_is_joining_once(lumen, space, marc):
    assert at_once(*[lambda: actions.join_space(space, user=marc)] * 5) == []
    assert Membership.objects.filter(space=space, user=marc).count() == 1
    assert Event.objects.filter(verb="community.space_joined").count() == 1


def test_two_facilitators_leaving_at_once_leave_one(space, julie, marc):
    making.join(space, marc, role="facilitator")
    at_once(lambda: actions.leave_space(space, user=julie), lambda: actions.leave_space(space, user=marc))
    assert Membership.objects.filter(space=space, role="facilitator").count() == 1


def test_of_two_silences_asked_for_at_once_one_stands(space, karim, julie):
    ask = [partial(actions.mute_member, space, user=karim, by=julie, reason="Le ton", days=n) for n in (1, 7)]
    assert at_once(*ask * 3) == []
    [stands] = Mute.objects.standing()
    undo = partial(actions.undo_mute, stands, by=julie)
    assert at_once(*[undo] * 6) == []
    assert Mute.objects.standing().count() == 1
    assert Event.objects.filter(verb="community.member_unmuted").count() == 1
