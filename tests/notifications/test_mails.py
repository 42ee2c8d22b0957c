"""Mails about notices: to whom, in which language, still allowed at the moment of sending, ended in one click."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.db.models import F
from django.test import Client
from django.utils import timezone

from community import actions as community
from community.models import Membership
from events import deliveries, reading
from events.models import Delivery
from notifications import actions
from notifications.models import Preference
from notifications.preferences import choices_of
from notifications.queries import notifications_of, words_of
from notifications.tasks import send_digests
from notifications.unsubscribing import read_token, stop_address
from tests.making import join, make_space, make_thread

READER = "notifications.bell"


@pytest.fixture
def space(lumen, awa, karim):
    space = make_space(lumen, "Vente conseil")
    join(space, awa, karim)
    return space


@pytest.fixture
def thread(space, awa):
    return make_thread(space, awa, title="Comment relancer ?")


@pytest.fixture
def mention(thread, awa, karim):
    """Karim mentions Awa; the mail waits to leave."""
    post = community.write_post(
        thread, author=karim, body=f"Et toi @{awa.handle}, <script>tu</script> ferais quoi ?"
    )
    read()
    return post


def read():
    assert reading.read(reading.READERS[READER], fenced=False) is reading.State.DONE


def send(after=timedelta(minutes=1)):
    """What leaves `after` that time; the clock of the database stands, so what it has noted is moved back."""
    Delivery.objects.update(due_at=F("due_at") - after)
    deliveries.send_due()
    return mail.outbox


def last_delivery():
    row = Delivery.objects.order_by("pk").last()
    return row.state, row.error


def test_a_mention_arrives_as_text_and_html_in_the_language_of_its_reader(mention, awa):
    (message,) = send()
    html = message.alternatives[0].content

    assert message.to == [awa.email]
    assert message.subject == "[Vente conseil] Comment relancer ?"
    assert "Karim Toure vous a mentionné" in message.body
    assert "ferais quoi ?" in message.body
    assert "<script>" not in html
    assert 'style="' in html
    assert "http://localhost" in message.body
    mail.outbox.clear()

    awa.language = "en"
    awa.save()
    Delivery.objects.update(state="waiting", leased_until=None)
    (message,) = send()
    assert "Karim Toure mentioned you" in message.body
    assert '<html lang="en">' in message.alternatives[0].content


def test_mails_of_a_thread_belong_together_and_each_has_its_own_number(mention, thread, awa, karim):
    send()
    an_hour_passes()
    community.write_post(thread, author=karim, body=f"@{awa.handle} ?")
    read()
    first, second = send()
    assert first.extra_headers["In-Reply-To"] == second.extra_headers["In-Reply-To"]
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]


def an_hour_passes():
    back = timedelta(hours=1)
    Delivery.objects.update(
        due_at=F("due_at") - back, created_at=F("created_at") - back, sent_at=F("sent_at") - back
    )


def test_one_mail_an_hour_about_a_thread_whatever_happens_there(thread, awa, karim):
    actions.choose_mail(awa.pk, {"reply": "at_once"})
    for n in range(3):
        community.write_post(thread, author=karim, body=f"Réponse {n}")
        community.write_post(thread, author=karim, body=f"@{awa.handle} encore {n} ?")
        read()
    (message,) = send()
    assert "Karim Toure vous a mentionné" in message.body
    assert "encore 2" in message.body

    for n in range(20):
        community.write_post(thread, author=karim, body=f"@{awa.handle} toujours {n} ?")
        read()
    assert len(send(timedelta(minutes=50))) == 1
    assert len(send(timedelta(minutes=15))) == 2
    assert len(send(timedelta(days=1))) == 2


def test_mails_about_two_threads_do_not_wait_for_each_other(space, awa, karim):
    for title in ("Première", "Seconde"):
        community.write_post(
            make_thread(space, awa, title=title), author=karim, body=f"@{awa.handle} une idée ?"
        )
    read()
    assert len(send()) == 2


def test_a_mail_sent_twice_by_accident_is_the_same_mail(mention):
    send()
    Delivery.objects.update(state="waiting", leased_until=None)
    first, second = send()
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_whoever_reads_meanwhile_gets_no_mail(mention, thread, awa):
    community.mark_read(thread, user=awa, number=2)
    assert send() == []
    assert last_delivery() == ("dropped", "already read")


def test_whoever_may_no_longer_read_gets_no_mail(mention, space, awa):
    space.visibility = "hidden"
    space.save()
    Membership.objects.filter(user=awa).delete()
    assert send() == []
    assert last_delivery()[0] == "dropped"


def test_a_message_that_was_removed_is_not_mailed(mention, karim):
    community.delete_post(mention, by=karim)
    assert send() == []
    assert last_delivery()[0] == "dropped"


def test_whoever_left_gets_no_mail(mention, awa):
    awa.is_active = False
    awa.save()
    assert send() == []


def test_whoever_has_no_mailbox_gets_no_delivery(thread, awa, karim):
    awa.email = None
    awa.save()
    community.write_post(thread, author=karim, body=f"@{awa.handle} ?")
    read()
    assert not Delivery.objects.exists()


def test_replies_wait_for_the_morning_by_default(thread, awa, karim):
    community.write_post(thread, author=karim, body="Voici.")
    read()
    assert not Delivery.objects.exists()
    assert choices_of(awa)["reply"] == "daily"


def test_the_digest_comes_once_in_the_morning_of_its_reader(thread, awa, karim):
    noon = timezone.now().astimezone(awa.zone).replace(hour=12, minute=0)
    with time_machine.travel(noon):
        community.write_post(thread, author=karim, body="Voici.", at=timezone.now())
        read()
    morning = noon + timedelta(days=1)
    with time_machine.travel(morning.replace(hour=6, minute=30)):
        send_digests()
        assert not Delivery.objects.exists()
    for hour in (7, 8):
        with time_machine.travel(morning.replace(hour=hour, minute=5)):
            send_digests()
            deliveries.send_due()
    (message,) = mail.outbox
    assert message.subject == "Ce qui s’est dit dans vos espaces"
    assert "Comment relancer ?" in message.body
    assert "Bonjour Awa" in message.body


def test_a_digest_of_what_was_read_meanwhile_is_not_sent(thread, awa, karim):
    community.write_post(thread, author=karim, body="Voici.")
    read()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        send_digests()
        actions.mark_all_read(awa)
        deliveries.send_due()
    assert mail.outbox == []


def test_one_click_stops_mails_of_this_kind_without_signing_in(mention, awa):
    (message,) = send()
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = urlsplit(message.extra_headers["List-Unsubscribe"].strip("<>")).path
    stranger = Client(enforce_csrf_checks=True)

    page = stranger.get(address)
    assert page.status_code == 200
    assert choices_of(awa)["mention"] == "at_once", "looking stops nothing: mail programs fetch links ahead"
    assert stranger.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert choices_of(awa)["mention"] == "never"
    assert Preference.objects.filter(user=awa).count() == 1
    stranger.post(address)
    assert Preference.objects.filter(user=awa).count() == 1


def test_after_the_click_what_still_waited_is_not_sent(mention, awa):
    actions.choose_mail(awa.pk, {"mention": "never"})
    assert send() == []
    assert last_delivery() == ("dropped", "no longer wanted by mail")


def test_a_link_that_was_changed_stops_nothing(awa, client):
    address = urlsplit(stop_address(awa.pk, ["reply"])).path
    assert client.post(address[:-3] + "xy/").status_code == 404
    assert client.post("/notifications/stop/made-up/").status_code == 404
    assert read_token(address.split("/")[-2]) == (awa.pk, "reply")
    assert not Preference.objects.exists()


def test_choices_are_kept_and_a_made_up_one_is_refused(sign_in, awa):
    client = sign_in(awa)
    choices = choices_of(awa) | {"reply": "at_once", "mention": "never"}
    assert client.post("/settings/notifications/", choices).status_code == 302
    assert choices_of(awa) == choices
    answer = client.post("/settings/notifications/", choices | {"reply": "hourly"})
    assert answer.status_code == 422
    assert choices_of(awa) == choices


def test_notices_are_exported_and_erased_with_their_person(mention, awa, karim):
    from notifications.models import Notification
    from people.privacy import REGISTRY

    actions.choose_mail(awa.pk, {"reply": "never"})
    assert [row["kind"] for row in REGISTRY[Notification].export(awa)] == ["mention"]
    assert REGISTRY[Preference].export(awa) == [{"kind": "reply", "mail": "never"}]
    assert REGISTRY[Notification].erase(karim) == 1
    assert Notification.objects.get(user=awa).actors == []
    assert REGISTRY[Notification].erase(awa) == 1
    assert REGISTRY[Preference].erase(awa) == 1


def test_a_mail_about_one_of_several_answers_names_one_person_in_the_singular(
    thread, awa, karim, julie, space
):
    join(space, julie)
    for author in (karim, julie):
        community.write_post(thread, author=author, body="Ma réponse.")
    read()
    notice = notifications_of(awa).get(kind="reply")
    assert len(notice.actors) == 2
    assert words_of(notice, ["Julie Dubois"]) == "Julie Dubois a répondu"
    assert words_of(notice, ["Julie Dubois", "Karim Toure"]) == "Julie Dubois et Karim Toure ont répondu"
