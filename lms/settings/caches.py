"""What Valkey keeps for a while."""

from lms.settings.house import REDIS_URL, TEST_RUN

CACHES = {
    "default": {
        "BACKEND": "core.caching.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "palabre",
        # A server that is stopped, not gone, accepts and never answers. On a busy machine the tests, which count
        # queries, wait longer.
        "OPTIONS": dict.fromkeys(["socket_timeout", "socket_connect_timeout"], 20 if TEST_RUN else 1),
    },
}
