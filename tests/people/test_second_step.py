"""Where the settings ask a role for two-step sign-in, nothing else opens before it is set up."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.urls import reverse

from lms.settings.accounts import roles
from lms.settings.environment import Unsafe
from people import actions

pytestmark = pytest.mark.django_db
SETTING_UP = "/accounts/2fa/"


@pytest.fixture(autouse=True)
def duty(settings):
    settings.SECOND_STEP_FOR = ["administrator", "hr"]


def set_up(user):
    Authenticator.objects.create(user=user, type="totp", data={"secret": generate_totp_secret()})


@pytest.mark.parametrize("address", ["/", "/reports/", "/settings/programs/", "/api/docs/", "/live/token/"])
def test_a_role_that_must_have_a_second_step_reaches_nothing_else_before(marc, sign_in, address):
    client = sign_in(marc)
    answer = client.get(address)
    assert (answer.status_code, answer.url) == (302, SETTING_UP)
    fragment = client.get(address, headers={"HX-Request": "true"})
    assert (fragment.content, fragment["HX-Redirect"]) == (b"", SETTING_UP)
    set_up(marc)
    assert client.get(address).status_code == 200


def test_the_page_says_why_and_all_it_takes_is_open(marc, sign_in):
    EmailAddress.objects.create(user=marc, email=marc.email, verified=True, primary=True)
    marc.set_password("un-mot-de-passe-long")
    marc.save()
    client = sign_in(marc)
    assert "Votre rôle demande la connexion en deux étapes" in client.get(SETTING_UP).text
    assert client.get(reverse("account_email")).status_code == 200
    assert client.get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": "un-mot-de-passe-long"})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200
    assert client.get(reverse("account_logout")).status_code == 200
    set_up(marc)
    assert "Votre rôle demande" not in client.get(SETTING_UP).text


def test_turning_it_off_closes_everything_again(marc, sign_in):
    client = sign_in(marc)
    set_up(marc)
    assert client.get("/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/").url == SETTING_UP


def test_programs_wait_as_well_also_with_a_key_made_before(marc, sign_in, client):
    key = actions.make_key(marc)
    headers = {"Authorization": f"Token {key}"}
    for answer in (
        client.get("/api/v1/courses/", headers=headers),
        sign_in(marc).get("/api/v1/courses/"),
    ):
        assert answer.status_code == 403
        assert "deux étapes" in answer.json()["detail"]
    set_up(marc)
    client.logout()
    assert client.get("/api/v1/courses/", headers=headers).status_code == 200


def test_staff_count_as_administrators_and_everybody_else_is_left_alone(awa, julie, sign_in):
    assert sign_in(awa).get("/").status_code == 200
    assert sign_in(julie).get("/").status_code == 200
    julie.is_staff = True
    julie.save()
    assert sign_in(julie).get("/admin/").url == SETTING_UP


def test_nobody_must_unless_the_settings_say_so(marc, sign_in, settings):
    settings.SECOND_STEP_FOR = []
    assert sign_in(marc).get("/").status_code == 200


def test_a_role_nobody_has_stops_the_start(monkeypatch):
    monkeypatch.setenv("SECOND_STEP_FOR", "administrator, hr")
    assert roles("SECOND_STEP_FOR") == ["administrator", "hr"]
    monkeypatch.setenv("SECOND_STEP_FOR", "boss")
    with pytest.raises(Unsafe, match="SECOND_STEP_FOR takes administrator, hr, trainer, not boss"):
        roles("SECOND_STEP_FOR")


def test_the_page_after_the_password_speaks_the_language_of_whose_account_it_is(marc, client):
    set_up(marc)
    marc.language = "fr"
    marc.set_password("un-mot-de-passe-long")
    marc.save()
    headers = {"Accept-Language": "en"}
    sign_in, page = reverse("account_login"), reverse("mfa_authenticate")
    refused = client.post(sign_in, {"login": marc.email, "password": "not-the-password"}, headers=headers)
    assert (refused.status_code, refused["Content-Language"]) == (200, "en")
    assert client.get(page, headers=headers).url == sign_in
    assert (
        client.post(sign_in, {"login": marc.email, "password": "un-mot-de-passe-long"}, headers=headers).url
        == page
    )

    for answer in (client.get(page, headers=headers), client.post(page, {"code": "000000"}, headers=headers)):
        assert "Encore une étape" in answer.text
        assert answer["Content-Language"] == "fr"
    assert client.get(sign_in, headers=headers)["Content-Language"] == "en"


def test_the_language_chosen_on_the_device_holds_on_the_page_after_the_password(marc, client):
    set_up(marc)
    marc.language = "fr"
    marc.set_password("un-mot-de-passe-long")
    marc.save()
    client.post(reverse("appearance"), {"language": "en"})
    client.post(reverse("account_login"), {"login": marc.email, "password": "un-mot-de-passe-long"})
    assert "One more step" in client.get(reverse("mfa_authenticate")).text
