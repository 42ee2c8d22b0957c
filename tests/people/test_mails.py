"""Mails about accounts: the language of whose account it is, the colours of the house, nothing of allauth's."""

import pytest
from django.urls import reverse

from people.actions.invitations import invite


@pytest.mark.parametrize(
    ("language", "says"), [("fr", "Choisir un nouveau mot de passe"), ("en", "Choose a new password")]
)
def test_a_new_password_is_offered_in_the_language_of_the_account(client, awa, language, says, mailoutbox):
    awa.language = language
    awa.save()
    other = "en" if language == "fr" else "fr"
    client.post(reverse("account_reset_password"), {"email": awa.email}, headers={"Accept-Language": other})
    (letter,) = mailoutbox
    ((html, kind),) = letter.alternatives
    assert letter.subject == says
    assert kind == "text/html"
    assert f">{says}</a>" in html
    assert f'lang="{language}"' in html
    assert "/accounts/password/reset/key/" in letter.body
    assert "Auto-Submitted" in letter.extra_headers


def test_an_address_without_account_is_told_that_one_joins_by_invitation(client, awa, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    (letter,) = mailoutbox
    assert letter.to == ["nobody@example.org"]
    assert "On entre sur invitation" in letter.body
    assert "signup" not in letter.body


def test_an_invitation_has_its_button_and_its_plain_address(lumen, julie, mailoutbox):
    _invitation, secret = invite(
        lumen, by=julie, email="nora@example.org", address="https://palabre.example.org/join/TOKEN/"
    )
    (letter,) = mailoutbox
    ((html, _kind),) = letter.alternatives
    assert letter.subject == "Julie Dubois vous invite sur Palabre"
    assert f"\nhttps://palabre.example.org/join/{secret}/\n" in letter.body
    assert f'href="https://palabre.example.org/join/{secret}/"' in html
    assert ">Créer mon compte</a>" in html
