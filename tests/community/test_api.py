import uuid

import pytest

from community import actions
from community.models import Post, Space, Thread

pytestmark = pytest.mark.django_db


def post_json(client, url, data, **headers):
    return client.post(url, data, content_type="application/json", headers=headers)


def test_a_program_reads_threads_and_posts_as_its_person_does(thread, karim, sign_in):
    actions.write_post(thread, author=karim, body="Le **manager**.")
    client = sign_in(karim)
    [found] = client.get(f"/api/v1/spaces/{thread.space.slug}/threads/").json()["results"]
    assert (found["id"], found["number_of_posts"], found["author"]["name"]) == (thread.pk, 2, "Awa Mbaye")
    posts = client.get(f"/api/v1/threads/{thread.pk}/posts/?after=1").json()["results"]
    assert [(post["number"], post["body"]) for post in posts] == [(2, "Le **manager**.")]


def test_people_in_the_api_are_a_name_a_handle_and_a_standing(thread, karim, sign_in):
    [post] = sign_in(karim).get(f"/api/v1/threads/{thread.pk}/posts/").json()["results"]
    assert set(post["author"]) == {"name", "handle", "standing"}
    assert set(post["author"]["standing"]) == {"role", "expertise", "recognition"}


def test_a_post_sent_twice_with_one_key_is_one_post(thread, karim, sign_in):
    client, key = sign_in(karim), str(uuid.uuid4())
    url = f"/api/v1/threads/{thread.pk}/posts/"
    first = post_json(client, url, {"body": "Une fois"}, idempotency_key=key)
    again = post_json(client, url, {"body": "Une fois"}, idempotency_key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert Post.objects.filter(thread=thread).count() == 2


def test_what_an_action_refuses_answers_422_with_its_sentence_and_writes_nothing(
    thread, julie, karim, sign_in
):
    actions.lock_thread(thread, by=julie)
    answer = post_json(sign_in(karim), f"/api/v1/threads/{thread.pk}/posts/", {"body": "Encore"})
    assert (answer.status_code, answer.json()["code"]) == (422, "locked")
    assert Post.objects.filter(thread=thread).count() == 1


def test_bad_input_is_said_field_by_field(thread, karim, sign_in):
    answer = post_json(sign_in(karim), f"/api/v1/threads/{thread.pk}/posts/", {"moment": -1})
    assert answer.status_code == 400
    assert set(answer.json()) == {"body", "moment"}


def test_who_only_reads_gets_403_for_writing(thread, marc, sign_in):
    client = sign_in(marc)
    assert client.get(f"/api/v1/threads/{thread.pk}/").status_code == 200
    assert post_json(client, f"/api/v1/threads/{thread.pk}/posts/", {"body": "x"}).status_code == 403
    assert Post.objects.filter(thread=thread).count() == 1


def test_a_stranger_gets_404_at_every_address(thread, karim, ines, sign_in):
    post = actions.write_post(thread, author=karim, body="Secret")
    client = sign_in(ines)
    slug = thread.space.slug
    reads = [f"spaces/{slug}/", f"spaces/{slug}/threads/", f"threads/{thread.pk}/", f"posts/{post.pk}/"]
    writes = [
        ("put", f"spaces/{slug}/membership/"), ("delete", f"spaces/{slug}/membership/"),
        ("patch", f"spaces/{slug}/"), ("post", f"spaces/{slug}/threads/"),
        ("put", f"threads/{thread.pk}/resolution/"), ("delete", f"threads/{thread.pk}/resolution/"),
        ("put", f"threads/{thread.pk}/vote/"), ("post", f"threads/{thread.pk}/posts/"),
        ("patch", f"posts/{post.pk}/"), ("delete", f"posts/{post.pk}/"),
        ("put", f"posts/{post.pk}/reactions/useful/"), ("post", f"posts/{post.pk}/flags/"),
    ]  # fmt: skip
    found = {url: client.get(f"/api/v1/{url}").status_code for url in [*reads, f"threads/{thread.pk}/posts/"]}
    found |= {
        f"{verb} {url}": getattr(client, verb)(
            f"/api/v1/{url}", {}, content_type="application/json"
        ).status_code
        for verb, url in writes
    }
    assert {url: code for url, code in found.items() if code != 404} == {}
    assert client.get("/api/v1/spaces/").json()["results"] == []


def test_useful_is_put_and_taken_back_and_twice_is_once(thread, karim, awa, sign_in):
    post = actions.write_post(thread, author=karim, body="Voici.")
    client, url = sign_in(awa), f"/api/v1/posts/{post.pk}/reactions/useful/"
    assert client.put(url).json() == client.put(url).json() == {"useful_count": 1, "mine": ["useful"]}
    assert client.delete(url).json() == client.delete(url).json() == {"useful_count": 0, "mine": []}


def test_a_thread_is_started_and_its_answer_accepted(space, awa, karim, sign_in):
    client = sign_in(awa)
    made = post_json(
        client,
        f"/api/v1/spaces/{space.slug}/threads/",
        {"title": "Où ?", "body": "Où est-ce ?", "kind": "question"},
    )
    assert made.status_code == 201
    thread = Thread.objects.get(pk=made.json()["id"])
    reply = actions.write_post(thread, author=karim, body="Là.")
    url = f"/api/v1/threads/{thread.pk}/resolution/"
    assert (
        client.put(url, {"post": reply.pk}, content_type="application/json").json()["accepted_post"]
        == reply.pk
    )
    assert client.delete(url).status_code == 204


def test_only_trainers_and_administrators_open_spaces(lumen, awa, julie, sign_in):
    data = {"name": "Nouveaux", "purpose": "Se connaître"}
    assert post_json(sign_in(awa), "/api/v1/spaces/", data).status_code == 403
    assert Space.objects.count() == 0
    assert post_json(sign_in(julie), "/api/v1/spaces/", data).status_code == 201


def test_the_description_of_the_api_is_for_people_signed_in(client, awa, sign_in):
    assert client.get("/api/schema/").status_code in (302, 401, 403)
    assert b"/api/v1/threads/{id}/posts/" in sign_in(awa).get("/api/schema/").content
    assert client.get("/api/docs/").status_code == 200


@pytest.mark.parametrize("number", [1, 20])
def test_a_page_of_posts_costs_the_same_queries(thread, karim, sign_in, django_assert_num_queries, number):
    for _n in range(number):
        actions.write_post(thread, author=karim, body="Voici.")
    client = sign_in(karim)
    client.get(f"/api/v1/threads/{thread.pk}/posts/")
    with django_assert_num_queries(6):
        client.get(f"/api/v1/threads/{thread.pk}/posts/")
