"""Pages do without Valkey: here nothing listens at its address, or somebody listens and never answers."""

import socket
import time

import pytest
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import caches

from core import caching


@pytest.fixture
def silent_server():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def cache_at(settings):
    caching.outage.end()

    def at(port):
        settings.CACHES = {
            "default": {
                "BACKEND": "core.caching.ForgivingCache",
                "LOCATION": f"redis://127.0.0.1:{port}/0",
                "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
            }
        }
        return caches["default"]

    yield at
    caching.outage.end()


def test_a_cache_that_is_away_misses_and_keeps_nothing(cache_at):
    cache = cache_at(9)
    calls = [
        lambda: cache.set("a", 1), lambda: cache.set_many({"a": 1}), lambda: cache.delete_many(["a"]),
    ]  # fmt: skip
    for call in calls:
        caching.outage.end()
        call()
    answers = {
        "get": lambda: cache.get("a", "otherwise"),
        "many": lambda: cache.get_many(["a"]),
        "add": lambda: cache.add("a", 1),
        "touch": lambda: cache.touch("a"),
        "delete": lambda: cache.delete("a"),
        "has": lambda: cache.has_key("a"),
        "made": lambda: cache.get_or_set("a", lambda: 7),
    }
    found = {}
    for name, ask in answers.items():
        caching.outage.end()
        found[name] = ask()
    assert found == {
        "get": "otherwise", "many": {}, "add": True, "touch": False, "delete": False, "has": False, "made": 7,
    }  # fmt: skip
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


def test_a_server_that_never_answers_is_waited_for_once(cache_at, silent_server):
    cache = cache_at(silent_server)
    started = time.monotonic()
    assert [cache.get("a") for _again in range(20)] == [None] * 20
    assert time.monotonic() - started < 1


def test_a_cache_that_came_back_is_asked_again(cache_at, settings):
    real = settings.CACHES
    assert cache_at(9).get("a") is None
    assert caching.outage.lasts
    settings.CACHES = real
    caching.outage.end()
    caches["default"].set("a", 3)
    assert caches["default"].get("a") == 3


@pytest.mark.django_db
def test_a_session_is_read_and_kept_without_the_cache(cache_at):
    cache_at(9)
    session = SessionStore()
    session["word"] = "kept"
    session.save()
    caching.outage.end()
    assert SessionStore(session.session_key)["word"] == "kept"
