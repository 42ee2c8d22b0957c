import pytest

MEGABYTE = 1 << 20


@pytest.fixture
def small_limits(settings):
    settings.LARGEST_ANONYMOUS_BODY, settings.LARGEST_BODY, settings.LARGEST_UPLOAD = 10, 100, 1000


def status_of(client, path, size):
    return client.generic("POST", path, b"x" * size, content_type="text/plain").status_code


def test_a_body_may_be_as_large_as_who_sends_it_and_where_allow(client, sign_in, awa, small_limits):
    assert status_of(client, "/appearance/", 10) != 413
    assert status_of(client, "/appearance/", 11) == 413
    assert status_of(client, "/studio/", 11) == 413
    sign_in(awa)
    assert status_of(client, "/appearance/", 100) != 413
    assert status_of(client, "/appearance/", 101) == 413
    assert status_of(client, "/studio/", 1000) != 413
    assert status_of(client, "/studio/", 1001) == 413


def test_who_sent_too_much_reads_a_sentence(client, small_limits, db):
    refused = client.post("/accounts/login/", {"login": "x" * 100}, headers={"Accept-Language": "fr"})
    assert (
        refused.content.decode()
        == "C’est trop lourd. Revenez en arrière : ce que vous avez écrit est encore dans son champ.\n"
    )


@pytest.mark.parametrize(
    "path", ["/", "/people/", "/notifications/", "/settings/data/", "/live/token/", "/rien/"]
)
def test_what_a_person_is_shown_is_kept_by_nobody(sign_in, awa, path):
    answer = sign_in(awa).get(path)
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


def test_what_everybody_is_shown_may_be_kept(client, db):
    assert not client.get("/").has_header("Cache-Control")


def test_a_view_may_say_how_long_its_answer_is_kept(sign_in, awa):
    assert sign_in(awa).get("/worker.js")["Cache-Control"] == "max-age=0, must-revalidate"


def test_signing_in_is_kept_by_nobody(client, awa):
    awa.set_password("a-password-of-awa")
    awa.save()
    answer = client.post("/accounts/login/", {"login": awa.email, "password": "a-password-of-awa"})
    assert answer.status_code == 302
    assert "no-store" in answer["Cache-Control"]
