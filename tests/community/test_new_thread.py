"""The form of a new discussion: what it keeps, what it shows before one publishes."""

import re

import pytest

from community import actions
from community.models import Draft

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
