import os
import stat

import pytest

from lms.settings.accounts import single_sign_on
from lms.settings.database import PREPARED_AFTER, database
from lms.settings.environment import Unsafe, flag
from lms.settings.files import media_storage
from lms.settings.house import SHORTEST_SECRET, hosts, kept_secret, secret_key
from lms.settings.logs import anonymous
from lms.settings.mail import email_server
from lms.settings.security import content_security_policy, https_settings

GOOD_SECRET = "kV3-9sLq_2mZx8RtYw0PbNc5HdJf7GaEuOiTrXyBnMlKvQe1"


@pytest.mark.parametrize("value", ["", "short", "a" * 80, "django-insecure-" + GOOD_SECRET])
def test_a_secret_that_can_be_guessed_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("SECRET_KEY", value)
    with pytest.raises(Unsafe, match="SECRET_KEY"):
        secret_key()


def test_a_long_random_secret_is_taken(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", GOOD_SECRET + "xyz")
    assert secret_key() == GOOD_SECRET + "xyz"


@pytest.mark.parametrize(
    "value", ["", "*", "a.example,*", "*.example", "https://a.example", "a.example:8000"]
)
def test_hosts_are_names_and_never_everyone(monkeypatch, value):
    monkeypatch.setenv("ALLOWED_HOSTS", value)
    with pytest.raises(Unsafe, match="ALLOWED_HOSTS"):
        hosts("ALLOWED_HOSTS")


def test_https_trusts_the_names_of_the_site_only(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example, .b.example")
    settings = https_settings()
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://a.example", "https://*.b.example"]
    assert settings["SECURE_SSL_REDIRECT"] is settings["SESSION_COOKIE_SECURE"] is True


def test_a_storage_in_clear_is_refused_unless_said_twice(monkeypatch):
    for name in ("STORAGE_BUCKET", "STORAGE_ACCESS_KEY", "STORAGE_SECRET_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("STORAGE_ENDPOINT", "http://minio.example")
    with pytest.raises(Unsafe, match="STORAGE_ENDPOINT"):
        media_storage()
    monkeypatch.setenv("STORAGE_INSECURE", "1")
    assert media_storage()["OPTIONS"]["endpoint_url"] == "http://minio.example"


def test_a_bucket_without_its_keys_is_refused(monkeypatch):
    monkeypatch.setenv("STORAGE_BUCKET", "films")
    with pytest.raises(Unsafe, match="STORAGE_ACCESS_KEY is missing"):
        media_storage()


def test_a_database_address_is_read_with_its_escapes_and_options():
    found = database("postgresql://palabre:p%40ss@db.example:6432/academy?sslmode=require")
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["NAME"], found["USER"], found["PASSWORD"]) == ("academy", "palabre", "p@ss")
    assert (found["HOST"], found["PORT"]) == ("db.example", "6432")
    assert found["OPTIONS"]["sslmode"] == "require"


def test_every_connection_is_given_what_searches_and_plans_need_unless_a_pooler_would_refuse_it(monkeypatch):
    address = "postgresql://palabre@db.example/academy"
    given = database(address)["OPTIONS"]
    assert "-c pg_trgm.word_similarity_threshold=0.45" in given["options"]
    assert "-c plan_cache_mode=force_generic_plan" in given["options"]
    assert given["prepare_threshold"] == PREPARED_AFTER == 0
    own = database(f"{address}?options=-c%20jit%3Don")
    assert own["OPTIONS"]["options"] == "-c jit=on"
    monkeypatch.setenv("DATABASE_POOLER", "1")
    behind = database(address)
    assert behind["OPTIONS"] == {"prepare_threshold": None}
    assert behind["DISABLE_SERVER_SIDE_CURSORS"]


def test_another_database_than_postgresql_is_refused():
    with pytest.raises(Unsafe, match="DATABASE_URL"):
        database("mysql://a/b")


def test_a_production_names_its_mail_server(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://a/b")
    with pytest.raises(Unsafe, match="EMAIL_URL is missing"):
        email_server()


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"),
    [("smtp://u:p@mail.example", 587, False, True), ("smtps://u:p@mail.example", 465, True, False)],
)
def test_a_mail_server_is_spoken_to_in_secret(monkeypatch, url, port, ssl, tls):
    monkeypatch.setenv("EMAIL_URL", url)
    found = email_server()
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example", port)
    assert (found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (ssl, tls)


@pytest.mark.parametrize(("value", "read"), [("1", True), ("Yes", True), ("off", False), ("", False)])
def test_flags_are_read_as_people_write_them(monkeypatch, value, read):
    monkeypatch.setenv("SOME_FLAG", value)
    assert flag("SOME_FLAG", default=not read) is read


def test_a_flag_that_is_neither_is_refused(monkeypatch):
    monkeypatch.setenv("SOME_FLAG", "maybe")
    with pytest.raises(Unsafe, match="SOME_FLAG must be 1 or 0"):
        flag("SOME_FLAG", default=False)


def test_the_kept_secret_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "var" / "secret_key"
    first = kept_secret(path)
    assert kept_secret(path) == first
    assert len(first) >= SHORTEST_SECRET
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["secret_key"]


def test_the_policy_allows_nothing_inline_and_no_other_house():
    rules = content_security_policy()["DIRECTIVES"]
    assert not any("unsafe" in str(source) for sources in rules.values() for source in sources)
    assert not any("://" in str(source) for sources in rules.values() for source in sources)


def test_what_is_reported_of_an_error_names_nobody():
    event = {
        "exception": {"values": []},
        "user": {"email": "awa@demo.palabre.test"},
        "breadcrumbs": {"values": [{"message": "SELECT awa"}]},
        "request": {"method": "POST", "url": "https://a/people/awa/", "data": "my text", "cookies": "c"},
    }
    assert anonymous(event, {}) == {"exception": {"values": []}, "request": {"method": "POST"}}


OIDC = {"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "palabre", "OIDC_CLIENT_SECRET": "a-secret"}


def set_up(monkeypatch, **changes):
    for name, value in {**OIDC, **changes}.items():
        monkeypatch.setenv(name, value)


def test_single_sign_on_takes_its_three_settings_together(monkeypatch):
    assert single_sign_on() == {}
    set_up(monkeypatch, OIDC_CLIENT_SECRET="")
    with pytest.raises(Unsafe, match="OIDC_CLIENT_SECRET is missing"):
        single_sign_on()


@pytest.mark.parametrize("issuer", ["http://id.example", "id.example", "https://", "file:///etc/passwd"])
def test_a_provider_is_spoken_to_in_secret(monkeypatch, issuer):
    set_up(monkeypatch, OIDC_ISSUER=issuer)
    with pytest.raises(Unsafe, match="OIDC_ISSUER must begin with https"):
        single_sign_on()


def test_a_provider_in_clear_on_this_machine_is_for_trying_only(monkeypatch):
    set_up(monkeypatch, OIDC_ISSUER="http://127.0.0.1:9000")
    assert single_sign_on()
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/palabre")
    with pytest.raises(Unsafe, match="OIDC_ISSUER"):
        single_sign_on()


def test_no_address_is_trusted_that_the_provider_does_not_vouch_for_unless_its_domain_is_named(monkeypatch):
    set_up(monkeypatch)
    (app,) = single_sign_on()["openid_connect"]["APPS"]
    assert app["settings"] == {"server_url": "https://id.example", "verified_email": []}
    set_up(monkeypatch, OIDC_EMAIL_DOMAINS="lumen.example, atelier.example")
    (app,) = single_sign_on()["openid_connect"]["APPS"]
    assert app["settings"]["verified_email"] == ["lumen.example", "atelier.example"]


def test_a_form_may_lead_to_the_provider_and_nowhere_else(monkeypatch):
    set_up(monkeypatch, OIDC_ISSUER="https://id.example/realms/lumen")
    policy = content_security_policy()["DIRECTIVES"]
    assert policy["form-action"] == ["'self'", "https://id.example"]
