"""PostgreSQL: its address, and what each connection to it is given."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from lms.settings.environment import Unsafe, flag
from lms.settings.house import DATABASE_URL, PRODUCTION, TEST_RUN, WEB_THREADS

# How like a word of a title or name must be to what was typed, from 0 to 1, to be found in spite of a mistake.
WORD_LIKENESS = 0.45
# What every connection to the database is given. PostgreSQL's own costs are those of turning disks: it would rather
# read a whole table than a few hundred rows by an index; compiling a page's queries takes longer than answering them.
SESSION = {
    "random_page_cost": 1.1,
    "jit": "off",
    "pg_trgm.word_similarity_threshold": WORD_LIKENESS,
    # One plan for each prepared query of a connection, made at its first call. Left to itself PostgreSQL plans it ten
    # times over, and for ever where it hopes for better: planning a page then costs as much as answering it. Where the
    # best plan does depend on the values, core/prepared.py says so (`replan`) and keeps none.
    "plan_cache_mode": "force_generic_plan",
}
# Calls of a query of core/prepared.py on a connection before the one from which its plan is kept.
PREPARED_AFTER = 0
# Connections that one process may hold, and how long a thread waits for one when the database is away.
POOL_SIZE = WEB_THREADS
POOL_SECONDS = 5


def database(url: str, *, embedded: bool = False) -> dict[str, Any]:
    """Django's settings for postgresql://user:password@host:port/name?option=value."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise Unsafe("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    options: dict[str, Any] = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    pooler = flag("DATABASE_POOLER", default=False)
    if not pooler:
        # A pooler refuses what it does not know: the role is then given them (docs/operations.md).
        options.setdefault("options", " ".join(f"-c {name}={value}" for name, value in SESSION.items()))
    # Threads borrow connections from their process's pool: those of threads that ended do not stay open behind them.
    # The tests have one thread and one connection.
    pooled = not pooler and not TEST_RUN
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": POOL_SIZE, "timeout": POOL_SECONDS}
    return {
        "ENGINE": "tooling.embedded_database" if embedded else "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "palabre",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pooled else 60,
        "CONN_HEALTH_CHECKS": True,
        # Behind a pooler that shares sessions between transactions, a cursor or a prepared statement of the server
        # outlives its session.
        "DISABLE_SERVER_SIDE_CURSORS": pooler,
        "OPTIONS": options | {"prepare_threshold": None if pooler else PREPARED_AFTER},
    }


DATABASES = {"default": database(DATABASE_URL, embedded=not PRODUCTION)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
