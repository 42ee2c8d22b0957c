"""One card of a post is all that page, menu, live news and API show of it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from community import actions
from community.api.serializers import PostSerializer
from community.models import Post
from community.queries.posts import PostCard
from people.queries.person_card import PersonCard

FRAGMENT = {"HX-Request": "true"}
TEMPLATES = ("post", "post_parts", "post_menu", "posts")
# What the card says beyond its columns.
DERIVED = {"url", "is_reply"}


def template(name: str) -> str:
    return (Path(settings.BASE_DIR) / "templates" / "community" / f"{name}.html").read_text()


def fields_drawn() -> set[str]:
    return set(re.findall(r"\bcard\.(\w+)", "".join(template(name) for name in TEMPLATES)))


def fields_of_the_api() -> set[str]:
    return {field.source or name for name, field in PostSerializer().fields.items()}


def test_templates_and_api_know_nothing_but_the_card():
    """One field more on a post touches the model, the card, the template, the serializer and a test: five places."""
    known = set(PostCard._fields)
    assert fields_drawn() - known - DERIVED == set()
    assert fields_of_the_api() - known == set()


def test_every_field_of_the_card_is_shown_somewhere():
    assert set(PostCard._fields) - fields_drawn() - fields_of_the_api() == set()


def test_one_template_draws_a_post_wherever_it_stands():
    drawing = [
        path.relative_to(settings.BASE_DIR).as_posix()
        for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html")
        if 'id="post-{{' in path.read_text() or 'id="post-1"' in path.read_text()
    ]
    assert drawing == ["templates/community/post.html"]


def test_cards_and_people_are_frozen():
    for card in (PostCard, PersonCard):
        assert issubclass(card, tuple)


@pytest.mark.django_db
def test_the_same_macro_draws_first_load_and_live_news(thread, julie, karim, sign_in):
    actions.write_post(thread, author=karim, body="Le **manager**.")
    client = sign_in(julie)
    news = client.get(reverse("community:posts", args=[thread.pk]), {"after": 1}).content.decode()
    page = client.get(thread.get_absolute_url()).content.decode()
    [post] = re.findall(r'<li id="post-2".*?</article>', news, re.S)
    assert post in page


@pytest.mark.django_db
def test_the_words_of_a_post_that_is_gone_are_in_no_card(thread, awa, karim, julie, sign_in):
    post = actions.write_post(thread, author=karim, body="Motsecret")
    actions.write_post(thread, author=julie, body="Non.", parent=post)
    actions.decide(post, by=julie, kind="hide", note="Trop vif.")
    for person, sees in ((awa, False), (karim, True), (julie, True)):
        page = sign_in(person).get(thread.get_absolute_url()).content.decode()
        assert ("Motsecret" in page) is sees
    actions.delete_post(Post.objects.get(pk=post.pk), by=karim)
    for person in (awa, karim, julie):
        assert "Motsecret" not in sign_in(person).get(thread.get_absolute_url()).content.decode()


def menu_of(client, post, name="menu", **headers) -> str:
    return client.get(f"/posts/{post.pk}/{name}/", headers=headers or FRAGMENT).content.decode()


@pytest.mark.django_db
def test_the_menu_of_a_post_offers_what_its_reader_may_do(thread, awa, karim, julie, marc, sign_in):
    """Awa asked, Karim answers, Julie facilitates, Marc only reads."""
    post = actions.write_post(thread, author=karim, body="Le manager.")
    acts = {
        "edit": "/edit/",
        "remove": "/removal/",
        "flag": "/flag/",
        "accept": "/resolution/",
        "quote": "?quote=1",
    }
    expected = {
        karim: {"edit", "remove", "quote"},
        awa: {"flag", "accept", "quote"},
        julie: {"remove", "flag", "accept", "quote"},
        marc: {"flag"},
    }
    for person, offered in expected.items():
        menu = menu_of(sign_in(person), post)
        assert {act for act, address in acts.items() if address in menu} == offered, person


@pytest.mark.django_db
def test_menus_are_pages_without_scripts_and_nothing_for_strangers(thread, karim, awa, ines, sign_in):
    post = actions.write_post(thread, author=karim, body="Le manager.")
    page = sign_in(awa).get(f"/posts/{post.pk}/menu/").content.decode()
    assert "<h1" in page
    assert "Le manager." in page
    assert 'id="post-actions"' in page
    ways = menu_of(sign_in(awa), post, "reactions")
    assert re.findall(r"/reactions/(\w+)/\" name", ways) == ["thanks", "learned", "question"]
    for name in ("menu", "reactions"):
        assert sign_in(ines).get(f"/posts/{post.pk}/{name}/").status_code == 404
    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())
    assert sign_in(awa).get(f"/posts/{post.pk}/menu/").status_code == 404


@pytest.mark.django_db
def test_a_thread_of_fifty_posts_weighs_at_most_160_kb(thread, awa, karim, julie, sign_in):
    words = (
        "Le manager valide au-delà de 500 euros, la direction au-delà de 5 000 ; le reste se décide à l’agence. "
        * 2
    )
    for number in range(50):
        actions.write_post(thread, author=(karim, julie)[number % 2], body=words)
    page = sign_in(awa).get(thread.get_absolute_url()).content
    assert page.count(b'<article aria-label="Message') == 50
    assert len(page) <= 160_000
