"""Who is told, of what, and when the bell falls silent."""

import pytest
import time_machine
from django.utils import timezone

from community import actions as community
from community.models import Flag, Membership, Watch
from events import reading
from notifications.models import Notification
from notifications.queries import notices_from, notifications_of, unread_count
from tests.making import grant_role, join, make_thread, make_user

READER = "notifications.bell"


@pytest.fixture
def thread(space, awa):
    return make_thread(space, awa, kind="question")


def read():
    assert reading.read(reading.READERS[READER], fenced=False) is reading.State.DONE


def told(*users):
    rows = Notification.objects.unread().order_by("user__name", "kind").values_list("user__name", "kind")
    return list(rows)


def reply(thread, author, body="Voici.", **fields):
    return community.write_post(thread, author=author, body=body, **fields)


def test_a_reply_is_told_to_the_asker_and_to_those_who_follow_never_to_its_author(thread, karim, julie, awa):
    community.watch(thread, user=julie)
    reply(thread, karim)
    read()
    assert told() == [("Awa Mbaye", "reply"), ("Julie Dubois", "reply")]


def test_several_replies_make_one_notice_that_leads_to_the_first_unread(thread, karim, julie, awa):
    first = reply(thread, karim)
    reply(thread, julie)
    read()

    notice = Notification.objects.get(user=awa)
    assert (notice.first_post_id, notice.actors, len(notice.event_ids)) == (first.pk, [julie.pk, karim.pk], 2)
    assert notice.target == first.get_absolute_url()
    [card] = notices_from([notice])
    assert "Julie Dubois" in card.words
    assert "Karim Toure" in card.words


def test_a_muted_thread_and_a_silent_space_tell_nothing(thread, awa, karim, julie, space):
    community.mute(thread, user=awa)
    community.watch(thread, user=julie)
    Membership.objects.filter(user=julie).update(notify="nothing")
    reply(thread, karim, body=f"Bonjour @{julie.handle}")
    read()
    assert told() == []


def test_a_member_who_hears_everything_is_told_of_new_discussions_and_posts(space, awa, karim):
    Membership.objects.filter(user=awa).update(notify="everything")
    started = community.start_thread(space, author=karim, title="Une idée", body="Bonjour")
    read()
    assert told() == [("Awa Mbaye", "thread")]
    reply(started, karim)
    read()
    assert told() == [("Awa Mbaye", "reply"), ("Awa Mbaye", "thread")]


def test_whoever_is_mentioned_hears_of_the_mention_and_not_of_the_reply_as_well(thread, awa, karim, julie):
    reply(thread, karim, body=f"Qu'en penses-tu @{awa.handle} et @{julie.handle} ?")
    read()
    assert told() == [("Awa Mbaye", "mention"), ("Julie Dubois", "mention")]


def test_an_accepted_answer_is_told_to_its_author_and_taken_back_with_it(thread, awa, karim):
    answer = reply(thread, karim)
    community.accept_answer(answer, by=awa)
    read()
    assert ("Karim Toure", "accepted") in told()
    community.unaccept_answer(thread, by=awa)
    read()
    assert ("Karim Toure", "accepted") not in told()


def test_a_flag_goes_to_facilitators_and_ends_for_all_when_one_decides(thread, awa, karim, julie, lumen):
    other = make_user("Omar Sy", organisation=lumen)
    join(thread.space, other, role="facilitator")
    post = reply(thread, karim)
    read()
    Notification.objects.all().delete()

    community.flag_post(post, by=awa, reason=Flag.Reason.TONE)
    read()
    assert told() == [("Julie Dubois", "flag"), ("Omar Sy", "flag")]
    named = notices_from(notifications_of(julie))[0]
    assert "Awa" not in named.words
    assert named.by is None

    community.decide(post, by=julie, kind="hide", note="Ton blessant.")
    read()
    assert told() == [("Karim Toure", "decision")]
    assert unread_count(karim) == 1, "the author of a hidden post hears why"


def test_reading_the_post_silences_the_bell_at_once(thread, awa, karim, sign_in):
    reply(thread, karim)
    read()
    client = sign_in(awa)
    assert unread_count(awa) == 1

    page = client.get(thread.get_absolute_url())

    assert page.status_code == 200
    assert unread_count(awa) == 0
    assert 'aria-label="Notifications' in page.content.decode()
    assert "badge-secondary top-1" not in page.content.decode()


def test_what_was_read_before_it_could_be_told_is_not_told(thread, awa, karim):
    post = reply(thread, karim)
    community.mark_read(thread, user=awa, number=post.number)
    read()
    assert told() == []


def test_reading_the_log_again_from_the_first_event_changes_nothing(thread, awa, karim, julie):
    community.watch(thread, user=julie)
    reply(thread, karim, body=f"@{julie.handle} ?")
    answer = reply(thread, julie)
    community.accept_answer(answer, by=awa)
    read()
    community.mark_read(answer.thread, user=awa, number=answer.number)
    read()
    before = list(Notification.objects.order_by("pk").values())
    assert len(before) >= 3

    reading.Cursor.objects.update(txid=0, event_id=0)
    read()
    after = list(Notification.objects.order_by("pk").values())
    assert [row | {"read_at": None} for row in after] == [row | {"read_at": None} for row in before]
    assert unread_count(awa) == 0


def test_the_past_that_an_import_brings_is_no_news(thread, awa, karim):
    with time_machine.travel(timezone.now() - timezone.timedelta(days=30)):
        reply(thread, karim, at=timezone.now())
    read()
    assert told() == []


def test_nobody_hears_of_what_they_may_no_longer_read(thread, awa, karim, julie, space):
    Watch.objects.create(thread=thread, user=julie, reason="chosen")
    reply(thread, karim, body="Ceci est secret")
    space.visibility = "hidden"
    space.save()
    Membership.objects.filter(user__in=[awa, julie]).delete()
    read()
    assert told() == []


def test_a_notice_disappears_with_the_right_to_read_its_thread(thread, awa, karim, space, sign_in):
    reply(thread, karim)
    read()
    assert unread_count(awa) == 1
    notice = Notification.objects.get(user=awa)
    space.visibility = "hidden"
    space.save()
    Membership.objects.filter(user=awa).delete()

    assert unread_count(awa) == 0
    assert thread.title not in sign_in(awa).get("/notifications/").content.decode()
    assert sign_in(awa).get(notice.get_absolute_url()).status_code == 404


def test_a_gate_that_is_closed_keeps_the_reply_from_those_behind_it(space, awa, karim, julie):
    gated = make_thread(space, julie, gate="after_reply")
    community.watch(gated, user=awa)
    community.write_post(gated, author=karim, body="Ma réponse")
    read()
    assert ("Awa Mbaye", "reply") not in told()


def test_the_question_one_is_asked_to_look_after(thread, julie, lumen, karim):
    community.own_question(thread, owner=karim, by=julie)
    read()
    assert told() == [("Karim Toure", "question")]


def test_who_no_longer_looks_after_a_question_is_told_nothing_of_it(thread, julie, karim, awa):
    community.watch(thread, user=awa)
    for owner, names in [(karim, ["Karim Toure"]), (awa, ["Awa Mbaye"]), (None, [])]:
        community.own_question(thread, owner=owner, by=julie)
        read()
        assert told() == [(name, "question") for name in names]
        assert Watch.objects.filter(thread=thread, user=karim).exists() == (owner == karim)
    assert Watch.objects.filter(thread=thread, user=awa).exists()


# Pages


def test_a_notice_opens_its_post_once_and_belongs_to_its_person(thread, awa, karim, julie, sign_in):
    post = reply(thread, karim)
    read()
    notice = Notification.objects.get(user=awa)
    assert sign_in(julie).get(notice.get_absolute_url()).status_code == 404
    assert unread_count(awa) == 1

    fetched_ahead = sign_in(awa).get(notice.get_absolute_url(), headers={"Sec-Purpose": "prefetch"})
    assert fetched_ahead.url == post.get_absolute_url()
    assert unread_count(awa) == 1
    sign_in(awa).get(notice.get_absolute_url())
    assert unread_count(awa) == 0


def test_everything_is_marked_as_read_for_oneself_only(thread, awa, karim, julie, sign_in):
    community.watch(thread, user=julie)
    reply(thread, karim)
    read()
    answer = sign_in(awa).post("/notifications/reading/", follow=True)
    assert answer.status_code == 200
    assert told() == [("Julie Dubois", "reply")]
    assert sign_in(awa).get("/notifications/reading/").status_code == 405


def test_an_empty_list_says_what_would_come(sign_in, awa):
    page = sign_in(awa).get("/notifications/").content.decode()
    assert "Rien de nouveau pour vous" in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_with_one_and_three(
    number, space, awa, karim, sign_in, django_assert_num_queries
):
    for n in range(number):
        reply(make_thread(space, awa, title=f"Question {n}"), karim)
    read()
    client = sign_in(awa)
    client.get("/notifications/")
    with django_assert_num_queries(6):
        page = client.get("/notifications/").content.decode()
    assert page.count("a répondu") == number


def test_the_panel_and_the_bell_are_fragments(thread, awa, karim, sign_in):
    reply(thread, karim)
    read()
    panel = sign_in(awa).get("/notifications/panel/").content.decode()
    assert thread.title in panel
    assert "<html" not in panel
    bell = sign_in(awa).get("/notifications/bell/").content.decode()
    assert f'hx-trigger="live:user:{awa.pk}"' in bell
    assert ">1</span>" in bell


def test_a_trainer_of_the_organisation_is_not_told_of_flags_elsewhere(thread, awa, karim, lumen):
    trainer = make_user("Tara Bell", organisation=lumen)
    grant_role(trainer, "trainer")
    post = reply(thread, karim)
    community.flag_post(post, by=awa, reason=Flag.Reason.TONE)
    read()
    assert ("Tara Bell", "flag") not in told()
