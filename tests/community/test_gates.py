"""Behind a gate nobody learns which reply was kept as the answer, nor its number: on the page or by the API."""

import pytest

from community import actions
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def gated(space, awa, karim):
    """A case that Awa opened, answered by Karim, whose reply she kept."""
    thread = actions.start_thread(
        space, author=awa, title="Que faire ?", body="Un client crie.", gate="after_reply"
    )
    kept = actions.write_post(thread, author=karim, body="Écouter d’abord.")
    actions.accept_answer(kept, by=awa)
    return thread, kept


@pytest.fixture
def nadia(lumen, space):
    """A second plain member, who has not replied."""
    nadia = making.make_user("Nadia", organisation=lumen)
    making.join(space, nadia)
    return nadia


def told(client, thread, space) -> set:
    """The number of the accepted post, as each door of the API tells it."""
    one = client.get(f"/api/v1/threads/{thread.pk}/").json()
    [listed] = client.get(f"/api/v1/spaces/{space.slug}/threads/").json()["results"]
    return {one["accepted_post"], listed["accepted_post"]}


def test_the_api_and_the_page_tell_the_accepted_post_only_past_the_gate(gated, space, awa, nadia, sign_in):
    thread, kept = gated
    assert told(sign_in(awa), thread, space) == {kept.pk}
    client = sign_in(nadia)
    assert told(client, thread, space) == {None}
    page = client.get(thread.get_absolute_url()).content.decode()
    assert kept.get_absolute_url() not in page
    assert "Écouter d’abord." not in page
    assert client.get(f"/api/v1/posts/{kept.pk}/").status_code == 404
    posts = client.get(f"/api/v1/threads/{thread.pk}/posts/").json()["results"]
    assert [post["number"] for post in posts] == [1]
    actions.write_post(thread, author=nadia, body="Le laisser finir.")
    assert told(client, thread, space) == {kept.pk}
    assert kept.get_absolute_url() in client.get(thread.get_absolute_url()).content.decode()


def test_a_gate_before_nothing_counts_no_replies(space, awa, karim, sign_in):
    thread = making.make_thread(space, awa, gate="pass")
    shut = sign_in(karim).get(thread.get_absolute_url()).text
    assert "Cette discussion s’ouvrira quand vous aurez répondu." in shut
    assert "0 réponse s’ouvrira" not in shut
    making.make_post(thread, awa)
    assert (
        "1 réponse s’ouvrira quand vous aurez répondu" in sign_in(karim).get(thread.get_absolute_url()).text
    )
