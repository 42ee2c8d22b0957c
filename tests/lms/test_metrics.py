import pytest
from django.db import transaction

from events.models import Cursor, Delivery
from events.recording import record


@pytest.fixture
def busy(awa):
    with transaction.atomic():
        record("people.user_joined", actor=awa, subject=awa)
    Cursor.objects.create(reader="test.reader", txid=1, event_id=7)
    Delivery.objects.create(kind="mail", key="one", payload={"to": awa.email})


def test_prometheus_reads_what_waits_and_nobody_s_name(client, settings, busy, awa):
    settings.METRICS_TOKEN = "un-jeton"

    said = client.get("/metrics", headers={"authorization": "Bearer un-jeton"}).text

    assert "palabre_deliveries_waiting 1.0" in said
    assert 'palabre_reader_last_event_id{reader="test.reader"} 7.0' in said
    assert awa.name not in said
    assert awa.email not in said


@pytest.mark.parametrize(
    ("kept", "sent"), [("", ""), ("", "Bearer "), ("un-jeton", "Bearer autre"), ("un-jeton", "")]
)
def test_without_the_token_there_is_nothing_there(client, settings, busy, kept, sent):
    settings.METRICS_TOKEN = kept

    assert client.get("/metrics", headers={"authorization": sent}).status_code == 404
