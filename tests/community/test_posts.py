import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils import timezone

from community import actions
from community.models import Draft, Post, PostRevision, ReadState, Thread, ThreadPass, Watch
from core.errors import Refused
from events.models import Event
from tests import making

pytestmark = pytest.mark.django_db


def verbs() -> list[str]:
    return list(Event.objects.order_by("id").values_list("verb", flat=True))


def test_a_reply_takes_the_next_number_and_tells_the_log_whom_it_answers(thread, awa, karim):
    post = actions.write_post(thread, author=karim, body="Le **manager**.")
    thread.refresh_from_db()
    assert (post.number, thread.last_number, thread.number_of_posts) == (2, 2, 2)
    assert "<strong>manager</strong>" in post.html
    event = Event.objects.get(verb="community.post_written")
    assert (event.actor_id, event.post_id, event.role, event.data["to"]) == (
        karim.pk,
        post.pk,
        "learner",
        awa.pk,
    )
    assert Watch.objects.get(thread=thread, user=karim).reason == "replied"


def test_a_facilitator_is_no_learner_in_their_own_space(thread, space, marc):
    making.join(space, marc, role="facilitator")
    actions.write_post(thread, author=marc, body="Je regarde.")
    assert Event.objects.get(verb="community.post_written").role == "trainer"


def test_a_reply_to_a_reply_joins_the_same_parent(thread, awa, karim):
    first = actions.write_post(thread, author=karim, body="Un")
    second = actions.write_post(thread, author=awa, body="Deux", parent=first)
    third = actions.write_post(thread, author=karim, body="Trois", parent=second)
    assert (second.parent_id, third.parent_id) == (first.pk, first.pk)


def test_a_reply_to_the_opening_post_is_a_reply_to_the_thread(thread, karim):
    post = actions.write_post(thread, author=karim, body="Un", parent=thread.posts.get(number=1))
    assert post.parent_id is None


def test_a_reply_cannot_join_a_post_of_another_thread(thread, space, awa, karim):
    other = actions.start_thread(space, author=awa, title="Autre", body="Autre")
    elsewhere = actions.write_post(other, author=karim, body="Ailleurs")
    with pytest.raises(Refused):
        actions.write_post(thread, author=karim, body="Ici", parent=elsewhere)
    assert thread.posts.count() == 1


def test_the_same_key_twice_is_one_post_and_one_event(thread, karim):
    key = uuid.uuid4()
    first = actions.write_post(thread, author=karim, body="Une fois", key=key)
    second = actions.write_post(thread, author=karim, body="Une fois", key=key)
    assert first.pk == second.pk
    assert verbs().count("community.post_written") == 1
    thread.refresh_from_db()
    assert (thread.last_number, thread.number_of_posts) == (2, 2)


def test_a_key_of_somebody_else_gives_nothing_of_theirs(thread, awa, karim):
    key = uuid.uuid4()
    actions.write_post(thread, author=karim, body="À moi", key=key)
    own = actions.write_post(thread, author=awa, body="À moi", key=key)
    assert (own.author, own.number) == (awa, 3)


def test_the_same_key_twice_is_one_thread(space, awa):
    key = uuid.uuid4()
    first = actions.start_thread(space, author=awa, title="Une", body="fois", key=key)
    assert actions.start_thread(space, author=awa, title="Une", body="fois", key=key).pk == first.pk
    assert verbs() == ["community.thread_started"]


@pytest.mark.parametrize("body", ["", "   \n "])
def test_an_empty_post_is_refused_and_takes_no_number(thread, karim, body):
    with pytest.raises(Refused):
        actions.write_post(thread, author=karim, body=body)
    thread.refresh_from_db()
    assert thread.last_number == 1


def test_a_locked_thread_takes_no_more_posts(thread, julie, karim):
    actions.lock_thread(thread, by=julie)
    with pytest.raises(Refused):
        actions.write_post(thread, author=karim, body="Encore")
    thread.refresh_from_db()
    assert (thread.last_number, thread.posts.count()) == (1, 1)


def test_an_archived_space_takes_no_more_posts(thread, space, julie, karim):
    actions.archive_space(space, by=julie)
    thread.space.refresh_from_db()
    with pytest.raises(Refused):
        actions.write_post(thread, author=karim, body="Encore")
    assert thread.posts.count() == 1


def test_who_reads_without_being_a_member_does_not_write(thread, marc):
    with pytest.raises(PermissionDenied):
        actions.write_post(thread, author=marc, body="Encore")
    assert thread.posts.count() == 1


def test_a_reply_opens_the_gate_and_not_before(space, awa, karim):
    case = actions.start_thread(
        space, author=awa, title="Un cas", body="Que faire ?", kind="case", gate="after_reply"
    )
    answer = actions.write_post(case, author=awa, body="Je rappelle.")
    assert not Post.objects.visible_to(karim).filter(pk=answer.pk).exists()
    actions.write_post(case, author=karim, body="J’écoute.")
    assert Post.objects.visible_to(karim).filter(pk=answer.pk).exists()


def test_a_gate_that_opens_elsewhere_refuses_replies_until_then(space, awa, karim):
    quiz = actions.start_thread(space, author=awa, title="Question 3", body="Après le quiz", gate="pass")
    with pytest.raises(Refused):
        actions.write_post(quiz, author=karim, body="Alors ?")
    actions.give_pass(quiz, karim)
    actions.give_pass(quiz, karim)
    assert actions.write_post(quiz, author=karim, body="Alors ?").number == 2
    assert ThreadPass.objects.filter(thread=quiz).count() == 1


def test_a_facilitator_reads_behind_every_gate(space, awa, julie):
    quiz = actions.start_thread(space, author=awa, title="Question 3", body="Après le quiz", gate="pass")
    making.make_post(quiz, awa, "Ma réponse")
    assert Post.objects.visible_to(julie).filter(thread=quiz).count() == 2


def test_mentions_reach_only_people_who_can_read_the_thread(thread, awa, karim, marc, ines):
    thread.space.visibility = "closed"
    thread.space.save()
    actions.write_post(thread, author=awa, body=f"@{karim.handle} @{marc.handle} @{ines.handle} @personne ?")
    called = Event.objects.filter(verb="community.person_mentioned")
    assert list(called.values_list("subject_id", flat=True)) == [karim.pk]
    html = thread.posts.get(number=2).html
    assert html.count("<a ") == 1
    assert Watch.objects.get(thread=thread, user=karim).reason == "mentioned"


def test_editing_keeps_what_was_said_and_calls_only_new_people(thread, awa, karim, julie):
    post = actions.write_post(thread, author=awa, body=f"@{karim.handle} ?")
    actions.edit_post(post, by=awa, body=f"@{karim.handle} et @{julie.handle} ?")
    actions.edit_post(post, by=awa, body=f"@{karim.handle} et @{julie.handle} ?")
    assert list(PostRevision.objects.values_list("body", flat=True)) == [f"@{karim.handle} ?"]
    called = Event.objects.filter(verb="community.person_mentioned").order_by("id")
    assert list(called.values_list("subject_id", flat=True)) == [karim.pk, julie.pk]
    assert verbs().count("community.post_edited") == 1
    assert post.edited_at is not None


def test_only_the_author_edits(thread, karim, julie):
    post = actions.write_post(thread, author=karim, body="Mien")
    with pytest.raises(PermissionDenied):
        actions.edit_post(post, by=julie, body="Tien")
    post.refresh_from_db()
    assert (post.body, PostRevision.objects.count()) == ("Mien", 0)


def test_deleting_and_restoring_end_where_they_began(thread, awa, karim):
    post = actions.write_post(thread, author=karim, body="Mien")
    actions.delete_post(post, by=karim)
    actions.delete_post(post, by=karim)
    thread.refresh_from_db()
    assert (thread.number_of_posts, thread.last_number) == (1, 2)
    assert not Post.objects.visible_to(awa).filter(pk=post.pk).exists()
    actions.restore_post(post, by=karim)
    thread.refresh_from_db()
    assert thread.number_of_posts == 2
    actions.restore_post(post, by=karim)
    with pytest.raises(PermissionDenied):
        actions.restore_post(post, by=awa)
    assert verbs()[-2:] == ["community.post_deleted", "community.post_restored"]


def test_others_do_not_delete_and_the_author_does_not_restore_what_a_facilitator_removed(
    thread, awa, karim, julie
):
    post = actions.write_post(thread, author=karim, body="Mien")
    with pytest.raises(PermissionDenied):
        actions.delete_post(post, by=awa)
    actions.delete_post(post, by=julie)
    with pytest.raises(PermissionDenied):
        actions.restore_post(post, by=karim)
    post.refresh_from_db()
    assert post.deleted_by_id == julie.pk


def test_a_removal_is_undone_within_a_day_only(thread, karim):
    post = actions.write_post(thread, author=karim, body="Mien")
    actions.delete_post(post, by=karim)
    Post.objects.filter(pk=post.pk).update(deleted_at=timezone.now() - timedelta(hours=25))
    with pytest.raises(Refused):
        actions.restore_post(post, by=karim)


def test_an_author_removes_their_thread_until_others_have_replied(thread, awa, karim):
    opening = thread.posts.get(number=1)
    actions.delete_post(opening, by=awa)
    thread.refresh_from_db()
    assert thread.deleted_at is not None
    actions.restore_post(opening, by=awa)
    actions.write_post(thread, author=karim, body="Trop tard")
    with pytest.raises(Refused):
        actions.delete_post(opening, by=awa)
    thread.refresh_from_db()
    assert thread.deleted_at is None


def test_reading_moves_forward_only_and_is_told_once(thread, karim, awa):
    for _n in range(3):
        actions.write_post(thread, author=awa, body="Encore")
    thread.refresh_from_db()
    assert actions.mark_read(thread, user=karim, number=3)
    assert not actions.mark_read(thread, user=karim, number=2)
    assert not actions.mark_read(thread, user=karim, number=3)
    assert actions.mark_read(thread, user=karim, number=99)
    assert ReadState.objects.get(thread=thread, user=karim).last_number == 4
    assert verbs()[-2:] == ["community.thread_opened", "community.thread_read"]


def test_a_post_that_came_while_the_page_was_drawn_and_was_shown_is_read(thread, awa, karim):
    fetched = Thread.objects.get(pk=thread.pk)
    actions.write_post(thread, author=awa, body="Entre-temps")
    actions.mark_read(fetched, user=karim, number=2)
    assert ReadState.objects.get(thread=thread, user=karim).last_number == 2
    assert Event.objects.filter(verb="community.thread_opened").latest("pk").data == {"number": 2}


def test_ones_own_post_is_no_news_but_those_before_it_stay_new(thread, awa, karim):
    actions.write_post(thread, author=karim, body="Une réponse")
    actions.write_post(thread, author=awa, body="Sans avoir lu")
    assert ReadState.objects.get(thread=thread, user=awa).last_number == 1
    actions.mark_read(thread, user=awa, number=3)
    actions.write_post(thread, author=awa, body="Ayant lu")
    assert ReadState.objects.get(thread=thread, user=awa).last_number == 4


def test_a_mute_outlives_a_reply_and_ends_when_chosen(thread, karim):
    actions.mute(thread, user=karim)
    actions.write_post(thread, author=karim, body="Un mot")
    assert Watch.objects.get(thread=thread, user=karim).muted
    actions.watch(thread, user=karim)
    assert not Watch.objects.get(thread=thread, user=karim).muted


def test_an_older_draft_never_overwrites_a_newer_one(thread, karim):
    place = f"thread:{thread.pk}"
    assert actions.save_draft(karim, place=place, body="Bonjour à", sequence=2)
    assert not actions.save_draft(karim, place=place, body="Bonjo", sequence=1)
    assert not actions.save_draft(karim, place=place, body="Autre", sequence=2)
    assert Draft.objects.get(user=karim).body == "Bonjour à"
    with pytest.raises(Refused):
        actions.save_draft(karim, place="../etc", body="x", sequence=3)


def test_replying_discards_the_draft_of_that_place_only(thread, karim):
    actions.save_draft(karim, place=f"thread:{thread.pk}", body="Bonj", sequence=1)
    actions.save_draft(karim, place=f"space:{thread.space_id}", body="Ailleurs", sequence=1)
    actions.write_post(thread, author=karim, body="Bonjour")
    assert list(Draft.objects.values_list("body", flat=True)) == ["Ailleurs"]


def test_whoever_is_named_in_a_quote_is_not_called_again(thread, awa, karim, julie):
    body = f"> @{karim.handle} :\n>\n> > @{julie.handle}, tu viens ?\n\nOui, et @{awa.handle} aussi."
    post = actions.write_post(thread, author=julie, body=body)
    called = Event.objects.filter(verb="community.person_mentioned", post_id=post.pk)
    assert set(called.values_list("subject_id", flat=True)) == {awa.pk}
    assert karim.get_absolute_url() in post.html, "the name in the quote still leads to its person"


def test_one_person_calls_a_hundred_people_in_ten_minutes_and_no_more(thread, awa, karim, lumen, english):
    crowd = [making.make_user(f"P{n}", organisation=lumen) for n in range(101)]
    making.join(thread.space, *crowd)
    names = [f"@{person.handle}" for person in crowd]
    actions.write_post(thread, author=awa, body=" ".join(names[:60]))
    actions.write_post(thread, author=awa, body=" ".join(names[40:100]))
    posts, events = thread.posts.count(), Event.objects.count()

    with pytest.raises(Refused, match="your text is kept"):
        actions.write_post(thread, author=awa, body=names[100])
    assert (thread.posts.count(), Event.objects.count()) == (posts, events)
    actions.write_post(thread, author=awa, body=f"{names[3]} again, as often as one likes")
    actions.write_post(thread, author=karim, body=names[100])
    Event.objects.filter(actor_id=awa.pk).update(at=F("at") - timedelta(minutes=11))
    actions.write_post(thread, author=awa, body=names[100])


EMPTY = ["\u200b", "&nbsp;", "---", "```\n```", "[a]: https://example.org", "> Ce que disait Awa"]


@pytest.fixture
def case(space, awa):
    return actions.start_thread(
        space,
        author=awa,
        title="Un cas",
        body="Que faire ?",
        kind="case",
        gate="after_reply",
        choices=["Oui", "Non"],
    )


def has_passed(case, person) -> bool:
    return case.passes.filter(user=person).exists()


@pytest.mark.parametrize("body", EMPTY)
def test_what_says_nothing_is_no_post_and_opens_no_gate(case, karim, body):
    with pytest.raises(Refused):
        actions.write_post(case, author=karim, body=body)
    assert (case.posts.count(), has_passed(case, karim)) == (1, False)
    post = actions.write_post(case, author=karim, body="Je rappelle.")
    with pytest.raises(Refused):
        actions.edit_post(post, by=karim, body=body)
    post.refresh_from_db()
    assert post.body == "Je rappelle."


@pytest.mark.parametrize("body", EMPTY)
def test_a_discussion_that_says_nothing_is_not_opened(space, awa, body):
    with pytest.raises(Refused):
        actions.start_thread(space, author=awa, title="Titre", body=body)
    assert space.threads.count() == 0


def test_a_gate_closes_again_when_the_reply_is_taken_back(case, awa, karim):
    post = actions.write_post(case, author=karim, body="Je rappelle.")
    assert has_passed(case, karim)
    actions.delete_post(post, by=karim)
    assert not has_passed(case, karim)
    actions.restore_post(post, by=karim)
    assert has_passed(case, karim)
    actions.write_post(case, author=awa, body="Merci.")
    assert has_passed(case, awa)


def test_a_vote_opens_no_gate_and_waits_behind_one_that_is_elsewhere(case, space, awa, karim):
    actions.vote(case.choices.first(), user=karim)
    assert not has_passed(case, karim)
    quiz = actions.start_thread(
        space, author=awa, title="Quiz", body="?", kind="poll", gate="pass", choices=["Oui", "Non"]
    )
    with pytest.raises(Refused):
        actions.vote(quiz.choices.first(), user=karim)
    assert quiz.votes.count() == 0
