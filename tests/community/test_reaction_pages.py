"""Reactions by their address, and where an act without scripts comes back to."""

from unittest import mock

import pytest
from django.urls import reverse

from community import actions
from community.models import Thread
from community.queries import conversation

pytestmark = pytest.mark.django_db


def test_an_act_beside_a_module_comes_back_to_it_without_scripts(thread, karim, awa, ines, sign_in):
    Thread.objects.filter(pk=thread.pk).update(about_url="/courses/a/modules/1/")
    useful = reverse("community:reaction", args=[thread.posts.get(number=1).pk, "useful"])
    for on in ("1", "0"):
        beside = sign_in(karim).post(useful, {"on": on, "narrow": "1"})
        assert beside.url == "/courses/a/modules/1/#post-1"
    own = actions.write_post(thread, author=karim, body="Voici.")
    removal = reverse("community:removal", args=[own.pk])
    assert sign_in(karim).post(removal, {"on": "1", "narrow": "1"}).url == "/courses/a/modules/1/#post-2"
    said = {"body": "Encore.", "narrow": "1"}
    written = sign_in(karim).post(reverse("community:posts", args=[thread.pk]), said)
    assert written.url == "/courses/a/modules/1/#post-3"
    refused = sign_in(karim).post(reverse("community:posts", args=[thread.pk]), said | {"body": " "})
    assert '<input type="hidden" name="narrow" value="1">' in refused.text
    # Beside, too, it comes back to the page of the conversation on which the message stands.
    actions.write_post(thread, author=awa, body="Une suite.")
    with mock.patch.object(conversation, "PAGE_SIZE", 2):
        written = sign_in(karim).post(reverse("community:posts", args=[thread.pk]), said)
        assert written.url == "/courses/a/modules/1/?talk_page=2#post-5"
    # Elsewhere the address of the message finds the page of a long thread.
    first = thread.posts.get(number=1)
    assert sign_in(karim).post(useful, {"on": "1"}).url == reverse("community:post", args=[first.pk])
    assert sign_in(ines).post(useful, {"on": "1", "narrow": "1"}).status_code == 404


@pytest.mark.parametrize("number", ["99999999999999999999", "٣", "9" * 5000])
def test_a_reaction_to_a_number_that_no_message_has_is_not_found(awa, sign_in, number):
    assert sign_in(awa).post(f"/posts/{number}/reactions/useful/", {"on": "1"}).status_code == 404


def test_a_reaction_of_no_kind_is_refused(thread, karim, sign_in):
    post = thread.posts.get(number=1)
    sign_in(karim).post(f"/posts/{post.pk}/reactions/not-a-kind/", {"on": "1"})
    assert not post.reactions.exists()
