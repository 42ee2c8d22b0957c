"""Single sign-on, end to end against a provider on the loopback: who is let in, as whom, and who is told why not."""

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse
from rest_framework.authtoken.models import Token

from events.models import Event
from lms.settings.accounts import single_sign_on
from people.actions import invite
from people.models import User
from tests.making import grant_role, make_user
from tests.people.provider import trusted_provider

pytestmark = pytest.mark.django_db
PASSWORD = "un-mot-de-passe-long"
BEGIN = "/accounts/oidc/sso/login/"
NORA = {"sub": "n-1", "email": "nora@example.org", "email_verified": True, "name": "Nora Diop"}


@pytest.fixture
def provider(settings, monkeypatch):
    with trusted_provider(settings, monkeypatch) as provider:
        yield provider


@pytest.fixture
def nora(lumen):
    """Somebody who has an account and an address that she proved to be hers."""
    nora = make_user("Nora Diop", organisation=lumen, email="nora@example.org")
    nora.set_password(PASSWORD)
    nora.save()
    EmailAddress.objects.create(user=nora, email=nora.email, verified=True, primary=True)
    return nora


def come(client, provider, **person):
    """What a browser does: press the button, go to the provider, come back with its answer."""
    provider.person = {**NORA, **person}
    away = client.post(BEGIN)
    assert away.status_code == 302
    assert away.url.startswith(f"{provider.url}/authorize?")
    back = requests.get(away.url, allow_redirects=False, timeout=5).headers["Location"]
    return client.get(back.removeprefix("http://testserver"))


def who(client):
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


def test_the_button_is_on_the_sign_in_page_when_the_settings_name_a_provider(client, provider, settings):
    page = client.get(reverse("account_login"), headers={"accept-language": "fr"}).text
    assert f'<form method="post" action="{BEGIN}?process=login"' in page
    assert "Se connecter avec Lumen ID" in page
    page = client.get(reverse("account_login"), headers={"accept-language": "en"}).text
    assert "Sign in with Lumen ID" in page
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert BEGIN not in client.get(reverse("account_login")).text


def test_somebody_who_has_an_account_is_signed_in_by_a_verified_address(client, provider, nora):
    answer = come(client, provider)

    assert (answer.status_code, answer.url, who(client)) == (302, "/", nora)
    assert SocialAccount.objects.get().user == nora
    assert provider.asked.count("/token") == 1
    nora.refresh_from_db()
    assert nora.has_usable_password()
    # The next time the provider's own number is enough, whatever became of the address.
    client.logout()
    come(client, provider, email="n.diop@example.org", email_verified=False)
    assert who(client) == nora


@pytest.mark.parametrize("verified", [False, None, "false", "no"])
def test_an_address_the_provider_does_not_vouch_for_takes_over_no_account(client, provider, nora, verified):
    answer = come(client, provider, sub="someone-else", email_verified=verified)

    assert (answer.status_code, who(client)) == (403, None)
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)
    assert "ne dit pas que l’adresse nora@example.org est la vôtre" in answer.text


def test_an_address_vouched_for_as_a_word_is_vouched_for(client, provider, nora):
    come(client, provider, email_verified="true")
    assert who(client) == nora


def test_a_provider_that_vouches_for_nothing_may_be_trusted_for_its_own_domain(
    client, provider, nora, settings, monkeypatch
):
    monkeypatch.setenv("OIDC_EMAIL_DOMAINS", "example.org")
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on()
    come(client, provider, email_verified=None)
    assert who(client) == nora
    client.logout()
    make_user("Ada Min", organisation=nora.organisation, email="ada@elsewhere.test")
    come(client, provider, sub="n-2", email="ada@elsewhere.test", email_verified=None)
    assert who(client) is None


@pytest.mark.parametrize(
    ("language", "why", "what_to_do"),
    [
        ("fr", "personne n’a cette adresse ici", "J’ai un code d’invitation"),
        ("en", "nobody has this address here", "I have an invitation code"),
    ],
)
def test_a_stranger_without_invitation_is_told_why_they_are_not_let_in(
    client, provider, nora, language, why, what_to_do
):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    answer = come(client, provider, sub="x-1", email="stranger@example.org", name="Stranger")

    assert (answer.status_code, who(client)) == (403, None)
    assert [User.objects.get(), SocialAccount.objects.count()] == [nora, 0]
    assert "stranger@example.org" in answer.text
    assert why in answer.text
    assert what_to_do in answer.text


def test_who_was_invited_joins_by_the_button(client, provider, lumen, julie):
    grant_role(julie, "hr")
    _invitation, secret = invite(lumen, by=julie)
    client.get(reverse("people:join_link", args=[secret]))
    assert BEGIN in client.get(reverse("account_signup")).text

    answer = come(client, provider)

    nora = User.objects.get(email="nora@example.org")
    assert (answer.status_code, who(client)) == (302, nora)
    assert (nora.name, nora.handle, nora.organisation) == ("Nora Diop", "nora-diop", lumen)
    assert not nora.has_usable_password()
    assert Event.objects.filter(verb="people.user_joined", actor_id=nora.pk).count() == 1
    # The invitation was for one: the next stranger on this machine has none.
    client.logout()
    assert come(client, provider, sub="x-1", email="stranger@example.org").status_code == 403


def test_a_last_place_taken_meanwhile_is_said_and_nobody_is_made(client, provider, lumen, julie, monkeypatch):
    grant_role(julie, "hr")
    invitation, secret = invite(lumen, by=julie)
    client.get(reverse("people:join_link", args=[secret]))
    monkeypatch.setattr("people.adapter.invitation_of", lambda request: invitation)
    invitation.uses = 1
    invitation.save()

    answer = come(client, provider)

    assert answer.url == reverse("people:join")
    assert not User.objects.filter(email="nora@example.org").exists()


def test_everybody_of_the_provider_comes_in_when_the_settings_name_their_organisation(
    client, provider, lumen, settings
):
    settings.OIDC_ORGANISATION = lumen.slug
    come(client, provider)
    nora = who(client)
    assert (nora.name, nora.organisation, nora.language) == ("Nora Diop", lumen, lumen.language)
    assert Event.objects.filter(verb="people.user_joined", actor_id=nora.pk).count() == 1
    settings.OIDC_ORGANISATION = "no-such-house"
    client.logout()
    assert come(client, provider, sub="n-2", email="other@example.org").status_code == 403


def test_what_somebody_laid_in_an_account_under_an_address_not_theirs_opens_nothing(client, provider, lumen):
    laid = make_user("Pirate", organisation=lumen, email="nora@example.org")
    laid.set_password(PASSWORD)
    laid.save()
    EmailAddress.objects.create(user=laid, email=laid.email, verified=False, primary=True)
    Token.objects.create(user=laid)
    Authenticator.objects.create(user=laid, type="totp", data={"secret": "x"})

    come(client, provider)

    laid.refresh_from_db()
    assert who(client) == laid
    assert not laid.has_usable_password()
    assert (Token.objects.count(), Authenticator.objects.count()) == (0, 0)


def test_a_closed_account_stays_closed(client, provider, nora):
    come(client, provider)
    client.logout()
    User.objects.filter(pk=nora.pk).update(is_active=False)
    assert come(client, provider).url == reverse("account_inactive")
    assert who(client) is None
    SocialAccount.objects.all().delete()
    come(client, provider)
    assert who(client) is None


def test_a_second_factor_is_asked_for_here_as_well(client, provider, nora):
    Authenticator.objects.create(user=nora, type="totp", data={"secret": "x"})
    assert come(client, provider).url == reverse("mfa_authenticate")
    assert who(client) is None


def test_an_answer_that_cannot_be_trusted_signs_nobody_in(client, provider, nora):
    provider.told = {**NORA, "sub": "someone-else"}
    answer = come(client, provider)
    assert (answer.status_code, who(client)) == (401, None)
    assert "La connexion n’a pas abouti" in answer.text
    provider.told, provider.audience = None, "another-client"
    assert come(client, provider).status_code == 401
    assert client.get("/accounts/oidc/sso/login/callback/?code=x&state=forged").status_code == 401
    assert (who(client), SocialAccount.objects.count()) == (None, 0)


def test_a_provider_that_does_not_answer_has_a_page(client, provider, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = (
        "http://127.0.0.1:9"
    )
    answer = client.post(BEGIN)
    assert answer.status_code == 401
    assert "Lumen ID n’a pas répondu" in answer.text


def test_a_click_is_needed_to_begin(client, provider):
    """A link that somebody else made signs nobody in: it only shows a page with a button."""
    answer = client.get(BEGIN)
    assert (answer.status_code, provider.asked) == (200, [])


def test_an_account_is_connected_and_disconnected_in_the_settings(client, provider, nora):
    client.post(reverse("account_login"), {"login": nora.email, "password": PASSWORD})
    assert reverse("socialaccount_connections") in client.get(reverse("people:settings")).text
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    provider.person = {**NORA, "email": "n@private.test", "email_verified": False}
    away = client.post(f"{BEGIN}?process=connect")
    back = requests.get(away.url, allow_redirects=False, timeout=5).headers["Location"]
    client.get(back.removeprefix("http://testserver"))
    connected = SocialAccount.objects.get()
    assert connected.user == nora
    page = client.get(reverse("socialaccount_connections")).text
    assert "Lumen ID" in page
    client.post(reverse("socialaccount_connections"), {"account": connected.pk})
    assert not SocialAccount.objects.exists()
