"""Who is told of what happens to their place: each of these acts used to concern somebody who heard nothing of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import F
from django.utils import timezone

from community import actions as community
from community.models import JoinRequest, Space
from courses import actions as courses
from courses.models import Session
from events import deliveries, reading
from events.models import Delivery
from notifications import actions
from notifications.models import Notification
from notifications.queries import notices_from, notifications_of, unread_count
from notifications.tasks import remind_of_deadlines, send_digests
from tests.making import enrol, join, make_course, make_module, make_post, make_space, make_thread, make_user

pytestmark = pytest.mark.usefixtures("english")


def read():
    assert reading.read_all(fenced=False) is reading.State.DONE


def told(user):
    """What the bell says to a person: sentence, what it is about, where it leads."""
    rows = list(notifications_of(user).unread())
    return [(card.words, card.title, row.target) for card, row in zip(notices_from(rows), rows, strict=True)]


@pytest.fixture
def space(lumen, awa, karim, julie):
    space = make_space(lumen, "Vente conseil", visibility=Space.Visibility.CLOSED)
    join(space, karim)
    join(space, julie, role="facilitator")
    return space


def test_whoever_is_enrolled_by_somebody_hears_of_it_and_whoever_enrols_knows(lumen, awa, karim, julie):
    course = make_course(lumen, "Relation client")
    session = course.sessions.get(is_open=True)
    courses.enrol(awa, session, by=julie)
    courses.enrol(karim, session)
    read()
    assert told(awa) == [("Julie Dubois enrolled you", "Relation client", f"/courses/{course.slug}/")]
    assert told(karim) == []


def test_whoever_is_asked_to_facilitate_hears_of_it(space, karim, julie):
    community.add_facilitator(space, user=karim, by=julie)
    read()
    assert told(karim) == [
        ("Julie Dubois asks you to facilitate this space", "Vente conseil", space.get_absolute_url())
    ]


def test_whoever_is_brought_in_hears_of_it(space, awa, julie):
    community.add_member(space, user=awa, by=julie)
    read()
    assert told(awa) == [
        ("Julie Dubois brought you into this space", "Vente conseil", space.get_absolute_url())
    ]


def test_facilitators_hear_of_a_request_to_enter_and_the_person_of_being_let_in(
    space, awa, karim, julie, ines
):
    request = community.ask_to_join(space, user=awa, message="Bonjour")
    read()
    assert told(julie) == [("Awa Mbaye asks to join", "Vente conseil", f"/spaces/{space.slug}/members/")]
    assert told(karim) == []

    community.answer_join_request(request, by=julie, admitted=True)
    read()
    assert told(awa) == [("Julie Dubois let you in", "Vente conseil", space.get_absolute_url())]
    assert told(julie) == [], "nobody waits at the door any more"
    assert Notification.objects.filter(user=ines).count() == 0


def test_a_request_that_was_answered_before_it_could_be_told_rings_nowhere(space, awa, julie):
    community.ask_to_join(space, user=awa)
    JoinRequest.objects.update(answered_at=timezone.now(), admitted=False)
    read()
    assert told(julie) == []


def test_two_requests_make_one_notice(space, awa, julie, lumen):
    for user in (awa, make_user("Omar Sy", organisation=lumen)):
        community.ask_to_join(space, user=user)
    read()
    assert [words for words, _title, _target in told(julie)] == ["Omar Sy and Awa Mbaye ask to join"]


def test_useful_marks_are_gathered_and_go_with_the_last_of_them(space, karim, julie, lumen):
    thread = make_thread(space, julie)
    post = make_post(thread, karim)
    omar = make_user("Omar Sy", organisation=lumen)
    join(space, omar)
    for user in (julie, omar):
        community.react(post, user=user)
    community.react(post, user=julie, kind="thanks")
    read()
    assert told(karim) == [
        ("Omar Sy and Julie Dubois found your messages useful", thread.title, post.get_absolute_url())
    ]
    assert unread_count(karim) == 1

    community.unreact(post, user=omar)
    read()
    assert [words for words, _title, _target in told(karim)] == ["Julie Dubois found your message useful"]
    community.unreact(post, user=julie)
    read()
    assert told(karim) == []


def test_a_recognition_is_told_and_taken_back(space, karim, julie):
    thread = make_thread(space, julie, kind="question")
    community.accept_answer(make_post(thread, karim), by=julie)
    read()
    read()
    assert "You are recognised for this answer" in [words for words, _title, _target in told(karim)]
    community.unaccept_answer(thread, by=julie)
    read()
    read()
    assert told(karim) == []


def test_new_modules_are_told_once_together_to_those_who_have_not_finished(lumen, awa, karim, julie):
    course = make_course(lumen, "Relation client")
    for user in (awa, karim):
        enrol(user, course)
    course.sessions.get().enrolments.filter(user=karim).update(completed_at=timezone.now())
    for title in ("Un", "Deux"):
        module = make_module(course, title, published_at=None, body="Texte")
        module.rules.create(kind="opened", threshold=1)
        courses.publish_module(module, by=julie)
    read()
    assert told(awa) == [("2 new modules are open", "Relation client", f"/courses/{course.slug}/")]
    assert told(karim) == []


def test_who_had_begun_a_module_is_told_that_it_is_withdrawn(lumen, awa, karim, julie):
    course = make_course(lumen, "Relation client")
    module, back = (make_module(course, title, body="Texte") for title in ("Un", "Deux"))
    for user in (awa, karim):
        courses.open_module(enrol(user, course), back)
    courses.open_module(course.sessions.get().enrolments.get(user=awa), module)
    for one in (module, back):
        one.rules.create(kind="opened", threshold=1)
        courses.withdraw_module(one, by=julie)
    courses.publish_module(back, by=julie)
    read()
    words = "A module you had begun was withdrawn: what you did is kept"
    assert [told_one for told_one in told(awa) if told_one[0] == words] == [
        (words, "Relation client", f"/courses/{course.slug}/")
    ]
    assert words not in [told_one[0] for told_one in told(karim)]


def test_a_session_that_closes_is_told_once_a_week_before(lumen, awa, karim, julie):
    course = make_course(lumen, "Relation client")
    session = course.sessions.get()
    Session.objects.update(closes_at=timezone.now() + timedelta(days=6))
    for user in (awa, karim):
        enrol(user, course)
    session.enrolments.filter(user=karim).update(completed_at=timezone.now())
    for _day in range(2):
        remind_of_deadlines()
    assert [words for words, _title, _target in told(awa)] == ["This session closes in less than a week"]
    assert told(karim) == []
    actions.mark_all_read(awa)
    remind_of_deadlines()
    assert told(awa) == []


def test_a_stranger_is_never_told_and_whoever_leaves_sees_nothing_of_it(space, awa, julie):
    community.add_member(space, user=awa, by=julie)
    Space.objects.update(visibility=Space.Visibility.HIDDEN)
    community.leave_space(space, user=awa)
    read()
    assert Notification.objects.filter(user=awa).count() == 0

    community.add_member(space, user=awa, by=julie)
    read()
    assert unread_count(awa) == 1
    community.leave_space(space, user=awa)
    assert unread_count(awa) == 0


def test_reading_the_log_again_tells_nothing_twice(space, awa, julie):
    community.add_member(space, user=awa, by=julie)
    community.add_facilitator(space, user=awa, by=julie)
    read()
    before = list(Notification.objects.order_by("pk").values())
    assert len(before) == 2
    reading.Cursor.objects.update(txid=0, event_id=0)
    read()
    assert list(Notification.objects.order_by("pk").values()) == before


def test_by_default_it_is_told_by_mail_once_a_day_and_at_once_by_choice(space, awa, julie):
    actions.choose_mail(awa.pk, {"facilitate": "at_once"})
    community.add_member(space, user=awa, by=julie)
    community.add_facilitator(space, user=awa, by=julie)
    read()
    Delivery.objects.update(due_at=F("due_at") - timedelta(minutes=1))
    deliveries.send_due()
    (message,) = mail.outbox
    assert message.to == [awa.email]
    assert message.subject == "[Vente conseil] Vente conseil"
    assert "facilit" in message.body or "anim" in message.body
    assert Delivery.objects.count() == 1


def test_the_list_and_the_digest_show_it_with_the_name_of_the_space(space, awa, julie, sign_in, time_machine):
    community.add_member(space, user=awa, by=julie)
    read()
    page = sign_in(awa).get("/notifications/", headers={"Accept-Language": "en"}).content.decode()
    assert "Vente conseil" in page
    notice = Notification.objects.get(user=awa)
    assert sign_in(awa).get(notice.get_absolute_url()).url == space.get_absolute_url()
    assert sign_in(julie).get(notice.get_absolute_url()).status_code == 404
    Notification.objects.update(read_at=None)
    here = timezone.now().astimezone(awa.zone)
    time_machine.move_to((here + timedelta(days=here.hour >= 7)).replace(hour=11))
    send_digests()
    deliveries.send_due()
    (message,) = mail.outbox
    assert "Vente conseil" in message.body


def test_a_refused_request_is_told_to_who_asked_and_a_withdrawn_one_rings_nowhere(space, awa, karim, julie):
    request = community.ask_to_join(space, user=awa)
    read()
    community.answer_join_request(request, by=julie, admitted=False)
    read()
    assert told(awa) == [("Your request to join was not accepted", "Vente conseil", space.get_absolute_url())]
    assert told(julie) == [], "nobody waits at the door any more"
    assert told(karim) == []

    community.ask_to_join(space, user=awa)
    read()
    assert [words for words, *_rest in told(julie)] == ["Awa Mbaye asks to join"]
    community.withdraw_join_request(space, user=awa)
    read()
    assert told(julie) == []
