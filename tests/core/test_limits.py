import pytest
import time_machine
from django.core.cache import caches

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_a_minute(settings):
    settings.REQUESTS_A_MINUTE = 3
    with time_machine.travel("2026-03-02T10:00:05Z", tick=False):
        yield


@pytest.fixture
def client(sign_in, awa, three_a_minute):
    return sign_in(awa)


def test_the_fourth_form_within_a_minute_waits_for_the_next(client):
    answers = [client.post("/appearance/", {"theme": "dark"}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    with time_machine.travel("2026-03-02T10:01:00Z", tick=False):
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


def test_without_the_cache_nobody_is_stopped(client, monkeypatch):
    def away(*_arguments, **_options):
        raise ValueError("no server")

    monkeypatch.setattr(type(caches["default"]), "incr", away)
    assert [client.post("/appearance/", {"theme": "dark"}).status_code for _ in range(5)] == [302] * 5
