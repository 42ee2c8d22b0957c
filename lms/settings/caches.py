"""What Valkey keeps for a while, and pieces of pages that the process itself keeps."""

from lms.settings.house import DEBUG, REDIS_URL, TEST_RUN

CACHES = {
    "default": {
        "BACKEND": "core.caching.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "palabre",
        # A server that is stopped, not gone, accepts and never answers. On a busy machine the tests, which count
        # queries, wait longer.
        "OPTIONS": dict.fromkeys(["socket_timeout", "socket_connect_timeout"], 20 if TEST_RUN else 1),
    },
    # Pieces of pages by all that they show, in the process itself; while developing, drawn anew.
    "template_fragments": {
        "BACKEND": f"django.core.cache.backends.{'dummy.DummyCache' if DEBUG else 'locmem.LocMemCache'}",
        "OPTIONS": {"MAX_ENTRIES": 3000},
    },
}
