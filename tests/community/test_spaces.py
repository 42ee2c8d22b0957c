import re
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from community import actions
from community.models import Departure, JoinRequest, Membership, Space
from core.errors import Refused
from events.models import Event
from people.actions import invite
from people.models import User
from people.privacy import REGISTRY
from tests import making
from tests.making import make_user

pytestmark = pytest.mark.django_db


def test_a_trainer_opens_a_space_and_facilitates_it(julie, sign_in):
    data = {
        "name": "Managers",
        "purpose": "Se parler",
        "visibility": "open",
        "colour": "lake",
        "language": "fr",
    }
    answer = sign_in(julie).post("/spaces/new/", data)
    space = Space.objects.get()
    assert answer.url == f"/spaces/{space.slug}/" == "/spaces/managers/"
    assert Membership.objects.get(space=space, user=julie).role == "facilitator"


def test_a_learner_gets_403_for_opening_one(awa, sign_in):
    assert sign_in(awa).get("/spaces/new/").status_code == 403
    assert sign_in(awa).post("/spaces/new/", {"name": "Le mien"}).status_code == 403
    assert Space.objects.count() == 0


def test_two_spaces_of_one_name_get_two_addresses_and_one_key_makes_one(lumen, julie):
    key = uuid.uuid4()
    first = actions.create_space(lumen, by=julie, name="Managers", key=key)
    second = actions.create_space(lumen, by=julie, name="Managers")
    assert (first.slug, second.slug) == ("managers", "managers-2")
    assert actions.create_space(lumen, by=julie, name="Managers", key=key).pk == first.pk


def test_the_charter_is_accepted_on_joining(lumen, space, marc, sign_in):
    actions.change_space(
        space, by=Membership.objects.get(space=space, role="facilitator").user, charter="Clairs."
    )
    client, url = sign_in(marc), reverse("community:membership", args=[space.slug])
    client.post(url, {"do": "join"})
    assert not Membership.objects.filter(space=space, user=marc).exists()
    client.post(url, {"do": "join", "charter": "on"})
    assert Membership.objects.get(space=space, user=marc).charter_accepted_at is not None


def test_a_closed_space_shows_what_it_is_for_and_not_its_talk(space, awa, marc, ines, julie, sign_in):
    Space.objects.filter(pk=space.pk).update(visibility="closed", purpose="Préparer les budgets")
    thread = actions.start_thread(
        Space.objects.get(pk=space.pk), author=awa, title="Chiffres secrets", body="?"
    )
    page = sign_in(marc).get(space.get_absolute_url()).content.decode()
    assert "Préparer les budgets" in page
    assert "Chiffres secrets" not in page
    assert sign_in(marc).get(thread.get_absolute_url()).status_code == 404
    assert sign_in(ines).get(space.get_absolute_url()).status_code == 404


def test_who_asks_into_a_closed_space_is_let_in_by_who_facilitates_it(space, awa, marc, julie, sign_in):
    Space.objects.filter(pk=space.pk).update(visibility="closed")
    url = reverse("community:membership", args=[space.slug])
    with pytest.raises(PermissionDenied):
        actions.join_space(Space.objects.get(pk=space.pk), user=marc)
    for _n in range(2):
        sign_in(marc).post(url, {"do": "ask", "message": "Je rejoins l’équipe"})
    asked = JoinRequest.objects.get()
    answer_url = reverse("community:join_request", args=[space.slug, asked.pk])
    assert sign_in(awa).post(answer_url, {"admitted": "1"}).status_code == 403
    assert "Je rejoins l’équipe" in sign_in(julie).get(f"{space.get_absolute_url()}members/").content.decode()
    sign_in(julie).post(answer_url, {"admitted": "1"})
    assert Membership.objects.filter(space=space, user=marc).count() == 1


def test_the_last_facilitator_neither_leaves_nor_steps_down(space, julie):
    with pytest.raises(Refused):
        actions.leave_space(space, user=julie)
    with pytest.raises(Refused):
        actions.remove_facilitator(space, user=julie, by=julie)
    assert Membership.objects.get(space=space, user=julie).role == "facilitator"


def test_a_facilitator_is_named_and_that_is_taken_back(space, awa, julie, sign_in):
    url = reverse("community:facilitators", args=[space.slug])
    mine = Membership.objects.filter(space=space, user=awa)
    for on, role, back in (("1", "facilitator", "member"), ("0", "member", "facilitator")):
        mine.update(role=back)
        page = sign_in(julie).post(url, {"handle": awa.handle, "on": on}, follow=True).text
        assert mine.get().role == role
        undo = re.search(rf'hx-post="({url}\?[^"]+)"', page)[1].replace("&amp;", "&")
        if role == "member":
            assert sign_in(awa).post(undo).status_code == 403
        assert sign_in(julie).post(undo, headers={"HX-Request": "true"})["HX-Redirect"].endswith("/members/")
        assert mine.get().role == back


def test_a_member_names_no_facilitator_and_changes_nothing(space, awa, karim, sign_in):
    client = sign_in(awa)
    url = reverse("community:facilitators", args=[space.slug])
    assert client.post(url, {"handle": karim.handle, "on": "1"}).status_code == 403
    assert client.post(f"{space.get_absolute_url()}edit/", {"name": "Pris"}).status_code == 403
    assert client.post(f"{space.get_absolute_url()}archive/", {"on": "1"}).status_code == 403
    space.refresh_from_db()
    assert (space.name, space.archived_at) == ("Managers de proximité", None)
    assert Membership.objects.get(space=space, user=karim).role == "member"


def test_nobody_of_another_organisation_is_brought_in(space, julie, ines):
    with pytest.raises(Refused):
        actions.add_member(space, user=ines, by=julie)
    assert not Membership.objects.filter(user=ines).exists()


def test_a_case_is_opened_from_the_form_with_its_choices_and_tags(space, awa, sign_in):
    data = {
        "kind": "case", "title": "Que faire ?", "body": "Un client part.", "choices": "Rappeler\nAttendre\n",
        "tags": "Relation-Client, #devis", "after_reply": "on", "key": str(uuid.uuid4()),
    }  # fmt: skip
    client, url = sign_in(awa), reverse("community:new_thread", args=[space.slug])
    first, again = client.post(url, data), client.post(url, data)
    assert first.url == again.url
    thread = space.threads.get()
    assert (thread.kind, thread.gate) == ("case", "after_reply")
    assert list(thread.choices.values_list("text", flat=True)) == ["Rappeler", "Attendre"]
    assert set(thread.tags.values_list("name", flat=True)) == {"relation-client", "devis"}


def test_a_poll_without_choices_is_refused_and_keeps_what_was_typed(space, awa, sign_in):
    url = reverse("community:new_thread", args=[space.slug])
    answer = sign_in(awa).post(url, {"kind": "poll", "title": "Quand ?", "body": "Dites-moi"})
    assert answer.status_code == 422
    assert "Un sondage demande au moins deux choix." in answer.content.decode()
    assert "Dites-moi" in answer.content.decode()
    assert space.threads.count() == 0


def test_filters_keep_what_was_asked(space, awa, karim, sign_in):
    question = actions.start_thread(space, author=awa, title="Sans réponse ?", body="?", kind="question")
    answered = actions.start_thread(space, author=awa, title="Répondue ?", body="?", kind="question")
    talk = actions.start_thread(space, author=awa, title="Causerie", body="?", tags=["devis"])
    actions.write_post(answered, author=karim, body="Oui")
    client, url = sign_in(karim), space.get_absolute_url()
    client.get(talk.get_absolute_url())

    def titles(**asked):
        page = client.get(url, asked).content.decode()
        return {one.title for one in (question, answered, talk) if one.title in page}

    assert titles(show="unanswered") == {"Sans réponse ?"}
    assert titles(kind="question") == {"Sans réponse ?", "Répondue ?"}
    assert titles(show="unread") == {"Sans réponse ?", "Répondue ?"}
    assert titles(words="devis") == {"Causerie"}


def test_erasing_a_person_keeps_what_they_taught_and_names_nobody(thread, awa, karim, lumen, ines):
    other = actions.start_thread(thread.space, author=karim, title="Autre", body=f"Demandez à @{awa.handle}.")
    reply = actions.write_post(thread, author=karim, body="Voici.")
    actions.react(reply, user=awa)
    for handler in (one for model, one in REGISTRY.items() if model._meta.app_label == "community"):
        handler.export(awa)
        handler.erase(awa)
    thread.refresh_from_db()
    reply.refresh_from_db()
    assert (thread.author, thread.posts.get(number=1).body) == (None, "Je cherche.")
    assert reply.useful_count == 1
    assert awa.handle not in other.posts.get(number=1).html
    assert not Membership.objects.filter(user=awa).exists()
    told = Event.objects.filter(verb__startswith="community.").values_list("data", flat=True)
    assert not [data for data in told if awa.pk in (data.get("to"), data.get("author"), data.get("asker"))]


def test_every_model_of_the_app_says_how_it_is_erased():
    models = {model for model in REGISTRY if model._meta.app_label == "community"}
    assert len(models) == 18


def test_leaving_is_asked_where_one_could_not_come_back_and_else_taken_back(space, awa, sign_in):
    client, url = sign_in(awa), reverse("community:membership", args=[space.slug])
    page = client.post(url, {"do": "leave"}, follow=True).content.decode()
    assert not Membership.objects.filter(space=space, user=awa).exists()
    undo = reverse("community:departure_undoing", args=[Departure.objects.get().pk])
    assert f'hx-post="{undo}"' in page
    answer = client.post(undo, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == space.get_absolute_url()
    assert Membership.objects.filter(space=space, user=awa, charter_accepted_at__isnull=False).exists()

    Space.objects.filter(pk=space.pk).update(visibility="closed")
    asked = client.post(url, {"do": "leave"})
    assert 'name="sure" value="yes"' in asked.content.decode()
    assert Membership.objects.filter(space=space, user=awa).exists()
    page = client.post(url, {"do": "leave", "sure": "yes"}, follow=True).content.decode()
    assert not Membership.objects.filter(space=space, user=awa).exists()
    assert "/undoing/" not in page
    left = Departure.objects.get(ended_at=None)
    assert client.post(reverse("community:departure_undoing", args=[left.pk])).status_code == 403


def test_a_request_to_enter_is_withdrawn_by_who_made_it(space, awa, marc, karim, sign_in):
    Space.objects.filter(pk=space.pk).update(visibility="closed")
    url = reverse("community:membership", args=[space.slug])
    client = sign_in(marc)
    client.post(url, {"do": "ask"})
    other = JoinRequest.objects.create(space=space, user=make_user("Omar Sy", organisation=marc.organisation))
    assert 'value="withdraw"' in client.get(space.get_absolute_url()).content.decode()
    for _n in range(2):
        client.post(url, {"do": "withdraw"})
    assert list(JoinRequest.objects.all()) == [other]
    assert 'value="ask"' in client.get(space.get_absolute_url()).content.decode()


def test_who_is_let_in_accepts_the_charter_before_writing_and_again_when_it_changes(
    space, thread, marc, karim, julie, sign_in
):
    actions.change_space(space, by=julie, charter="Soyez **clairs**.")
    actions.add_member(space, user=marc, by=julie)
    for person in (marc, karim):
        with pytest.raises(Refused) as error:
            actions.write_post(thread, author=person, body="Bonjour")
        assert error.value.code == "charter"
    actions.write_post(thread, author=julie, body="Qui l’écrit l’accepte.")

    client = sign_in(marc)
    page = client.get(space.get_absolute_url()).content.decode()
    assert 'name="do" value="accept"' in page
    assert "<strong>clairs</strong>" in page
    assert "#charter" in client.get(thread.get_absolute_url()).content.decode()
    client.post(reverse("community:membership", args=[space.slug]), {"do": "accept"})
    actions.write_post(thread, author=marc, body="Bonjour")
    assert 'value="accept"' not in client.get(space.get_absolute_url()).content.decode()

    actions.change_space(space, by=julie, charter="Soyez clairs et brefs.")
    with pytest.raises(Refused):
        actions.write_post(thread, author=marc, body="Encore")
    actions.change_space(space, by=julie, charter="", name="Sans charte")
    actions.write_post(thread, author=karim, body="Sans charte, rien à accepter.")


def test_newcomers_come_into_the_spaces_that_welcome_them(lumen, client, sign_in, julie, ines):
    """Marked on the page that changes a space; of one's own organisation, and not those put away."""
    marked, plain, archived = (making.make_space(lumen, name) for name in ("Accueil", "Autre", "Avant"))
    elsewhere = making.make_space(ines.organisation, "Ailleurs", welcomes=True)
    making.join(marked, julie, role="facilitator")
    actions.archive_space(_marked(archived, julie), by=julie)
    page = reverse("community:edit_space", args=[marked.slug])
    assert 'name="welcomes"' in sign_in(julie).get(page).text
    fields = {"name": "Accueil", "visibility": "open", "colour": "forest", "language": "fr", "welcomes": "on"}
    assert sign_in(julie).post(page, fields).status_code == 302
    making.grant_role(julie, "administrator")
    _invitation, code = invite(lumen, by=julie, kind="code", max_uses=5)

    client.logout()
    client.post(reverse("people:join"), {"code": code})
    client.post(reverse("account_signup"), {"name": "Nora Diop", "password1": "un-mot-de-passe-long"})

    nora = User.objects.get(handle="nora-diop")
    assert [seat.space for seat in Membership.objects.filter(user=nora)] == [marked]
    assert client.get(marked.get_absolute_url()).status_code == 200
    assert not Membership.objects.filter(space__in=[plain, elsewhere, archived], user=nora).exists()


def _marked(space, by):
    making.join(space, by, role="facilitator")
    return actions.change_space(space, by=by, welcomes=True)


def edition_in(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="(\w+)"', page)[1]


def test_the_charter_that_is_accepted_is_the_one_that_was_read(lumen, space, awa, marc, julie, sign_in):
    actions.change_space(space, by=julie, charter="Être bref.")
    url = f"/spaces/{space.slug}/membership/"
    mine = Membership.objects.filter(space=space, user=awa)
    read = edition_in(sign_in(awa).get(space.get_absolute_url()).text, "charter_edition")
    at_the_door = edition_in(sign_in(marc).get(space.get_absolute_url()).text, "charter_edition")
    actions.change_space(space, by=julie, charter="Être bref et poli.")

    assert (
        "La charte a changé"
        in sign_in(awa).post(url, {"do": "accept", "charter_edition": read}, follow=True).text
    )
    assert mine.get().charter_accepted_at is None
    sign_in(marc).post(url, {"do": "join", "charter": "on", "charter_edition": at_the_door})
    assert not Membership.objects.filter(space=space, user=marc).exists()
    asked = {"charter_accepted": True, "charter_edition": at_the_door}
    assert (
        sign_in(marc).put(f"/api/v1/spaces/{space.slug}/membership/", asked, "application/json").status_code
        == 422
    )

    now = edition_in(sign_in(awa).get(space.get_absolute_url()).text, "charter_edition")
    sign_in(awa).post(url, {"do": "accept", "charter_edition": now})
    assert mine.get().charter_accepted_at is not None
    shown = sign_in(marc).get(f"/api/v1/spaces/{space.slug}/").json()["charter_edition"]
    assert shown == now
    assert (
        sign_in(marc)
        .put(f"/api/v1/spaces/{space.slug}/membership/", asked | {"charter_edition": now}, "application/json")
        .status_code
        == 200
    )


@pytest.mark.parametrize(
    ("do", "said"),
    [
        ("accept", "Rejoignez d’abord cet espace"),
        ("dance", "Cette page n’est plus à jour"),
        ("", "Cette page"),
    ],
)
def test_a_seat_is_not_changed_by_what_nobody_offers(space, marc, sign_in, do, said):
    answer = sign_in(marc).post(
        f"/spaces/{space.slug}/membership/", {"do": do}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert said in answer.text


def test_whoever_saves_a_space_second_is_shown_both_texts(space, julie, karim, sign_in):
    actions.add_facilitator(space, user=karim, by=julie)
    url = f"/spaces/{space.slug}/edit/"
    typed = {"name": space.name, "visibility": "open", "colour": "lake", "language": "fr"}
    edition = edition_in(sign_in(julie).get(url).text, "edition")
    first = typed | {"purpose": "De Julie", "edition": edition}
    assert sign_in(julie).post(url, first).status_code == 302

    second = sign_in(karim).post(url, typed | {"purpose": "De Karim", "edition": edition})
    assert second.status_code == 409
    assert "De Julie" in second.text
    moved = sign_in(karim).post(url, typed | {"visibility": "closed", "edition": edition}).text
    assert f"{Space.Visibility.CLOSED.label}</p>" in moved, "in words, as the form has it"
    assert ">De Karim</textarea>" in second.text.replace("\n", "")
    assert Space.objects.get().purpose == "De Julie"

    again = typed | {"purpose": "De Karim", "edition": edition_in(second.text, "edition")}
    assert sign_in(karim).post(url, again).status_code == 302
    assert Space.objects.get().purpose == "De Karim"


def test_who_writes_nothing_now_is_told_before_they_write(space, awa, julie, sign_in):
    url = f"/spaces/{space.slug}/threads/new/"
    assert "data-composer" in sign_in(awa).get(url).text
    actions.mute_member(space, user=awa, by=julie, reason="Le ton", days=1)
    page = sign_in(awa).get(url).text
    assert "data-composer" not in page
    assert "Le ton" in page
    actions.archive_space(space, by=julie)
    page = sign_in(julie).get(url).text
    assert "data-composer" not in page
    assert "Cet espace est archivé" in page


def test_what_is_too_much_is_refused_and_nothing_is_cut(space, awa, marc, sign_in):
    url = f"/spaces/{space.slug}/threads/new/"
    poll = {"kind": "poll", "title": "Lequel ?", "body": "Dites.", "choices": f"Oui\n{'n' * 301}"}
    tagged = {"kind": "discussion", "title": "Bonjour", "body": "Dites.", "tags": ",".join("abcdefghi")}
    for typed, said in ((poll, "300 caractères"), (tagged, "Huit étiquettes")):
        answer = sign_in(awa).post(url, typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert "Dites." in answer.text
    assert not space.threads.exists()
    too_long = {"do": "ask", "message": "n" * 601}
    answer = sign_in(marc).post(f"/spaces/{space.slug}/membership/", too_long, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "600 caractères" in answer.text
    place = f"space:{space.pk}:reply:{'9' * 70}"
    assert sign_in(awa).post("/drafts/", {"place": place, "body": "x", "sequence": 1}).status_code == 422
