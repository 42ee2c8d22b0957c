from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import Refused
from people.actions import find_invitation, invite, join, revoke_invitation
from people.models import Invitation, User
from tests.making import grant_role, make_organisation, make_unit, make_user

PASSWORD = "un-mot-de-passe-long"


def sign_up(client, secret, **fields):
    client.get(reverse("people:join_link", args=[secret]))
    return client.post(reverse("account_signup"), {"name": "Nora Diop", "password1": PASSWORD, **fields})


def test_a_link_opens_the_sign_up_form_and_brings_the_person_into_the_organisation(client, lumen, admin):
    unit = make_unit(lumen)
    _invitation, secret = invite(lumen, by=admin, unit=unit)

    response = sign_up(client, secret, email="nora@example.org")

    nora = User.objects.get(email="nora@example.org")
    assert response.status_code == 302
    assert (nora.organisation, nora.name, nora.handle) == (lumen, "Nora Diop", "nora-diop")
    assert [place.unit for place in nora.unit_memberships.all()] == [unit]
    assert Invitation.objects.get().uses == 1


def test_a_code_needs_no_mailbox_and_gives_an_identifier_to_sign_in_with(client, lumen, admin):
    _invitation, code = invite(lumen, by=admin, kind="code", max_uses=5)
    typed = f" {code[:5].lower()}-{code[5:]} "

    client.post(reverse("people:join"), {"code": typed})
    client.post(reverse("account_signup"), {"name": "Nora Diop", "password1": PASSWORD})

    nora = User.objects.get(handle="nora-diop")
    assert (nora.email, nora.organisation) == (None, lumen)
    assert "nora-diop" in client.get(reverse("people:welcome")).text
    client.logout()
    client.post(reverse("account_login"), {"login": "nora-diop", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(nora.pk)


def test_a_link_asks_for_an_address(client, lumen, admin):
    _invitation, secret = invite(lumen, by=admin)

    response = sign_up(client, secret)

    assert "email" in response.context["form"].errors
    assert not User.objects.filter(name="Nora Diop").exists()


def test_nobody_signs_up_without_an_invitation(client, db):
    response = client.post(
        reverse("account_signup"), {"name": "Eve", "email": "eve@example.org", "password1": PASSWORD}
    )

    assert not User.objects.exists()
    assert "account/signup_closed.html" in [template.name for template in response.templates]


STATES = [
    "expired",
    "used up",
    "revoked",
    "unknown",
    "closed account",
    "erased account",
    "lost role",
    "other role",
]


@pytest.mark.parametrize("state", STATES)
def test_an_invitation_that_no_longer_works_says_the_same_sentence_and_changes_nothing(
    client, lumen, admin, state
):
    invitation, secret = invite(lumen, by=admin)
    if state == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif state == "used up":
        Invitation.objects.update(uses=1)
    elif state == "revoked":
        revoke_invitation(invitation)
    elif state == "closed account":
        User.objects.filter(pk=admin.pk).update(is_active=False)
    elif state == "erased account":
        Invitation.objects.update(created_by=None)
    elif state == "lost role":
        admin.role_grants.update(revoked_at=timezone.now())
    elif state == "other role":
        admin.role_grants.update(role="trainer")
    else:
        secret = "x" * 32

    response = client.get(reverse("people:join_link", args=[secret]))

    assert response.status_code == 422
    assert "invitation" not in client.session
    with pytest.raises(Refused):
        find_invitation(secret)


def test_whoever_filled_in_the_form_while_the_inviter_lost_their_role_does_not_come_in(client, lumen, admin):
    invitation, _secret = invite(lumen, by=admin)
    admin.role_grants.update(revoked_at=timezone.now())

    with pytest.raises(Refused):
        join(User(name="Un", handle="un"), invitation=invitation)

    assert not User.objects.filter(handle="un").exists()


def test_a_role_in_another_organisation_keeps_no_invitation_alive(lumen, admin):
    _invitation, secret = invite(lumen, by=admin)
    admin.role_grants.update(organisation=make_organisation("Atelier Nord"))

    with pytest.raises(Refused):
        find_invitation(secret)


def test_hr_may_invite(client, lumen):
    hr = make_user("Marc", organisation=lumen)
    grant_role(hr, "hr")
    _invitation, secret = invite(lumen, by=hr)

    assert sign_up(client, secret, email="nora@example.org").status_code == 302
    assert User.objects.filter(email="nora@example.org", organisation=lumen).exists()


def test_the_last_place_of_an_invitation_is_taken_once(lumen, admin):
    invitation, _secret = invite(lumen, by=admin)
    join(User(name="Un", handle="un"), invitation=invitation)

    with pytest.raises(Refused):
        join(User(name="Deux", handle="deux"), invitation=invitation)

    assert not User.objects.filter(handle="deux").exists()


def test_an_invitation_into_the_unit_of_another_organisation_is_refused(lumen, admin):
    elsewhere = make_unit(make_organisation("Atelier Nord"))

    with pytest.raises(Refused):
        invite(lumen, by=admin, unit=elsewhere)

    assert not Invitation.objects.exists()


def test_two_people_of_the_same_name_get_two_identifiers(client, lumen, admin):
    for number in range(2):
        _invitation, secret = invite(lumen, by=admin)
        sign_up(client, secret, email=f"nora{number}@example.org")
        client.logout()

    assert set(User.objects.filter(name="Nora Diop").values_list("handle", flat=True)) == {
        "nora-diop",
        "nora-diop-2",
    }


def test_the_secret_of_an_invitation_is_kept_nowhere(lumen, admin):
    invitation, secret = invite(lumen, by=admin)

    kept = {str(value) for value in Invitation.objects.filter(pk=invitation.pk).values().get().values()}
    assert secret not in " ".join(kept)


def test_an_unknown_and_a_known_address_get_the_same_answer(client, awa):
    awa.set_password(PASSWORD)
    awa.save()
    pages = []
    for address in (awa.email, "nobody@example.org"):
        response = client.post(reverse("account_login"), {"login": address, "password": "wrong-password"})
        pages.append((response.status_code, response.context["form"].errors.as_json()))
        reset = client.post(reverse("account_reset_password"), {"email": address})
        pages.append((reset.status_code, reset.headers["Location"]))

    assert pages[:2] == pages[2:]
