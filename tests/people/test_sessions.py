import json
import logging

import pytest
import time_machine
from django.test import Client
from rest_framework.authtoken.models import Token

from events.models import Event

pytestmark = pytest.mark.django_db
PASSWORD = "tres-long-secret"


def test_a_session_left_alone_ends_and_asks_to_sign_in(sign_in, awa):
    with time_machine.travel("2026-03-02T10:00:00Z"):
        client = sign_in(awa)
        client.get("/")
    with time_machine.travel("2026-03-15T10:00:00Z"):
        assert client.get("/").status_code == 200
    with time_machine.travel("2026-03-29T10:01:00Z"):
        answer = client.get("/notifications/")
        assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/notifications/")
        assert client.get("/notifications/").status_code == 302


def test_who_signs_in_is_greeted_by_name(client, awa):
    awa.set_password(PASSWORD)
    awa.save()
    page = client.post("/accounts/login/", {"login": awa.email, "password": PASSWORD}, follow=True).text
    assert f"Bonjour, {awa.name}." in page
    assert "réussie" not in page


def test_the_greeting_speaks_the_language_of_the_person_on_any_device(client, awa):
    awa.set_password(PASSWORD)
    awa.save()
    typed = {"login": awa.email, "password": PASSWORD}
    page = client.post("/accounts/login/", typed, follow=True, headers={"Accept-Language": "en"}).text
    assert f"Bonjour, {awa.name}." in page


def test_signing_in_is_written_down_without_a_name(client, awa, caplog):
    awa.set_password(PASSWORD)
    awa.save()
    caplog.set_level(logging.INFO, "palabre.sign_in")
    for password in ["wrong", PASSWORD]:
        client.post("/accounts/login/", {"login": awa.email, "password": password})
    client.post("/accounts/logout/")
    said = [record.msg for record in caplog.records if record.name == "palabre.sign_in"]
    assert [line["event"] for line in said] == ["sign-in failed", "signed in", "signed out"]
    assert [line.get("account") for line in said] == [None, awa.pk, awa.pk]
    assert awa.email not in json.dumps(said, default=str)


@pytest.fixture
def proven(sign_in, awa):
    """Awa at work, who has just typed her password again."""
    awa.set_password(PASSWORD)
    awa.save()
    client = sign_in(awa)
    asked = client.post("/settings/programs/key/")
    assert not Token.objects.exists()
    client.first_answer = client.post(asked.url, {"password": PASSWORD})
    return client


def test_a_key_is_made_for_whoever_types_the_password_again_and_shown_once(proven, awa):
    key = Token.objects.get(user=awa).key
    assert key in proven.first_answer.content.decode()
    assert "no-store" in proven.first_answer["Cache-Control"]
    assert key not in proven.get("/settings/programs/").content.decode()


def test_a_key_opens_the_api_until_it_is_replaced_or_removed(proven, awa):
    def ask(key):
        return Client().get("/api/v1/spaces/", headers={"authorization": f"Token {key}"}).status_code

    first = Token.objects.get(user=awa).key
    assert ask(first) == 200
    proven.post("/settings/programs/key/")
    second = Token.objects.get(user=awa).key
    assert (ask(first), ask(second)) == (403, 200)
    proven.post("/settings/programs/key/removal/")
    assert ask(second) == 403
    said = Event.objects.filter(actor_id=awa.pk, verb__startswith="people.key").values_list("verb", flat=True)
    assert list(said.order_by("pk")) == ["people.key_made", "people.key_made", "people.key_removed"]


def test_signing_out_empties_the_cache_of_pages(sign_in, awa):
    client = sign_in(awa)
    assert "Clear-Site-Data" not in client.get("/").headers
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache"'


def test_a_new_password_ends_the_key_for_programs(proven, awa):
    assert Token.objects.filter(user=awa).exists()
    fields = {
        "oldpassword": PASSWORD,
        "password1": "encore-plus-long-2026",
        "password2": "encore-plus-long-2026",
    }
    assert proven.post("/accounts/password/change/", fields).status_code == 302
    assert not Token.objects.exists()


def test_a_new_password_ends_every_other_session(proven, sign_in, awa):
    elsewhere = Client()
    elsewhere.force_login(awa)
    assert elsewhere.get("/settings/").status_code == 200

    new = "encore-plus-long-2026"
    proven.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert proven.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302


def attempt(client, login, password="wrong-wrong-wrong", address="192.0.2.1"):
    answer = client.post("/accounts/login/", {"login": login, "password": password}, REMOTE_ADDR=address)
    if answer.status_code == 302:
        return []
    return [error.code for error in answer.context["form"].errors.as_data()["__all__"]]


@pytest.fixture
def limited(awa, client, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    awa.set_password(PASSWORD)
    awa.save()
    return client


def test_wrong_passwords_are_counted_for_the_person_by_whatever_identifier(limited, awa):
    said = [attempt(limited, login) for login in [awa.email, awa.handle, awa.email.upper()] * 2]
    assert said[4] != ["too_many_login_attempts"]
    assert said[5] == ["too_many_login_attempts"]
    # Even the right one waits: else a program would learn it.
    assert attempt(limited, awa.handle, PASSWORD) == ["too_many_login_attempts"]


def test_wrong_passwords_from_elsewhere_lock_nobody_out(limited, awa, julie):
    for _turn in range(6):
        attempt(limited, awa.email, address="198.51.100.7")
    assert attempt(limited, awa.email, PASSWORD, address="192.0.2.1") == []
    assert limited.session["_auth_user_id"] == str(awa.pk)
