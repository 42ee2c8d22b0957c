"""Chromium goes to a provider and comes back, under the policies that browsers enforce on where a form may lead."""

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import expect

from lms.settings.security import content_security_policy
from tests.making import make_organisation, make_user
from tests.people.provider import trusted_provider


@pytest.fixture
def provider(settings, monkeypatch):
    with trusted_provider(settings, monkeypatch) as provider:
        settings.CONTENT_SECURITY_POLICY = content_security_policy()
        yield provider


@pytest.mark.django_db(transaction=True)
def test_the_button_leads_to_the_provider_and_back_signed_in(provider, live_server, browser):
    nora = make_user("Nora Diop", organisation=make_organisation("Lumen"), email="nora@example.org")
    EmailAddress.objects.create(user=nora, email=nora.email, verified=True, primary=True)
    context = browser.new_context(base_url=live_server.url, locale="fr-FR")
    page = context.new_page()
    complaints = []
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)

    provider.person = {"sub": "x", "email": "stranger@example.org", "email_verified": True}
    page.goto("/settings/")
    page.get_by_role("button", name="Se connecter avec Lumen ID").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pas de compte ici")
    page.get_by_role("link", name="Se connecter autrement").click()

    provider.person = {"sub": "n-1", "email": "nora@example.org", "email_verified": True, "name": "Nora Diop"}
    page.goto("/settings/")
    page.get_by_role("button", name="Se connecter avec Lumen ID").click()
    page.wait_for_url("**/settings/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Paramètres")
    assert complaints == []
    context.close()
