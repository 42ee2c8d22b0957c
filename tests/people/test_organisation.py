import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import Refused
from events.models import Event
from people.actions import (
    deactivate,
    find_invitation,
    grant_role,
    move_to_unit,
    move_unit,
    remove_unit,
    revoke_role,
)
from people.models import RoleGrant, UnitMembership
from people.queries.directory import subtree_ids, unit_tree
from tests import making


def test_moving_to_a_unit_keeps_where_one_was_before(lumen, awa, admin):
    sales, support = making.make_unit(lumen, "Ventes"), making.make_unit(lumen, "Support")
    move_to_unit(awa, sales, on=date(2026, 1, 1), by=admin)

    move_to_unit(awa, support, on=date(2026, 6, 1), by=admin)
    move_to_unit(awa, support, on=date(2026, 7, 1), by=admin)

    rows = UnitMembership.objects.order_by("starts_on").values_list("unit__name", "starts_on", "ends_on")
    assert list(rows) == [("Ventes", date(2026, 1, 1), date(2026, 6, 1)), ("Support", date(2026, 6, 1), None)]


def test_a_planned_move_is_taken_back_by_who_keeps_people_and_one_begun_is_not(
    sign_in, lumen, awa, karim, admin
):
    sales, support = making.make_unit(lumen, "Ventes"), making.make_unit(lumen, "Support")
    soon = timezone.localdate() + timedelta(days=30)
    move_to_unit(awa, sales, on=date(2026, 1, 1), by=admin)
    move_to_unit(awa, support, on=soon, by=admin)
    address = reverse("people:cancel_move", args=[awa.pk])
    assert sign_in(karim).post(address).status_code == 403
    assert address in sign_in(admin).get(reverse("people:member", args=[awa.pk])).text

    for _press in range(2):
        sign_in(admin).post(address)

    [row] = UnitMembership.objects.filter(user=awa)
    assert (row.unit, row.starts_on, row.ends_on) == (sales, date(2026, 1, 1), None)
    assert Event.objects.latest("id").data == {"unit": sales.pk, "on": soon.isoformat()}
    page = sign_in(admin).get(reverse("people:member", args=[awa.pk])).text
    assert address not in page
    assert "Aucun changement n’est plus prévu." in page


def test_a_move_of_more_than_a_year_ahead_is_refused_with_a_sentence(sign_in, lumen, awa, admin):
    unit = making.make_unit(lumen, "Ventes")
    far = (timezone.localdate() + timedelta(days=400)).isoformat()

    answer = sign_in(admin).post(reverse("people:move", args=[awa.pk]), {"unit": unit.pk, "on": far})

    assert answer.status_code == 422
    assert "Un changement d’entité se prévoit au plus un an à l’avance" in answer.text
    assert not awa.unit_memberships.exists()


def test_a_unit_of_another_organisation_is_refused(atelier, awa, admin):
    with pytest.raises(Refused):
        move_to_unit(awa, making.make_unit(atelier), on=date(2026, 1, 1), by=admin)

    assert not awa.unit_memberships.exists()


def test_a_role_is_given_once_and_taken_back(awa, admin):
    first, second = grant_role(awa, role="trainer", by=admin), grant_role(awa, role="trainer", by=admin)
    awa.refresh_from_db()
    assert first == second
    assert awa.standing.role == "trainer"

    revoke_role(first, by=admin)
    revoke_role(first, by=admin)

    awa.standing.refresh_from_db()
    assert awa.standing.role == ""
    verbs = Event.objects.filter(subject_id=awa.pk).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["people.role_granted", "people.role_revoked"]


def test_an_administrator_keeps_at_least_their_own_role(admin):
    with pytest.raises(Refused):
        revoke_role(RoleGrant.objects.get(user=admin), by=admin)

    assert RoleGrant.objects.filter(user=admin, revoked_at=None).exists()


def test_a_closed_account_is_signed_out_at_once(client, sign_in, awa, admin):
    sign_in(awa)
    assert client.get(reverse("people:settings")).status_code == 200

    deactivate(awa, by=admin)

    assert client.get(reverse("people:settings")).status_code == 302


def test_the_tree_of_units_shows_parents_before_children(lumen, atelier):
    top = making.make_unit(lumen, "Ventes")
    below = making.make_unit(lumen, "Ventes Nord", parent=top)
    lowest = making.make_unit(lumen, "Lille", parent=below)
    making.make_unit(atelier, "Ailleurs")

    assert [(branch.unit, branch.depth) for branch in unit_tree(lumen)] == [(top, 0), (below, 1), (lowest, 2)]
    assert subtree_ids(below) == {below.pk, lowest.pk}


@pytest.mark.parametrize(
    ("name", "hr_answer"),
    [("people:organisation", 200), ("people:invitations", 200), ("people:units", 403)],
)
def test_who_keeps_people_opens_their_pages_and_only_an_administrator_those_of_units(
    sign_in, awa, marc, admin, name, hr_answer
):
    assert sign_in(awa).get(reverse(name)).status_code == 403
    assert sign_in(marc).get(reverse(name)).status_code == hr_answer
    assert sign_in(admin).get(reverse(name)).status_code == 200


def test_hr_moves_somebody_and_gives_no_role_and_closes_no_account(sign_in, lumen, awa, marc):
    client, unit = sign_in(marc), making.make_unit(lumen)
    page = client.get(reverse("people:member", args=[awa.pk])).text

    client.post(reverse("people:move", args=[awa.pk]), {"unit": unit.pk, "on": "2026-01-01"})

    assert [place.unit for place in awa.unit_memberships.all()] == [unit]
    for name in ("people:grant_role", "people:account"):
        address = reverse(name, args=[awa.pk])
        assert address not in page
        assert client.post(address, {"role": "administrator"}).status_code == 403
    awa.refresh_from_db()
    assert awa.is_active
    assert not awa.role_grants.exists()


@pytest.mark.parametrize("words", ["Mbaye", "AWA.MB@exam", "awa-handle"])
def test_people_are_found_by_name_address_and_identifier(sign_in, lumen, atelier, admin, words):
    making.make_user("Awa Mbaye", organisation=lumen, email="awa.mb@example.org", handle="awa-handle")
    making.make_user("Other One", organisation=lumen, email="other@example.com")
    making.make_user("Awa Mbaye", organisation=atelier, email="awa.mb@example.net", handle="awa-handle-2")

    page = sign_in(admin).get(reverse("people:organisation"), {"q": words})

    assert "awa.mb@example.org" in page.text
    assert "other@example.com" not in page.text
    assert "awa.mb@example.net" not in page.text


class TestUnits:
    def test_a_unit_moves_with_what_is_inside_it(self, lumen):
        top, other = making.make_unit(lumen, "Ventes"), making.make_unit(lumen, "Support")
        below = making.make_unit(lumen, "Lille", parent=top)

        move_unit(top, parent=other)

        assert [(branch.unit, branch.depth) for branch in unit_tree(lumen)] == [
            (other, 0),
            (top, 1),
            (below, 2),
        ]

    def test_no_unit_stands_inside_itself(self, lumen):
        top = making.make_unit(lumen, "Ventes")
        below = making.make_unit(lumen, "Lille", parent=top)
        for inside in (top, below):
            with pytest.raises(Refused):
                move_unit(top, parent=inside)
        top.refresh_from_db()
        assert top.parent is None

    def test_a_unit_of_another_organisation_takes_none_in(self, lumen, atelier):
        top = making.make_unit(lumen, "Ventes")
        with pytest.raises(Refused):
            move_unit(top, parent=making.make_unit(atelier))

    def test_two_units_of_one_name_at_one_place_are_refused_and_nothing_changes(self, sign_in, lumen, admin):
        top, other = making.make_unit(lumen, "Ventes"), making.make_unit(lumen, "Support")
        below = making.make_unit(lumen, "Ventes", parent=other)
        client = sign_in(admin)

        assert (
            client.post(reverse("people:rename_unit", args=[other.pk]), {"name": "Ventes"}).status_code == 302
        )
        assert client.post(reverse("people:move_unit", args=[below.pk]), {"parent": ""}).status_code == 422

        assert {(unit.name, unit.parent) for unit in lumen.units.all()} == {
            ("Ventes", None), ("Support", None), ("Ventes", other)
        }  # fmt: skip
        assert top.name == "Ventes"

    def test_a_unit_where_nobody_ever_worked_is_removed(self, sign_in, lumen, admin):
        unit = making.make_unit(lumen)
        sign_in(admin).post(reverse("people:remove_unit", args=[unit.pk]))
        assert not lumen.units.exists()

    @pytest.mark.parametrize("needed_by", ["history", "a unit inside", "a role"])
    def test_a_unit_that_is_needed_stays(self, lumen, awa, admin, needed_by):
        unit = making.make_unit(lumen)
        if needed_by == "history":
            UnitMembership.objects.create(user=awa, unit=unit, starts_on="2020-01-01", ends_on="2021-01-01")
        elif needed_by == "a role":
            making.grant_role(awa, "hr", unit)
        else:
            making.make_unit(lumen, "Lille", parent=unit)

        with pytest.raises(Refused):
            remove_unit(unit)

        assert lumen.units.filter(pk=unit.pk).exists()

    def test_hr_and_a_stranger_move_and_remove_nothing(self, sign_in, lumen, marc, ines):
        unit = making.make_unit(lumen)
        making.grant_role(ines, "administrator")
        for person, status in ((marc, 403), (ines, 404)):
            for name in ("people:move_unit", "people:remove_unit"):
                assert sign_in(person).post(reverse(name, args=[unit.pk])).status_code == status
        assert lumen.units.filter(pk=unit.pk).exists()


def test_an_administrator_of_another_organisation_finds_nobody(sign_in, awa, ines):
    making.grant_role(ines, "administrator")
    client = sign_in(ines)

    assert client.get(reverse("people:member", args=[awa.pk])).status_code == 404
    assert client.post(reverse("people:account", args=[awa.pk])).status_code == 404
    assert client.post(reverse("people:grant_role", args=[awa.pk]), {"role": "hr"}).status_code == 404
    assert awa.name not in client.get(reverse("people:organisation")).text
    awa.refresh_from_db()
    assert awa.is_active


def test_the_pages_do_what_they_say(sign_in, lumen, awa, admin):
    client = sign_in(admin)
    client.post(reverse("people:units"), {"name": "Production"})
    unit = lumen.units.get(name="Production")
    client.post(reverse("people:rename_unit", args=[unit.pk]), {"name": "Atelier"})
    client.post(reverse("people:move", args=[awa.pk]), {"unit": unit.pk, "on": "2026-03-01"})
    client.post(reverse("people:grant_role", args=[awa.pk]), {"role": "hr"})
    page = client.get(reverse("people:member", args=[awa.pk]))

    assert "Atelier" in page.text
    client.post(reverse("people:revoke_role", args=[awa.role_grants.get().pk]))
    assert not awa.role_grants.filter(revoked_at=None).exists()
    made = client.post(reverse("people:invitations"), {"kind": "code", "max_uses": 30, "days": 7})
    invitation = lumen.invitations.get()
    [code] = re.findall(r"select-all\">([A-Z2-9]{10})<", made.text)
    assert find_invitation(code) == invitation
    assert f'data-copy="{code}"' in made.text
    client.post(reverse("people:revoke_invitation", args=[invitation.pk]))
    assert f"…{invitation.hint}" not in client.get(reverse("people:invitations")).text
    client.post(reverse("people:account", args=[awa.pk]))
    awa.refresh_from_db()
    assert not awa.is_active
    client.post(reverse("people:account", args=[awa.pk]), {"state": "open"})
    awa.refresh_from_db()
    assert awa.is_active


def test_a_move_without_a_day_is_refused_and_what_was_typed_stays(sign_in, lumen, awa, admin):
    unit = making.make_unit(lumen)
    response = sign_in(admin).post(reverse("people:move", args=[awa.pk]), {"unit": unit.pk, "on": "demain"})

    assert response.status_code == 422
    assert "demain" in response.text
    assert not awa.unit_memberships.exists()
