import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DATABASE_URL": "postgresql://palabre:secret@database/palabre",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": "kV3-9sLq_2mZx8RtYw0PbNc5HdJf7GaEuOiTrXyBnMlKvQe1xYzW",
    "ALLOWED_HOSTS": "academy.example",
    "EMAIL_URL": "smtp://user:password@mail.example:587",
}
SHOWN = """
import json
from django.conf import settings as s
names = ("DEBUG", "PRODUCTION", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
         "SECURE_HSTS_SECONDS", "MAIL_TRANSPORT", "ALLOWED_HOSTS", "WHITENOISE_USE_FINDERS")
print(json.dumps({name: getattr(s, name) for name in names} | {"engine": s.DATABASES["default"]["ENGINE"]}))
"""


def start(tmp_path, script=SHOWN, **changes):
    """Starts Palabre in a process of its own, as a production with these settings; None takes one away."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**inherited, "PALABRE_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "lms.settings"}
    environment |= {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def test_a_complete_production_is_strict(tmp_path):
    done = start(tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "DEBUG": False,
        "PRODUCTION": True,
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "MAIL_TRANSPORT": "django.core.mail.backends.smtp.EmailBackend",
        "ALLOWED_HOSTS": ["academy.example"],
        "WHITENOISE_USE_FINDERS": False,
        "engine": "django.db.backends.postgresql",
    }
    # It starts no server of its own and keeps no secret beside the code.
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"REDIS_URL": None}, "REDIS_URL is missing."),
        ({"DATABASE_URL": None}, "DATABASE_URL is missing."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too easy to guess"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must list the names of this site"),
        ({"EMAIL_URL": None}, "EMAIL_URL is missing"),
        ({"DEBUG": "1"}, "DEBUG shows code and data to visitors"),
        (
            {"STORAGE_BUCKET": "b", "STORAGE_ENDPOINT": "http://s3.example"},
            "STORAGE_ENDPOINT must begin with https://",
        ),
    ],
)
def test_a_missing_or_unsafe_setting_stops_it_with_a_sentence(tmp_path, changes, sentence):
    done = start(tmp_path, **changes)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Palabre cannot start: {sentence}")
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_the_compose_file_follows_the_schema_of_compose():
    check = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run([sys.executable, *check], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_compose_file_runs_every_part_of_the_house(compose):
    services = compose["services"]
    assert set(services) == {"proxy", "web", "live", "worker", "migrate", "database", "redis"}
    ours = [name for name, service in services.items() if service["image"] == "palabre:local"]
    assert set(ours) == {"web", "live", "worker", "migrate"}
    for name in ours:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    published = [name for name, service in services.items() if "ports" in service]
    assert published == ["proxy"]
    assert services["database"]["networks"] == services["redis"]["networks"] == ["inside"]


def test_the_settings_of_the_compose_file_start_palabre(compose, tmp_path):
    given = compose["services"]["web"]["environment"]
    asked = {name for name in GOOD if name not in given}
    assert asked == set()
    assert start(tmp_path, MEDIA_ACCEL=given["MEDIA_ACCEL"]).returncode == 0


def test_the_image_holds_no_tool_and_no_superuser():
    recipe = (ROOT / "Dockerfile").read_text()
    last = recipe.rsplit("\nFROM ", 1)[1]
    assert "\nUSER palabre\n" in last
    assert "--require-hashes" in recipe
    assert "requirements-dev" not in recipe
    kept_out = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".env", "var", "tests", ".venv"} <= set(kept_out)


def test_the_proxy_streams_and_sends_the_files_that_palabre_allowed(compose):
    proxy = (ROOT / "Caddyfile").read_text()
    prefix = compose["services"]["web"]["environment"]["MEDIA_ACCEL"]
    assert f"header X-Accel-Redirect {prefix}*" in proxy
    live = proxy.split("handle /live/ {")[1].split("\n\t}")[0]
    assert "flush_interval -1" in live
    assert "encode" not in live


def test_the_proxy_refuses_the_bodies_that_palabre_refuses_and_reads_forms_before_it():
    proxy = (ROOT / "Caddyfile").read_text()
    assert "@people not path /studio/*" in proxy
    assert f"max_size {settings.LARGEST_BODY >> 20}MiB" in proxy
    assert f"max_size {{$LARGEST_UPLOAD:{settings.LARGEST_UPLOAD // 1_000_000 + 1}MB}}" in proxy
    # Of whoever is not signed in no thread is held by a body that comes slowly.
    assert f"request_buffers {settings.LARGEST_ANONYMOUS_BODY >> 20}MiB" in proxy


def test_the_proxy_drops_names_that_would_pass_for_its_own():
    assert "\n\trequest_header -*_*\n" in (ROOT / "Caddyfile").read_text()
