import json
import logging

import pytest
import time_machine

pytestmark = pytest.mark.django_db


def test_a_session_left_alone_ends_and_asks_to_sign_in(sign_in, awa):
    with time_machine.travel("2026-03-02T10:00:00Z") as clock:
        client = sign_in(awa)
        client.get("/")
        clock.shift(13 * 24 * 3600)
        assert client.get("/").status_code == 200
        clock.shift(14 * 24 * 3600 + 60)
        answer = client.get("/notifications/")
        assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/notifications/")
        assert client.get("/notifications/").status_code == 302


def test_signing_in_is_written_down_without_a_name(client, awa, caplog):
    awa.set_password("tres-long-secret")
    awa.save()
    caplog.set_level(logging.INFO, "palabre.sign_in")
    for password in ["wrong", "tres-long-secret"]:
        client.post("/accounts/login/", {"login": awa.email, "password": password})
    client.post("/accounts/logout/")
    said = [record.msg for record in caplog.records if record.name == "palabre.sign_in"]
    assert [line["event"] for line in said] == ["sign-in failed", "signed in", "signed out"]
    assert [line.get("account") for line in said] == [None, awa.pk, awa.pk]
    assert awa.email not in json.dumps(said, default=str)
