import io
import json
import logging
import logging.config
import re

import pytest

from core.logs import log_settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(settings):
    """What a production writes, line by line, as read back from JSON."""
    written = io.StringIO()
    logging.config.dictConfig(log_settings(production=True))
    (console,) = logging.getLogger("django").handlers
    console.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.config.dictConfig(settings.LOGGING)


def test_a_request_is_one_line_with_its_number_its_route_and_no_name(client, lines, awa):
    client.force_login(awa, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(f"/people/{awa.handle}/?q={awa.email}", headers={"X-Request-ID": "abc-12345"})
    assert response["X-Request-ID"] == "abc-12345"
    said = [line for line in lines() if line["event"] == "request"]
    assert [(line["request_id"], line["method"], line["status"]) for line in said] == [
        ("abc-12345", "GET", response.status_code)
    ]
    text = json.dumps(said)
    assert awa.handle not in text
    assert awa.email not in text


def test_a_number_that_could_forge_a_line_is_replaced(client):
    response = client.get("/livez", headers={"X-Request-ID": 'x", "level": "error'})
    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])


def test_probes_and_files_are_not_written_down(client, lines):
    client.get("/livez")
    assert lines() == []


def test_addresses_are_taken_out_of_tracebacks(lines):
    try:
        raise ValueError("Key (email)=(awa@demo.palabre.test) already exists.")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/people/awa/")
    (line,) = lines()
    assert "Key (email)=([address]) already exists." in line["exception"]
    assert "awa@" not in json.dumps(line)


def test_a_failed_request_is_named_by_its_route(rf, lines):
    request = rf.get("/people/awa/")
    logging.getLogger("django.request").error(
        "%s: %s", "Internal Server Error", request.path, extra={"request": request, "status_code": 500}
    )
    (line,) = lines()
    assert (line["event"], line["route"]) == ("Internal Server Error", "-")
    assert "awa" not in json.dumps(line)
