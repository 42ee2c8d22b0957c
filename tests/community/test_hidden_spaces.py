"""A word that stands only in a hidden space of Lumen is found nowhere by a stranger of another organisation."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, reverse

from community import actions
from community.models import Flag, Post
from community.queries.people import people_to_mention
from tests import making

pytestmark = pytest.mark.django_db
WORD = "ornithorynque"


@pytest.fixture
def hidden(lumen, awa, karim, julie):
    space = making.make_space(lumen, f"Projet {WORD}", purpose=WORD, charter=WORD, visibility="hidden")
    making.join(space, awa, karim)
    making.join(space, julie, role="facilitator")
    thread = actions.start_thread(
        space, author=awa, title=f"Le {WORD}", body=WORD, tags=[WORD], kind="poll", choices=[WORD, "non"]
    )
    post = actions.write_post(thread, author=karim, body=f"Encore {WORD}")
    actions.flag_post(post, by=awa, reason="other", comment=WORD)
    return post


@pytest.fixture
def strangers(ines, marc):
    """Of another organisation, and of the same without a seat: neither may know that it exists."""
    return [ines, marc]


def addresses_of(post: Post, kind: str = "useful") -> list[str]:
    """Every address of this app, filled with what belongs to the hidden space."""
    thread, space = post.thread, post.thread.space
    values = {"slug": space.slug, "kind": kind, "name": "plan.pdf"}
    found = []
    for name, (_possibilities, *_rest) in [
        (name, rest)
        for name, rest in get_resolver("community.urls").reverse_dict.items()
        if isinstance(name, str)
    ]:
        for pk in (thread.pk, post.pk):
            for args in ({}, {"pk": pk}, {"slug": space.slug}, {"slug": space.slug, "pk": pk},
                         {"pk": pk, "kind": kind}, {"pk": pk, "name": values["name"]}):  # fmt: skip
                try:
                    found.append(reverse(f"community:{name}", kwargs=args))
                except Exception:
                    continue
    return sorted(set(found))


def test_no_address_of_the_app_gives_a_stranger_the_word(hidden, strangers, sign_in):
    addresses = addresses_of(hidden)
    assert len(addresses) > 30
    for stranger in strangers:
        client = sign_in(stranger)
        leaks = [url for url in addresses if WORD in client.get(url).content.decode()]
        assert leaks == []


def test_looking_for_the_word_finds_no_space(hidden, strangers, awa, sign_in):
    for stranger in strangers:
        page = sign_in(stranger).get("/spaces/", {"q": WORD}).content.decode()
        assert hidden.thread.space.slug not in page
        assert "Aucun espace ne répond à ces mots" in page
    assert hidden.thread.space.slug in sign_in(awa).get("/spaces/", {"q": WORD}).content.decode()


def test_every_address_of_the_space_answers_404_to_a_stranger(hidden, strangers, sign_in):
    common = {
        "/spaces/",
        "/spaces/new/",
        "/threads/similar/",
        "/drafts/",
        "/drafts/removal/",
        "/attachments/",
    }
    for stranger in strangers:
        client = sign_in(stranger)
        codes = {
            (verb, url): getattr(client, verb)(url).status_code
            for url in addresses_of(hidden)
            if url not in common
            for verb in ("get", "post")
        }
        assert {key: code for key, code in codes.items() if code not in (404, 405)} == {}
    hidden.refresh_from_db()
    assert (hidden.deleted_at, hidden.hidden_at, Flag.objects.count()) == (None, None, 1)


def test_the_word_is_found_by_a_member(hidden, awa, sign_in):
    client = sign_in(awa)
    for url in ("/spaces/", hidden.thread.get_absolute_url(), hidden.thread.space.get_absolute_url()):
        assert WORD in client.get(url).content.decode()


def test_a_file_of_a_hidden_space_opens_for_its_readers_only(hidden, awa, karim, strangers, sign_in):
    thread = hidden.thread
    upload = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 plan secret")
    attachment = actions.attach_file(thread.space, user=awa, upload=upload, thread=thread)
    url = attachment.get_absolute_url()
    assert sign_in(karim).get(url).status_code == 404
    actions.write_post(thread, author=awa, body=f"[plan]({url})")
    assert b"".join(sign_in(karim).get(url)) == b"%PDF-1.7 plan secret"
    assert [sign_in(stranger).get(url).status_code for stranger in strangers] == [404, 404]


def test_nobody_is_called_into_a_space_they_cannot_read(hidden, marc, ines):
    found = people_to_mention(hidden.thread.space, asked="")
    assert {person.name for person in found} == {"Awa Mbaye", "Karim Toure", "Julie Dubois"}


def test_files_and_drafts_go_only_where_one_may_write(hidden, ines, marc, sign_in):
    place = f"thread:{hidden.thread_id}"
    upload = SimpleUploadedFile("plan.pdf", b"%PDF-1.7")
    for stranger in (ines, marc):
        answer = sign_in(stranger).post("/attachments/", {"file": upload, "place": place})
        assert answer.status_code == 404
