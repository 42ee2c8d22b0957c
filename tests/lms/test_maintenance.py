import time

import pytest
from django.core.management import call_command

from lms import maintenance
from tests import making


@pytest.fixture(autouse=True)
def open_before_and_after(db, monkeypatch):
    # Each request looks again: two seconds are for the fleet, not for a test.
    monkeypatch.setattr(maintenance, "LOOK_EVERY", 0.0)
    maintenance.reopen()
    yield
    maintenance.reopen()


def told(capsys, *words: str) -> str:
    call_command("maintenance", *words)
    return capsys.readouterr().out.strip()


def test_a_closed_house_asks_everybody_to_come_back(client, sign_in, awa, capsys):
    told(capsys, "on", "--minutes", "20")
    for visitor in (client, sign_in(awa)):
        page = visitor.get("/courses/")
        assert page.status_code == 503
        assert 1100 <= int(page["Retry-After"]) <= 1200
        assert "Palabre est en entretien" in page.content.decode()
    refused = client.post("/settings/", {"language": "en"})
    assert refused.status_code == 503
    awa.refresh_from_db()
    assert awa.language == "fr"


def test_a_program_is_told_in_its_own_manner(client, capsys):
    told(capsys, "on")
    answer = client.get("/api/v1/threads/")
    assert answer.status_code == 503
    assert answer.json() == {"detail": "Palabre est en cours d’entretien. Réessayez plus tard."}


def test_staff_probes_and_the_way_in_stay_open(client, sign_in, lumen, capsys):
    told(capsys, "on")
    assert client.get("/livez").status_code == 200
    assert client.get("/accounts/login/").status_code == 200
    admin = making.make_user("Nour Hamdi", organisation=lumen)
    admin.is_staff = True
    admin.save(update_fields=["is_staff"])
    assert sign_in(admin).get("/courses/").status_code == 200


def test_it_holds_past_the_time_that_was_told_until_it_is_opened(client, sign_in, awa, capsys):
    maintenance.close_for(-5)
    page = sign_in(awa).get("/courses/")
    assert (page.status_code, page["Retry-After"]) == (503, "60")
    assert told(capsys, "off") == "Open again."
    assert client.get("/courses/").status_code == 200
    assert told(capsys, "off") == "It was open."


def test_the_command_says_how_it_is(capsys, settings):
    assert told(capsys) == "Open."
    assert told(capsys, "on").startswith("Closed within two seconds")
    assert told(capsys).startswith("Closed; people are told ")
    maintenance.reopen()
    settings.MAINTENANCE = True
    assert told(capsys) == "Closed."


def test_a_process_looks_at_the_mark_every_two_seconds(client, sign_in, awa, monkeypatch):
    monkeypatch.setattr(maintenance, "LOOK_EVERY", 3600.0)
    guard = maintenance.MaintenanceMiddleware(lambda request: "page")
    request = client.get("/livez").wsgi_request
    request.path, request.user = "/courses/", awa
    assert guard(request) == "page"
    maintenance.close_for(10)
    assert guard(request) == "page"
    guard.look_at = time.monotonic()
    assert guard(request).status_code == 503
