"""Asking somebody: from the directory to a question that names them, in a space that one shares with them."""

import re

import pytest

from community import actions
from community.models import Membership, Space
from tests import making

pytestmark = pytest.mark.django_db


def draft_in(page: str) -> str:
    return re.search(r'<textarea[^>]* name="body"[^>]*>\s*(.*?)</textarea>', page, re.S)[1].strip()


def test_directory_and_profile_lead_to_a_question_to_others_only(space, awa, karim, sign_in):
    client = sign_in(awa)
    directory = client.get("/people/").text
    assert f'href="/people/{karim.handle}/question/"' in directory
    assert f"/people/{awa.handle}/question/" not in directory
    assert f'href="/people/{karim.handle}/question/"' in client.get(karim.get_absolute_url()).text
    assert "/question/" not in client.get(awa.get_absolute_url()).text


def test_with_one_space_in_common_the_question_is_begun_there(lumen, space, awa, karim, sign_in):
    other = making.make_space(lumen, "Sans Karim")
    making.join(other, awa)
    answer = sign_in(awa).get(f"/people/{karim.handle}/question/", follow=True)
    assert answer.redirect_chain == [
        (f"/spaces/{space.slug}/threads/new/?kind=question&to={karim.handle}", 302)
    ]
    assert draft_in(answer.text) == f"@{karim.handle}"
    assert '<option value="question" selected>' in answer.text


def test_among_several_spaces_one_chooses_and_archived_ones_are_not_offered(
    lumen, space, awa, karim, sign_in
):
    hidden = making.make_space(lumen, "Direction", visibility="hidden")
    archived = making.make_space(lumen, "Ancien")
    for place in (hidden, archived):
        making.join(place, awa, karim)
    theirs = making.make_space(lumen, "Secret", visibility="hidden")
    making.join(theirs, karim)
    Space.objects.filter(pk=archived.pk).update(archived_at="2026-01-01T00:00Z")
    page = sign_in(awa).get(f"/people/{karim.handle}/question/").text
    assert set(re.findall(r'href="/spaces/([\w-]+)/threads/new/\?kind=question&amp;to=', page)) == {
        space.slug,
        hidden.slug,
    }


def test_without_a_space_in_common_a_sentence_says_what_to_do(space, awa, karim, ines, sign_in):
    Membership.objects.filter(user=karim).delete()
    client = sign_in(awa)
    assert "Aucun espace en commun" in client.get(f"/people/{karim.handle}/question/").text
    assert client.get(f"/people/{ines.handle}/question/").status_code == 404
    assert client.get(f"/people/{awa.handle}/question/").status_code == 404


def test_only_a_member_is_put_into_the_draft_and_what_was_begun_stays(
    lumen, space, awa, karim, ines, sign_in
):
    outsider = making.make_user("Nora Petit", organisation=lumen)
    client, address = sign_in(awa), f"/spaces/{space.slug}/threads/new/"
    for handle in (outsider.handle, ines.handle, "nobody", "<b>"):
        assert draft_in(client.get(address, {"to": handle}).text) == ""
    actions.save_draft(awa, place=f"space:{space.pk}", body="Je cherche.", sequence=7)
    assert draft_in(client.get(address, {"to": karim.handle}).text) == f"@{karim.handle} Je cherche."
    assert draft_in(client.get(address).text) == "Je cherche."
