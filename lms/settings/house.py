"""Where this copy lives, whether it is a production, its secret and its names."""

import os
import secrets
from pathlib import Path

from lms.settings.environment import (
    Unsafe,
    flag,
    is_production,
    is_test_run,
    listed,
    required,
    whole_number,
)
from tooling import embedded

SHORTEST_SECRET = 50


def secret_key() -> str:
    value = required("SECRET_KEY")
    if len(value) < SHORTEST_SECRET or len(set(value)) < 10 or value.startswith("django-insecure-"):
        raise Unsafe(
            f"SECRET_KEY is too easy to guess; give it at least {SHORTEST_SECRET} random characters, "
            "for instance from: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return value


def hosts(name: str) -> list[str]:
    required(name, example="academy.example.org")
    names = listed(name)
    if any("*" in host for host in names):
        raise Unsafe(f"{name} must list the names of this site, never '*': anyone could pose as it.")
    if wrong := [host for host in names if "/" in host or ":" in host.strip("[]")]:
        raise Unsafe(f"{name} takes names without http:// or port: {', '.join(wrong)}.")
    return names


def refuse_debug() -> None:
    if flag("DEBUG", default=False):
        raise Unsafe("DEBUG shows code and data to visitors; it must stay off where DATABASE_URL is set.")


def kept_secret(path: Path) -> str:
    """The secret of this copy of the project, made at the first start and kept with its data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        # Two processes may start at once: the first link wins and both read the same secret.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(os.environ.get("PALABRE_VAR", BASE_DIR / "var"))
PORT = whole_number("PORT", default=8000)

DEBUG = flag("DEBUG", default=False)
PRODUCTION = is_production()
TEST_RUN = is_test_run()
if PRODUCTION:
    refuse_debug()
    DATABASE_URL, REDIS_URL = required("DATABASE_URL"), required("REDIS_URL")
    SECRET_KEY = secret_key()
    ALLOWED_HOSTS = hosts("ALLOWED_HOSTS")
else:
    DATABASE_URL, REDIS_URL = embedded.embedded_urls(VAR_DIR)
    SECRET_KEY = kept_secret(VAR_DIR / "secret_key")
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
    if TEST_RUN:
        embedded.start(VAR_DIR)

# Pages made at once: processes times threads. It must stay under the database's max_connections.
WEB_PROCESSES = whole_number("WEB_PROCESSES", default=2)
WEB_THREADS = whole_number("WEB_THREADS", default=4)
WEB_BACKPRESSURE = 64
# The stream's own port where no proxy brings it under the site's name (`make demo`), and the pages that may hear it.
LIVE_PORT = whole_number("LIVE_PORT", default=0)
LOCAL_NAMES = ("localhost", "127.0.0.1")
LIVE_ORIGINS = [f"http://{name}:{PORT}" for name in LOCAL_NAMES] if LIVE_PORT else []
# Closed for a while (docs/operations.md): as a setting where the cache itself is being worked on.
MAINTENANCE = flag("MAINTENANCE", default=False)
