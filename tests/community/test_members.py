"""A facilitator takes somebody out of a space or asks them to be silent there: told, felt at once, taken back."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from community import actions
from community.models import Departure, Membership, Mute, Space
from core import live
from core.errors import Refused
from events import reading
from lms.queries.navigation import navigation_counts_of
from notifications.queries import notices_from, notifications_of
from people.privacy import REGISTRY
from tests.making import make_thread

pytestmark = pytest.mark.django_db
WORD = "ornithorynque"


@pytest.fixture
def hidden(space):
    Space.objects.filter(pk=space.pk).update(visibility="hidden", name=f"Projet {WORD}")
    space.refresh_from_db()
    return space


@pytest.fixture(autouse=True)
def _english_readers(awa, karim, julie, ines):
    for person in (awa, karim, julie, ines):
        person.language = "en"
        person.save(update_fields=["language"])


def told(user):
    assert reading.read_all(fenced=False) is reading.State.DONE
    with override("en"):
        return [(one.words, one.title) for one in notices_from(notifications_of(user).unread())]


def test_who_is_taken_out_reads_why_and_nothing_more(hidden, awa, karim, julie, sign_in):
    thread = make_thread(hidden, karim, f"Le {WORD}")
    assert sign_in(awa).get(thread.get_absolute_url()).status_code == 200

    address = reverse("community:member_removal", args=[hidden.slug, awa.handle])
    answer = sign_in(julie).post(address, {"reason": "Trois rappels sans effet"}, follow=True)
    assert "Awa Mbaye is no longer a member, and reads why." in answer.content.decode()

    assert not Membership.objects.filter(space=hidden, user=awa).exists()
    assert told(awa) == [("Julie Dubois took you out of this space", f"Projet {WORD}")]
    client = sign_in(awa)
    assert client.get(thread.get_absolute_url()).status_code == 404
    assert client.get(hidden.get_absolute_url()).status_code == 404
    page = client.get(reverse("community:departure", args=[hidden.slug]))
    assert "Trois rappels sans effet" in page.content.decode()
    assert sign_in(karim).get(reverse("community:departure", args=[hidden.slug])).status_code == 302


def test_taking_out_asks_for_a_reason_and_a_facilitator(space, awa, karim, julie, ines, sign_in):
    address = reverse("community:member_removal", args=[space.slug, awa.handle])
    assert sign_in(julie).post(address, {"reason": "  "}).status_code == 422
    assert sign_in(karim).post(address, {"reason": "Non"}).status_code == 403
    assert sign_in(ines).post(address, {"reason": "Non"}).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.remove_member(space, user=julie, by=julie, reason="Moi")
    assert Membership.objects.filter(space=space).count() == 3
    assert Departure.objects.count() == 0


def test_a_facilitator_is_first_made_a_plain_member(space, awa, karim, julie):
    actions.add_facilitator(space, user=karim, by=julie)
    with pytest.raises(Refused):
        actions.remove_member(space, user=karim, by=julie, reason="Non")
    with pytest.raises(Refused):
        actions.mute_member(space, user=karim, by=julie, reason="Non", days=1)


def test_who_is_already_out_is_said_to_who_steers_and_to_nobody_else(space, awa, karim, julie):
    actions.remove_member(space, user=awa, by=julie, reason="Non")
    for act in (actions.remove_member, partial(actions.mute_member, days=1)):
        with pytest.raises(Refused) as refusal:
            act(space, user=awa, by=julie, reason="Non")
        assert refusal.value.code == "gone"
        with pytest.raises(PermissionDenied):
            act(space, user=awa, by=karim, reason="Non")
    assert Departure.objects.count() == 1


def test_whom_a_course_brought_in_leaves_with_the_course(space, awa, julie):
    Space.objects.filter(pk=space.pk).update(about_title="Cours", about_url="/courses/x/")
    space.refresh_from_db()
    with pytest.raises(PermissionDenied):
        actions.remove_member(space, user=awa, by=julie, reason="Non")


def test_a_removal_is_taken_back_and_the_seat_is_as_it_was(space, awa, julie, sign_in):
    actions.set_notify(space, user=awa, notify="everything")
    before = Membership.objects.values("role", "notify", "charter_accepted_at", "joined_at").get(
        space=space, user=awa
    )
    departure = actions.remove_member(space, user=awa, by=julie, reason="Erreur")
    assert len(told(awa)) == 1

    address = reverse("community:departure_undoing", args=[departure.pk])
    assert sign_in(awa).post(address).status_code == 403
    assert sign_in(julie).post(address).status_code == 302
    sign_in(julie).post(address)

    after = Membership.objects.values("role", "notify", "charter_accepted_at", "joined_at").get(
        space=space, user=awa
    )
    assert after == before
    assert told(awa) == [("Julie Dubois brought you into this space", space.name)]


def test_who_was_taken_out_of_an_open_space_asks_to_come_back(space, awa, julie, sign_in):
    departure = actions.remove_member(space, user=awa, by=julie, reason="Non")
    with pytest.raises(Refused):
        actions.join_space(space, user=awa)
    with pytest.raises(PermissionDenied):
        actions.return_to_space(departure, by=awa)
    address = reverse("community:membership", args=[space.slug])
    sign_in(awa).post(address, {"do": "join", "charter": "on"})
    assert not Membership.objects.filter(space=space, user=awa).exists()
    thread = make_thread(space, julie, "Le lundi")
    for page in (space.get_absolute_url(), thread.get_absolute_url()):
        words = sign_in(awa).get(page).content.decode()
        assert 'value="ask"' in words
        assert 'value="join"' not in words

    request = actions.ask_to_join(space, user=awa, message="Pardon")
    actions.answer_join_request(request, by=julie, admitted=True)
    actions.leave_space(space, user=awa)
    actions.join_space(space, user=awa)
    assert Membership.objects.filter(space=space, user=awa).exists(), "let in once, they come and go again"


def test_an_undo_of_a_departure_before_the_last_is_over(space, awa, julie, sign_in):
    first = actions.remove_member(space, user=awa, by=julie, reason="Erreur")
    actions.return_to_space(first, by=julie)
    actions.remove_member(space, user=awa, by=julie, reason="Cette fois")
    address = reverse("community:departure_undoing", args=[first.pk])
    assert "It is too late" in sign_in(julie).post(address, follow=True).content.decode()
    assert not Membership.objects.filter(space=space, user=awa).exists()


def test_a_charter_is_asked_again_only_when_its_words_change(space, awa, karim, julie, sign_in):
    actions.change_space(space, by=julie, charter="Être bref.\nÊtre poli.")
    for person in (awa, karim):
        actions.accept_charter(space, user=person)
    accepted = Membership.objects.filter(space=space).exclude(charter_accepted_at=None)
    number = accepted.count()
    fields = {"name": space.name, "visibility": space.visibility, "colour": space.colour, "language": "fr"}
    typed = fields | {"purpose": "Pour tous", "charter": "Être bref.\r\nÊtre poli."}
    answer = sign_in(julie).post(reverse("community:edit_space", args=[space.slug]), typed)
    assert answer.status_code == 302
    assert accepted.count() == number
    space.refresh_from_db()
    assert (space.purpose, space.charter) == ("Pour tous", "Être bref.\nÊtre poli.")

    left = actions.leave_space(space, user=awa)
    actions.change_space(space, by=julie, charter="Être bref.")
    assert not accepted.filter(user=karim).exists()
    actions.return_to_space(Departure.objects.get(pk=left.pk), by=awa)
    assert not accepted.filter(user=awa).exists(), "it has changed while they were away"


def test_who_may_not_write_brings_no_words_back_and_keeps_no_answer(space, thread, awa, karim, julie):
    removed = [actions.write_post(thread, author=karim, body=f"Avis {number}") for number in range(3)]
    kept = actions.write_post(thread, author=julie, body="La réponse")
    for post in removed:
        actions.delete_post(post, by=karim)
    mute = actions.mute_member(space, user=karim, by=julie, reason="Du calme", days=1)
    with pytest.raises(Refused):
        actions.restore_post(removed[0], by=karim)
    actions.unmute_member(mute, by=julie)
    actions.restore_post(removed[0], by=karim)
    for person in (karim, awa):
        actions.remove_member(space, user=person, by=julie, reason="Non")
    with pytest.raises(PermissionDenied):
        actions.restore_post(removed[1], by=karim)
    with pytest.raises(PermissionDenied):
        actions.accept_answer(kept, by=awa)


def test_who_comes_in_another_way_waits_at_no_door(hidden, ines, awa, julie, sign_in):
    Space.objects.filter(pk=hidden.pk).update(visibility="closed")
    hidden.refresh_from_db()
    actions.leave_space(hidden, user=awa)
    request = actions.ask_to_join(hidden, user=awa)
    actions.add_member(hidden, user=awa)
    request.refresh_from_db()
    assert request.admitted


def test_an_answer_to_a_request_that_was_withdrawn_is_told(hidden, awa, julie):
    Space.objects.filter(pk=hidden.pk).update(visibility="closed")
    hidden.refresh_from_db()
    actions.leave_space(hidden, user=awa)
    request = actions.ask_to_join(hidden, user=awa)
    actions.withdraw_join_request(hidden, user=awa)
    with pytest.raises(Refused):
        actions.answer_join_request(request, by=julie, admitted=True)


def test_a_discussion_that_was_removed_can_be_brought_back(space, thread, awa, sign_in):
    first = thread.posts.get(number=1)
    client = sign_in(awa)
    page = client.post(reverse("community:removal", args=[first.pk]), {"on": "1"}, follow=True)
    undo = reverse("community:restoration", args=[first.pk])
    assert undo in page.content.decode()
    client.post(undo)
    assert client.get(thread.get_absolute_url()).status_code == 200


def test_a_removal_of_yesterday_stands(space, awa, julie):
    departure = actions.remove_member(space, user=awa, by=julie, reason="Non")
    with time_machine.travel(timezone.now() + timedelta(hours=25)), pytest.raises(Refused):
        actions.return_to_space(departure, by=julie)


def test_who_is_muted_reads_and_writes_nothing_until_the_time_is_over(
    space, thread, awa, karim, julie, sign_in, english
):
    mine = actions.write_post(thread, author=karim, body="Avant.")
    address = reverse("community:member_mute", args=[space.slug, karim.handle])
    assert sign_in(awa).post(address, {"reason": "Non", "days": "3"}).status_code == 403
    assert sign_in(julie).post(address, {"reason": "Non", "days": "5"}).status_code == 422
    sign_in(julie).post(address, {"reason": "Le ton de ce matin", "days": "3"})

    assert told(karim) == [("Julie Dubois asks you to be silent here for a while", space.name)]
    client = sign_in(karim)
    assert "Le ton de ce matin" in client.get(space.get_absolute_url()).content.decode()
    page = client.get(thread.get_absolute_url())
    assert page.status_code == 200
    assert "You write nothing in this space until" in page.content.decode()
    for act in (
        lambda: actions.write_post(thread, author=karim, body="Encore."),
        lambda: actions.start_thread(space, author=karim, title="Encore", body="Encore."),
        lambda: actions.edit_post(mine, by=karim, body="Changé."),
    ):
        with pytest.raises(Refused) as error:
            act()
        assert error.value.code == "muted"
    actions.write_post(thread, author=awa, body="Les autres écrivent.")
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        Mute.objects.update(until=timezone.now() - timedelta(days=3, minutes=2))
        actions.write_post(thread, author=karim, body="Après.")


def test_a_silence_outlives_leaving_and_is_lifted_by_who_facilitates(space, thread, karim, julie, sign_in):
    mute = actions.mute_member(space, user=karim, by=julie, reason="Le ton", days=7)
    actions.leave_space(space, user=karim)
    actions.join_space(space, user=karim)
    with pytest.raises(Refused):
        actions.write_post(thread, author=karim, body="Encore.")
    assert len(told(karim)) == 1
    address = reverse("community:mute_lifting", args=[mute.pk])
    for taken_back in ("", "?on=0"):
        assert sign_in(karim).post(address + taken_back).status_code == 403
    page = sign_in(julie).post(address, follow=True).text
    assert "Karim Toure may write here again." in page
    assert f'action="{address}?on=0"' in page
    actions.write_post(thread, author=karim, body="Merci.")
    assert told(karim) == []

    sign_in(julie).post(f"{address}?on=0")
    assert told(karim) == [("Julie Dubois asks you to be silent here for a while", space.name)]
    with pytest.raises(Refused):
        actions.write_post(thread, author=karim, body="Encore.")
    Mute.objects.update(lifted_at=timezone.now(), until=timezone.now())
    assert "too late" in sign_in(julie).post(f"{address}?on=0", follow=True).text


def test_a_silence_taken_back_gives_back_the_one_it_replaced(space, thread, karim, julie, ines, sign_in):
    first = actions.mute_member(space, user=karim, by=julie, reason="Le ton", days=7)
    second = actions.mute_member(space, user=karim, by=julie, reason="Encore", days=1)
    assert len(told(karim)) == 1
    old, new = (reverse("community:mute_undoing", args=[mute.pk]) for mute in (first, second))
    assert sign_in(karim).post(new).status_code == 403
    assert sign_in(ines).post(new).status_code == 404

    # From a page of before the second: what came since is seen first.
    for late in (old, reverse("community:mute_lifting", args=[first.pk])):
        assert "Another silence was decided meanwhile" in sign_in(julie).post(late, follow=True).text
    assert Mute.objects.standing().get() == second
    for _twice in range(2):
        assert sign_in(julie).post(new).status_code == 302
        assert Mute.objects.standing().get() == first
    assert len(told(karim)) == 1
    with pytest.raises(Refused):
        actions.write_post(thread, author=karim, body="Encore.")
    sign_in(julie).post(reverse("community:mute_lifting", args=[first.pk]))
    actions.write_post(thread, author=karim, body="Merci.")


def test_who_decides_about_somebody_who_is_out_already_reads_so(space, awa, karim, julie, ines, sign_in):
    actions.leave_space(space, user=karim)
    for name, data in [("member_mute", {"days": "1"}), ("member_removal", {})]:
        address = reverse(f"community:{name}", args=[space.slug, karim.handle])
        page = sign_in(julie).post(address, data | {"reason": "Le ton"}, follow=True)
        assert "This person is no longer a member." in page.text
        assert sign_in(awa).post(address, data | {"reason": "Le ton"}).status_code == 403
        other = reverse(f"community:{name}", args=[space.slug, ines.handle])
        assert sign_in(julie).post(other, data | {"reason": "Le ton"}).status_code == 404
    assert not Mute.objects.exists()
    page = sign_in(karim).post(f"{space.get_absolute_url()}membership/", {"do": "leave"}, follow=True)
    assert "You are no longer a member" in page.text


def test_the_page_of_a_member_is_for_who_facilitates(space, awa, karim, julie, ines, sign_in):
    address = reverse("community:space_member", args=[space.slug, awa.handle])
    assert sign_in(karim).get(address).status_code == 403
    assert sign_in(ines).get(address).status_code == 404
    page = sign_in(julie).get(address).content.decode()
    assert reverse("community:member_removal", args=[space.slug, awa.handle]) in page
    own = (
        sign_in(julie)
        .get(reverse("community:space_member", args=[space.slug, julie.handle]))
        .content.decode()
    )
    assert "/removal/" not in own


def test_after_leaving_titles_given_by_others_are_in_no_export(hidden, awa, karim, julie):
    theirs = actions.start_thread(hidden, author=karim, title=f"Le {WORD}", body="Bonjour")
    mine = actions.start_thread(hidden, author=awa, title="Ma question", body="Bonjour")
    actions.mark_read(theirs, user=awa, number=1)
    actions.write_post(theirs, author=awa, body="Voici.")
    actions.watch(theirs, user=awa)

    def exported():
        handlers = [one for model, one in REGISTRY.items() if model._meta.app_label == "community"]
        return str([handler.export(awa) for handler in handlers])

    assert WORD in exported()
    actions.leave_space(hidden, user=awa)
    assert WORD not in exported()
    assert mine.title in exported()
    assert "Voici." in exported()


def test_leaving_ends_what_open_pages_hear_and_the_side_bar_follows(
    space, awa, monkeypatch, django_capture_on_commit_callbacks, sign_in
):
    ended: list[int] = []
    monkeypatch.setattr(live, "revoke", ended.append)
    cache.clear()
    client = sign_in(awa)
    assert space.name in client.get("/spaces/").content.decode()
    Space.objects.filter(pk=space.pk).update(visibility="hidden")
    with django_capture_on_commit_callbacks(execute=True):
        actions.leave_space(space, user=awa)
    assert ended == [awa.pk]
    assert navigation_counts_of(awa)["spaces"] == []
    assert space.name not in client.get("/directory/", follow=True).content.decode()


def test_a_second_request_to_enter_has_the_last_words(hidden, awa, julie):
    Space.objects.filter(pk=hidden.pk).update(visibility="closed")
    hidden.refresh_from_db()
    actions.remove_member(hidden, user=awa, by=julie, reason="Une pause")
    first = actions.ask_to_join(hidden, user=awa, message="\u200b")
    assert first.message == ""
    assert actions.ask_to_join(hidden, user=awa, message="Me revoilà").message == "Me revoilà"
    assert actions.ask_to_join(hidden, user=awa).message == "Me revoilà"


def test_who_leaves_looks_after_no_question_and_an_old_undo_frees_nobody_else(
    space, thread, awa, karim, julie, sign_in
):
    address = reverse("community:owner", args=[thread.pk])
    owner = f"{address}?was={karim.handle}"
    assert (
        owner in sign_in(julie).post(address, {"handle": karim.handle}, headers={"HX-Request": "true"}).text
    )
    actions.own_question(thread, owner=awa, by=julie)
    assert sign_in(julie).post(owner, headers={"HX-Request": "true"}).status_code == 422
    thread.refresh_from_db()
    assert thread.owner == awa
    actions.remove_member(space, user=awa, by=julie, reason="Une pause")
    thread.refresh_from_db()
    assert thread.owner is None
