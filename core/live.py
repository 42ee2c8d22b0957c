"""Telling open pages that something changed: the topic travels, never the content."""

import json

import redis
from django.conf import settings
from django.db import transaction

CHANNEL = "palabre:live"


def publish(topic: str, event: str = "changed", data: str = "") -> None:
    """Say, once the transaction is committed, that `topic` (such as "thread:12") changed."""
    transaction.on_commit(lambda: _send({"topic": topic, "event": event, "data": data}), robust=True)


def revoke(user_id: int) -> None:
    """End every stream of a person at once."""
    _send({"topic": f"user:{user_id}", "event": "revoked", "data": ""})


def _send(message: dict[str, str]) -> None:
    redis.Redis.from_url(settings.REDIS_URL).publish(CHANNEL, json.dumps(message))
