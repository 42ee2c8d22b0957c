import errno
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.test import Client, RequestFactory
from django.utils import translation

from core.api import exception_handler
from lms.views import failures


@pytest.mark.django_db
def test_an_address_that_does_not_exist_says_so_in_the_frame_of_the_reader(sign_in, awa):
    page = sign_in(awa).get("/nowhere/at/all/")
    assert page.status_code == 404
    text = page.content.decode()
    assert "Il n’y a rien à cette adresse" in text
    assert 'aria-label="Principal"' in text


@pytest.mark.django_db
def test_a_stranger_who_mistypes_gets_the_public_frame(client):
    page = client.get("/nowhere/")
    assert page.status_code == 404
    assert "Se connecter" in page.content.decode()


@pytest.mark.django_db
def test_a_known_person_without_the_right_is_told_whom_to_ask(awa):
    request = RequestFactory().get("/reports/")
    request.user = awa
    with translation.override("fr"):
        page = failures.forbidden(request, PermissionDenied())
    assert page.status_code == 403
    assert "Demandez à la personne qui l’anime." in page.content.decode()


@pytest.mark.django_db
def test_a_form_sent_from_a_page_that_expired_says_that_the_text_is_kept(sign_in, awa):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sign_in(awa).cookies
    page = strict.post("/appearance/", {"theme": "dark"})
    assert page.status_code == 403
    assert "gardé sur cet appareil" in page.content.decode()
    awa.refresh_from_db()
    assert awa.theme == "system"


def test_a_broken_server_still_has_a_page_without_database_or_session():
    with translation.override("fr"):
        page = failures.server_error(RequestFactory().get("/"))
    assert page.status_code == 500
    assert "Quelque chose a cassé de notre côté" in page.content.decode()


def test_maintenance_asks_to_come_back():
    page = failures.maintenance(RequestFactory().get("/maintenance/"))
    assert (page.status_code, page.headers["Retry-After"]) == (503, "120")


@pytest.mark.django_db
def test_the_manifest_and_the_worker_make_the_house_installable(client):
    manifest = client.get("/manifest.webmanifest").json()
    assert manifest["start_url"] == "/"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    worker = client.get("/worker.js")
    assert worker.headers["Content-Type"] == "text/javascript"
    source = worker.content.decode()
    assert "__KEPT__" not in source
    assert '"/offline/"' in source
    assert "Vous êtes hors connexion" in client.get("/offline/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/offline/", "/nowhere/"])
def test_public_pages_hold_no_inline_code(client, path):
    page = client.get(path).content.decode()
    assert not re.search(r"<[^>]+\s(style|on\w+)=", page)
    inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page)
    assert inline == []


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_a_pause_and_not_a_fault(error, monkeypatch, client):
    def away(*args, **options):
        raise error("the server closed the connection")

    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.sessions.backends.cached_db.SessionStore.load", away)
    client.cookies["sessionid"] = "x" * 32
    page = client.get("/spaces/")
    assert page.status_code == 503
    assert page["Retry-After"] == "5"
    assert "Palabre" in page.content.decode()
    assert "Traceback" not in page.content.decode()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError(), 500),
        (OSError(errno.EACCES, "not allowed"), 500),
        (OSError(errno.ENOSPC, "no room"), 503),
    ],
)
def test_a_full_disk_is_a_pause_and_any_other_error_stays_an_error(error, status):
    try:
        raise error
    except Exception:
        assert failures.server_error(RequestFactory().get("/")).status_code == status


def test_a_program_is_told_that_the_database_is_away():
    answer = exception_handler(OperationalError("gone"), {})
    assert (answer.status_code, answer["Retry-After"], answer.data["code"]) == (503, "5", "away")


@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing/", "/api/v9/spaces/7/"])
def test_an_unknown_address_of_the_api_answers_json(sign_in, awa, path):
    answer = sign_in(awa).get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json()["detail"]


@pytest.mark.django_db
def test_what_only_takes_what_a_button_sends_says_so_when_it_is_opened(awa, sign_in):
    answer = sign_in(awa).get("/posts/7/restoration/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Il n’y a rien à lire ici" in answer.text
