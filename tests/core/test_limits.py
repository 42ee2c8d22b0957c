import pytest
import time_machine

from core import caching

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_a_minute(settings):
    settings.ACCOUNT_RATE_LIMITS = {"write": "3/m/user", "search": "3/m/user"}
    with time_machine.travel("2026-03-02T10:00:05Z", tick=False):
        yield


@pytest.fixture
def client(sign_in, awa, three_a_minute):
    return sign_in(awa)


def test_the_fourth_form_within_a_minute_waits_for_the_next(client):
    answers = [client.post("/appearance/", {"theme": "dark"}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    with time_machine.travel("2026-03-02T10:01:06Z", tick=False):
        assert client.post("/appearance/", {"theme": "dark"}).status_code == 302


def test_who_was_stopped_is_told_that_the_text_is_kept(client):
    for _ in range(4):
        page = client.post("/appearance/", {"theme": "dark"})
    assert "gardé sur cet appareil" in page.content.decode()


def test_searches_count_together_and_pages_do_not(client):
    addresses = ["/search/?q=planning", "/people/suggest/?q=ka", "/search/?q=rayon", "/search/?q=caisse"]
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200, 429]
    assert client.get("/").status_code == 200
    assert client.post("/appearance/", {"theme": "dark"}).status_code == 302


def test_one_person_does_not_stop_another(client, sign_in, karim):
    for _ in range(4):
        client.post("/appearance/", {"theme": "dark"})
    assert sign_in(karim).post("/appearance/", {"theme": "dark"}).status_code == 302


def test_without_the_cache_nobody_is_stopped(client):
    caching.outage.begin()
    assert [client.post("/appearance/", {"theme": "dark"}).status_code for _ in range(5)] == [302] * 5


def test_one_signs_in_without_the_cache(client, awa, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "60/m/ip"}
    awa.set_password("a-password-of-awa")
    awa.save()
    client.logout()
    caching.outage.begin()
    answer = client.post("/accounts/login/", {"login": awa.email, "password": "a-password-of-awa"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
