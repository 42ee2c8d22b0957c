"""Mails about accounts: the language of whose account it is, the colours of the house, nothing of allauth's."""

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.urls import reverse

from events.models import Delivery
from people import actions
from people.actions.invitations import invite

PASSWORD = "un-mot-de-passe-long"
LINES = {
    "account/email/password_changed": ("Votre mot de passe a changé", "Your password was changed"),
    "account/email/password_reset": ("Vous avez un nouveau mot de passe", "You have a new password"),
    "account/email/password_set": (
        "Votre compte a maintenant un mot de passe",
        "Your account has a password now",
    ),
    "account/email/email_confirm": ("Votre adresse est confirmée", "Your address is confirmed"),
    "account/email/email_changed": (
        "L’adresse de votre compte a changé",
        "The address of your account was changed",
    ),
    "account/email/email_deleted": (
        "Une adresse a été retirée de votre compte",
        "An address was removed from your account",
    ),
    "mfa/email/totp_activated": ("Une application de codes est activée", "A code app is set up"),
    "mfa/email/totp_deactivated": ("L’application de codes est désactivée", "The code app is turned off"),
    "mfa/email/webauthn_added": ("Une clé d’accès a été ajoutée", "A passkey was added"),
    "mfa/email/webauthn_removed": ("Une clé d’accès a été retirée", "A passkey was removed"),
    "mfa/email/recovery_codes_generated": (
        "De nouveaux codes de secours ont été créés",
        "New recovery codes were made",
    ),
    "socialaccount/email/account_connected": (
        "Un autre moyen de connexion a été ajouté",
        "Another way to sign in was connected",
    ),
    "socialaccount/email/account_disconnected": (
        "Un moyen de connexion a été retiré",
        "A way to sign in was disconnected",
    ),
}


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


def flat(letter) -> str:
    """The text in one line, each space an ordinary one."""
    return " ".join(letter.body.split())


@pytest.fixture
def person(awa, client):
    """Awa, with a password and an address that is hers, signed in and asked again a moment ago."""
    awa.set_password(PASSWORD)
    awa.save()
    EmailAddress.objects.create(user=awa, email=awa.email, verified=True, primary=True)
    client.post(reverse("account_login"), {"login": awa.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return awa


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("notice", LINES)
def test_each_notice_about_an_account_is_ours_in_both_languages(awa, rf, notice, language, mailoutbox):
    awa.language = language
    awa.save()
    given = {
        "from_email": "a@x.test",
        "to_email": "b@x.test",
        "deleted_email": "c@x.test",
        "provider": "Lumen ID",
    }
    with context.request_context(rf.get("/", headers={"user-agent": "Firefox 145"})):
        get_adapter().send_notification_mail(notice, awa, given)
    (letter,) = mailoutbox
    ((html, _kind),) = letter.alternatives
    assert letter.subject == LINES[notice][language == "en"]
    assert f'lang="{language}"' in html
    assert "Firefox 145" in letter.body
    assert ("Ce n’était pas vous" if language == "fr" else "It was not you?") in letter.body


def test_a_key_made_replaced_or_removed_is_written_to_its_owner(person, client, mailoutbox):
    client.post(reverse("people:make_key"))
    client.post(reverse("people:make_key"))
    client.post(reverse("people:remove_key"))
    client.post(reverse("people:remove_key"))
    made, gone = "Une clé pour programmes a été créée", "La clé pour programmes a été retirée"
    assert [(letter.subject, letter.to) for letter in mailoutbox] == [
        (made, [person.email]),
        (made, [person.email]),
        (gone, [person.email]),
    ]
    assert "lit et écrit sur Palabre en votre nom" in flat(mailoutbox[0])
    assert "Ce n’était pas vous" in mailoutbox[0].body
    ((html, _kind),) = mailoutbox[0].alternatives
    assert 'lang="fr"' in html
    person.language = "en"
    person.save()
    actions.make_key(person)
    assert mailoutbox[-1].subject == "A key for programs was made"


def test_who_has_no_mailbox_is_written_nothing(awa, mailoutbox):
    awa.email = None
    awa.save()
    actions.make_key(awa)
    actions.remove_key(awa)
    assert mailoutbox == []


def test_the_mail_about_a_key_is_a_delivery_of_the_same_transaction(awa, settings):
    settings.EMAIL_BACKEND = "events.mail.DeliveryBackend"
    actions.make_key(awa)
    assert Delivery.objects.get().payload["message"]["to"] == [awa.email]


@pytest.mark.django_db(transaction=True)  # allauth writes once the change is kept
def test_a_second_step_set_up_and_turned_off_is_written_to_its_owner(person, client, mailoutbox):
    Authenticator.objects.create(user=person, type="totp", data={"secret": generate_totp_secret()})
    client.post(reverse("mfa_generate_recovery_codes"))
    client.post(reverse("mfa_deactivate_totp"))
    assert sorted(letter.subject for letter in mailoutbox) == [
        "De nouveaux codes de secours ont été créés",
        "L’application de codes est désactivée",
    ]


def test_a_new_password_is_written_to_its_owner_and_says_when_it_ended_a_key(person, client, mailoutbox):
    actions.make_key(person)
    new = "un-autre-mot-de-passe"
    client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert sorted(letter.subject for letter in mailoutbox[1:]) == [
        "La clé pour programmes a été retirée",
        "Votre mot de passe a changé",
    ]


def test_an_address_that_changed_is_written_to_the_one_before(person, client, mailoutbox):
    old = person.email
    EmailAddress.objects.create(user=person, email="awa@new.test", verified=True)
    client.post(reverse("account_email"), {"email": "awa@new.test", "action_primary": ""})
    (letter,) = mailoutbox
    assert (letter.subject, letter.to) == ("L’adresse de votre compte a changé", [old])
    assert f"{old} ; c’est maintenant awa@new.test" in flat(letter)
