from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from events.models import Delivery, Tick
from lms.tasks import say_alive
from lms.views import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def healthy(monkeypatch):
    monkeypatch.setattr(health, "applied", False)
    for name in ("schedule", "worker"):
        Tick.objects.create(name=name, at=timezone.now())


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = "a-token-of-the-operator"


OPERATOR = {"Authorization": "Bearer a-token-of-the-operator"}


def failing(client):
    response = client.get("/readyz", headers=OPERATOR)
    checks = response.json()["checks"]
    assert response.status_code == (200 if response.json()["ready"] else 503)
    return {name for name, check in checks.items() if not check["ok"]}


def test_a_healthy_house_is_ready_for_whoever_asks(client, healthy):
    response = client.get("/readyz", headers=OPERATOR)
    assert response.status_code == 200
    assert set(response.json()["checks"]) == {
        *("database", "redis", "migrations", "deliveries", "schedule", "worker"),
    }
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer another"}, {"Authorization": "Bearer "}])
def test_what_is_wrong_is_told_to_whoever_runs_the_house_only(client, healthy, settings, headers):
    assert client.get("/readyz", headers=headers).json() == {"ready": True}
    Tick.objects.all().delete()
    assert client.get("/readyz", headers=headers).json() == {"ready": False}
    settings.METRICS_TOKEN = ""
    assert client.get("/readyz", headers=headers).json() == {"ready": False}


def test_living_asks_nobody_else(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/livez")
    assert (response.status_code, response.content) == (200, b"alive\n")


def test_a_database_that_takes_no_writes_is_not_ready(client, healthy):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
    assert failing(client) == {"database"}


def test_a_migration_that_waits_is_not_ready(client, healthy):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'gamification'")
    assert failing(client) == {"migrations"}


def test_a_delivery_that_waits_too_long_is_not_ready(client, healthy):
    now = timezone.now()
    for key, state, due in (
        ("old", "sent", now - timedelta(days=1)),
        ("young", "waiting", now - timedelta(minutes=14)),
        ("future", "waiting", now + timedelta(days=1)),
    ):
        Delivery.objects.create(kind="mail", key=key, state=state, due_at=due)
    assert failing(client) == set()
    Delivery.objects.filter(key="young").update(due_at=now - timedelta(minutes=16))
    assert failing(client) == {"deliveries"}


@pytest.mark.parametrize("name", ["schedule", "worker"])
def test_a_clock_that_stopped_is_not_ready(client, healthy, name):
    Tick.objects.filter(name=name).update(at=timezone.now() - timedelta(minutes=3))
    assert failing(client) == {name}
    Tick.objects.filter(name=name).delete()
    assert failing(client) == {name}


def test_a_redis_that_does_not_answer_is_not_ready_and_its_address_stays_private(client, healthy, settings):
    secret = "redis://:secret@127.0.0.1:1/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": secret}}
    assert failing(client) == {"redis"}
    assert b"secret" not in client.get("/readyz", headers=OPERATOR).content


def test_what_health_says_names_nobody(client, healthy, awa):
    said = client.get("/readyz", headers=OPERATOR).content.decode()
    assert awa.email not in said
    assert set(Tick.objects.values_list("name", flat=True)) == {"schedule", "worker", "probe"}


def test_the_worker_says_it_lives():
    say_alive()
    assert timezone.now() - Tick.objects.get(name="worker").at < timedelta(seconds=5)
