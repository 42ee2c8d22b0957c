import pytest
from django.urls import reverse

from community import actions
from community.models import Draft
from tests import making

pytestmark = pytest.mark.django_db


def keep(client, place: str, body: str, sequence: int = 7):
    return client.post("/drafts/", {"place": place, "body": body, "sequence": sequence})


def test_a_draft_is_kept_only_where_its_writer_may_read(lumen, thread, karim, ines, sign_in):
    hidden = making.make_space(lumen, "Secret", visibility="hidden")
    other = making.make_user("Autre", organisation=lumen)
    making.join(hidden, other)
    secret = making.make_thread(hidden, other)
    places = [f"thread:{secret.pk}", f"space:{hidden.pk}", f"post:{secret.posts.get().pk}", "thread:999999"]
    for place in places:
        assert keep(sign_in(karim), place, "Trouvé ?").status_code == 422
    assert keep(sign_in(ines), f"thread:{thread.pk}", "Trouvé ?").status_code == 422
    assert Draft.objects.count() == 0
    assert keep(sign_in(karim), f"thread:{thread.pk}", "Ici").status_code == 204


def test_a_draft_whose_post_is_gone_is_found_on_the_page_of_drafts(thread, awa, karim, julie, sign_in):
    post = actions.write_post(thread, author=julie, body="À retirer")
    keep(sign_in(karim), f"thread:{thread.pk}:reply:{post.pk}", "Ma longue réponse")
    page = sign_in(karim).get("/drafts/").content.decode()
    assert reverse("community:reply", args=[post.pk]) in page
    actions.delete_post(post, by=julie)
    page = sign_in(karim).get("/drafts/").content.decode()
    assert "Ma longue réponse" in page
    assert thread.title in page
    assert reverse("community:reply", args=[post.pk]) not in page
    assert "Ma longue réponse" not in sign_in(awa).get("/drafts/").content.decode()
    removal = {"place": f"thread:{thread.pk}:reply:{post.pk}"}
    sign_in(awa).post("/drafts/removal/", removal)
    assert Draft.objects.count() == 1
    asked = sign_in(karim).post("/drafts/removal/", removal)
    assert removal["place"] in asked.content.decode()
    assert Draft.objects.count() == 1
    sign_in(karim).post("/drafts/removal/", {**removal, "sure": "yes"})
    assert Draft.objects.count() == 0


def test_a_reply_to_a_post_that_is_gone_keeps_its_words(thread, karim, julie, sign_in):
    post = actions.write_post(thread, author=julie, body="À retirer")
    actions.delete_post(post, by=julie)
    url = reverse("community:posts", args=[thread.pk])
    for headers in ({}, {"HX-Request": "true"}):
        answer = sign_in(karim).post(url, {"body": "Ma réponse", "parent": post.pk}, headers=headers)
        assert answer.status_code == 422
        assert "Ma réponse" in answer.content.decode()
        assert "n’est plus là" in answer.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_drafts_asks_the_same_few_queries(
    space, karim, sign_in, django_assert_num_queries, number
):
    for n in range(number):
        thread = making.make_thread(space, karim, title=f"Fil {n}")
        actions.save_draft(karim, place=f"thread:{thread.pk}", body="À moitié", sequence=1)
    actions.save_draft(karim, place=f"space:{space.pk}", body="Une", sequence=1)
    actions.save_draft(karim, place=f"post:{thread.posts.get().pk}", body="Deux", sequence=1)
    client = sign_in(karim)
    client.get("/drafts/")
    with django_assert_num_queries(6):
        client.get("/drafts/")
