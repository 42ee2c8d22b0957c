import pytest
from django.core.cache import cache
from django.core.files.storage import InMemoryStorage
from django.template import Context, Template
from django.test import RequestFactory

from lms.context import Navigation, navigation
from lms.queries.navigation import navigation_counts_of
from people.models import Profile
from tests import making


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


def navigation_of(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return Navigation(request)


def test_a_fragment_that_draws_no_frame_costs_no_query(sign_in, awa, django_assert_num_queries):
    request = RequestFactory().get("/")
    request.user = awa

    with django_assert_num_queries(0):
        assert Template("fragment").render(Context(navigation(request))) == "fragment"


def test_news_count_threads_with_posts_after_what_was_read(lumen, awa, karim):
    space = making.make_space(lumen, "Managers")
    old = making.make_thread(space, karim, "Before Awa came")
    making.join(space, awa, karim)
    thread = making.make_thread(space, karim, "Since then")
    assert navigation_counts_of(awa)["spaces"] == [
        {"id": space.pk, "name": "Managers", "colour": "forest", "slug": space.slug, "new": 1}
    ]
    thread.read_states.create(user=awa, last_number=thread.last_number)
    assert navigation_counts_of(awa)["spaces"][0]["new"] == 0
    assert old.last_number == 1


@pytest.mark.parametrize("spaces", [1, 4])
def test_news_cost_two_queries_however_many_spaces(spaces, lumen, awa, django_assert_num_queries):
    for number in range(spaces):
        making.join(making.make_space(lumen, f"Space {number}"), awa)
    with django_assert_num_queries(2):
        assert len(navigation_counts_of(awa)["spaces"]) == spaces


def test_steering_shows_to_those_who_steer(awa, julie, marc, lumen):
    def labels(user):
        return [str(entry.icon) for entry in navigation_of(user).steering]

    assert labels(awa) == []
    assert "chart-no-axes-combined" not in labels(julie)
    assert "shield-check" not in labels(marc)


def test_the_theme_is_nothing_when_it_follows_the_device(awa):
    assert navigation_of(awa).theme == ""
    awa.theme = "dark"
    assert navigation_of(awa).theme == "palabre-night"


def test_language_and_theme_are_kept_with_the_person(sign_in, awa):
    client = sign_in(awa)
    answer = client.post("/appearance/", {"language": "en", "theme": "dark", "next": "/spaces/"})
    assert answer.headers["Location"] == "/spaces/"
    awa.refresh_from_db()
    assert (awa.language, awa.theme) == ("en", "dark")
    page = client.get("/").content.decode()
    assert '<html lang="en" data-theme="palabre-night"' in page


def test_a_made_up_theme_or_a_foreign_address_is_refused(sign_in, awa):
    client = sign_in(awa)
    answer = client.post("/appearance/", {"theme": "neon", "language": "xx", "next": "https://evil.test/"})
    assert answer.headers["Location"] == "/"
    awa.refresh_from_db()
    assert (awa.language, awa.theme) == ("fr", "system")


@pytest.mark.django_db
def test_a_stranger_reads_the_landing_in_the_chosen_language(client):
    client.post("/appearance/", {"language": "en", "theme": "light"})
    page = client.get("/").content.decode()
    assert '<html lang="en" data-theme="palabre"' in page
    assert 'id="main"' in page
    assert "style=" not in page


class Bucket(InMemoryStorage):
    """Signs its addresses for an hour, as a bucket does."""

    def url(self, name):
        return f"https://bucket.example.org/{name}?Signature=secret&Expires=3600"


@pytest.mark.parametrize("path", ["/", "/people/", "/settings/profile/", "/search/?q=Awa", "/spaces/"])
def test_a_picture_stands_at_the_address_of_the_view_wherever_it_lies(sign_in, awa, path, monkeypatch):
    monkeypatch.setattr(Profile._meta.get_field("picture"), "storage", Bucket())
    Profile.objects.filter(user=awa).update(picture="people/awa.webp")
    page = sign_in(awa).get(path).text
    assert 'src="/media/people/awa.webp"' in page
    assert "Signature" not in page
