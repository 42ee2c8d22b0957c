"""A cache that may go away: pages then cost more queries, and nothing else changes.

What is kept here is always a copy. PostgreSQL holds the sessions and everything else that counts.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.utils.functional import cached_property
from redis.exceptions import ConnectionError, TimeoutError

from core.outage import Outage

# Of the process: its threads have a cache object each, but the server is the same.
outage = Outage(seconds=2)
logger = logging.getLogger(__name__)


def forgiving(name: str, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """The client's method of this name, or `otherwise` of the same arguments while the server is away."""
    asked = getattr(RedisCacheClient, name)

    def ask(self: RedisCacheClient, *args: Any, **options: Any) -> Any:
        if outage.lasts:
            return otherwise(*args, **options)
        try:
            return asked(self, *args, **options)
        except (ConnectionError, TimeoutError) as error:
            outage.begin()
            logger.warning("the cache is away (%s): pages do without it", type(error).__name__)
            return otherwise(*args, **options)

    return ask


def _missing(key: str, *args: Any) -> Any:
    raise ValueError(f"Key '{key}' not found.")


class ForgivingClient(RedisCacheClient):
    @cached_property
    def client(self) -> Any:
        return super().get_client(write=True)

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """One for all: there is one server, and making a client costs more than asking it."""
        return self.client

    get = forgiving("get", lambda key, default: default)
    get_many = forgiving("get_many", lambda keys: {})
    has_key = forgiving("has_key", lambda key: False)
    # Whoever takes a lock by it (allauth's rates, when one signs in) goes on without.
    add = forgiving("add", lambda key, value, timeout: True)
    set = forgiving("set", lambda key, value, timeout: None)
    set_many = forgiving("set_many", lambda data, timeout: None)
    touch = forgiving("touch", lambda key, timeout: False)
    delete = forgiving("delete", lambda key: False)
    delete_many = forgiving("delete_many", lambda keys: None)
    incr = forgiving("incr", _missing)


class ForgivingCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient
