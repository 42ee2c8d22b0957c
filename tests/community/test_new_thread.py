"""The form of a new discussion: what it keeps, what it shows before one publishes."""

import re

import pytest

from community import actions
from community.models import Draft, Post, Tag, Thread
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(space) -> str:
    return f"/spaces/{space.slug}/threads/new/"


def words_of(page: str, name: str) -> str:
    """What stands in a field of a page."""
    if found := re.search(rf'<textarea[^>]* name="{name}"[^>]*>\s*(.*?)</textarea>', page, re.S):
        return found[1]
    if found := re.search(rf'<select[^>]* name="{name}".*?<option value="([^"]*)" selected', page, re.S):
        return found[1]
    [field] = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page)
    return (re.search(r'value="([^"]*)"', field) or ["", ""])[1]


def test_the_draft_of_a_discussion_keeps_its_kind_tags_and_choices(space, address, awa, karim, sign_in):
    kept = {"kind": "poll", "tags": "ventes, devis", "choices": "Oui\nNon", "after_reply": "1"}
    draft = {"place": f"space:{space.pk}", "title": "Qui signe ?", "body": "Je cherche.", "sequence": 7}
    client = sign_in(awa)
    assert client.post("/drafts/", draft | kept | {"organisation": "1"}).status_code == 204
    assert Draft.objects.get().fields == kept
    page = client.get(address).content.decode()
    names = ("kind", "tags", "choices", "title", "body")
    found = {name: words_of(page, name) for name in names}
    assert found == {
        "kind": "poll", "tags": "ventes, devis", "choices": "Oui\nNon", "title": "Qui signe ?", "body": "Je cherche.",
    }  # fmt: skip
    assert re.search(r'<input[^>]* name="after_reply"[^>]* checked', page)
    theirs = sign_in(karim).get(address).content.decode()
    assert "devis" not in theirs
    assert words_of(theirs, "kind") == "discussion"


def test_what_was_published_leaves_no_field_in_the_next_discussion(space, address, awa, sign_in):
    actions.save_draft(
        awa, place=f"space:{space.pk}", title="T", body="B", sequence=7, fields={"kind": "poll", "tags": "a"}
    )
    sent = {"kind": "poll", "title": "T", "body": "B", "tags": "a", "choices": "Oui\nNon", "sequence": "7"}
    assert sign_in(awa).post(address, sent).status_code == 302
    page = sign_in(awa).get(address).content.decode()
    assert [words_of(page, name) for name in ("kind", "tags", "title")] == ["discussion", "", ""]


def test_a_draft_with_too_much_beside_its_text_is_refused(space, awa, sign_in):
    draft = {"place": f"space:{space.pk}", "body": "B", "choices": "x" * 60_001, "sequence": 7}
    assert sign_in(awa).post("/drafts/", draft).status_code == 422
    assert not Draft.objects.exists()


def test_a_preview_shows_the_text_as_it_will_stand_and_publishes_nothing(space, address, awa, karim, sign_in):
    sent = {
        "kind": "poll",
        "title": "T",
        "body": f"**Oui** @{karim.handle} <b>x</b>",
        "tags": "a",
        "preview": "1",
    }
    answer = sign_in(awa).post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    shown = re.search(r'<div class="written[^>]*>(.*?)</div>', page, re.S)[1]
    assert "<strong>Oui</strong>" in shown
    assert f'href="{karim.get_absolute_url()}"' in shown
    assert "<b>" not in shown
    assert [words_of(page, name) for name in ("kind", "title", "tags")] == ["poll", "T", "a"]
    assert "obligatoire" not in page
    assert not Thread.objects.exists()
    assert not Post.objects.exists()
    empty = sign_in(awa).post(address, {"preview": "1"}).content.decode()
    assert "Écrivez d’abord quelques mots." in empty


def test_titles_alike_are_offered_while_one_types_but_none_of_a_hidden_space(
    lumen, atelier, space, address, awa, karim, ines, sign_in
):
    title = "Préparer un entretien annuel"
    near = making.make_thread(space, karim, f"{title} difficile")
    making.make_thread(space, karim, "Notes de frais : qui valide ?")
    hidden = making.make_space(lumen, "Direction", visibility="hidden")
    making.join(hidden, karim)
    making.make_thread(hidden, karim, f"{title} confidentiel")
    making.make_thread(making.make_space(atelier), ines, f"{title} ailleurs")
    answer = sign_in(awa).get("/threads/similar/", {"title": title}).content.decode()
    assert re.findall(r'href="([^"]*)"', answer) == [near.get_absolute_url()]
    assert sign_in(awa).get("/threads/similar/", {"title": " ?"}).content.decode().strip() == ""
    refused = sign_in(awa).post(address, {"title": title, "body": ""})
    assert refused.status_code == 422
    assert near.get_absolute_url() in refused.content.decode()
    assert "confidentiel" not in refused.content.decode()


def test_the_tags_offered_are_those_one_can_read_the_most_used_first(
    lumen, space, address, awa, karim, sign_in
):
    hidden = making.make_space(lumen, "Direction", visibility="hidden")
    making.join(hidden, karim)
    for place, names in [(space, ["ventes"]), (space, ["ventes", "devis"]), (hidden, ["fusion"])]:
        for name in names:
            tag, _made = Tag.objects.get_or_create(organisation=lumen, name=name)
            making.make_thread(place, karim).tags.add(tag)
    page = sign_in(awa).get(address).content.decode()
    assert re.findall(r'<option value="([^"]*)"></option>', page) == ["ventes", "devis"]
