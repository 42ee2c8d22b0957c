import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.errors import Refused
from people.actions import bring_in, read_people
from people.actions.bringing_in import MOST_ROWS, PersonRow
from people.models import Invitation
from tests import making

ADDRESS = "https://palabre.example.org/join/TOKEN/"


def figures(report):
    return {kind: (made, there, refused) for kind, _read, made, there, refused in report.rows()}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("nora@example.org", [PersonRow(1, "nora@example.org")]),
        ("E-mail;Service\nNora@Example.org;Ventes", [PersonRow(2, "nora@example.org", "Ventes")]),
        ("\ufeffNom,E-mail,Service\nDiop,nora@example.org,Ventes", [PersonRow(2, "nora@example.org", "Ventes")]),
        ("nora@example.org\tVentes\n\nali@example.org", [
            PersonRow(1, "nora@example.org", "Ventes"), PersonRow(3, "ali@example.org")]),
        ('"nora@example.org";"Ventes; Nord"', [PersonRow(1, "nora@example.org", "Ventes; Nord")]),
        ("nora@example.org\npas une adresse", [PersonRow(1, "nora@example.org"), PersonRow(2, "pas une adresse")]),
        ("Nom,E-mail\nDiop,pasunmail,Ventes", [PersonRow(2, "Diop,pasunmail,Ventes")]),
    ],
)  # fmt: skip
def test_a_list_is_read_from_whatever_parts_its_columns(text, rows):
    assert read_people(text) == rows


def test_a_list_without_end_is_refused():
    with pytest.raises(Refused):
        read_people("\n".join(f"a{number}@example.org" for number in range(MOST_ROWS + 1)))


def test_who_is_new_is_invited_who_is_here_is_moved_and_each_refusal_says_its_line(
    lumen, atelier, awa, marc, mailoutbox
):
    sales = making.make_unit(lumen, "Ventes")
    making.make_unit(atelier, "Support")
    rows = read_people(
        f"nora@example.org;ventes\n{awa.email};Ventes\nali@example.org;Support\nnon\nnora@example.org"
    )

    report = bring_in(lumen, rows, by=marc, address=ADDRESS)

    assert figures(report) == {"Invitations": (1, 1, 0), "Déplacements": (1, 0, 0), "Personnes": (0, 0, 2)}
    assert [item.where for item in report.refused_items] == ["ligne 3", "ligne 4"]
    assert [(one.email, one.unit) for one in Invitation.objects.all()] == [("nora@example.org", sales)]
    assert [place.unit for place in awa.unit_memberships.all()] == [sales]
    assert [letter.to for letter in mailoutbox] == [["nora@example.org"]]


def test_twice_is_once(lumen, awa, marc, mailoutbox):
    rows = read_people(f"nora@example.org\n{awa.email}")
    bring_in(lumen, rows, by=marc, address=ADDRESS)
    report = bring_in(lumen, rows, by=marc, address=ADDRESS)
    assert figures(report) == {"Invitations": (0, 1, 0), "Personnes": (0, 1, 0)}
    assert len(mailoutbox) == 1


def test_a_dry_run_says_the_same_and_keeps_nothing(lumen, awa, marc, mailoutbox):
    making.make_unit(lumen, "Ventes")
    rows = read_people(f"nora@example.org;Ventes\n{awa.email};Ventes")
    report = bring_in(lumen, rows, by=marc, address=ADDRESS, dry_run=True)
    assert figures(report) == {"Invitations": (1, 0, 0), "Déplacements": (1, 0, 0)}
    assert (Invitation.objects.count(), awa.unit_memberships.count(), mailoutbox) == (0, 0, [])


def test_an_address_of_another_organisation_tells_nothing(lumen, ines, marc):
    report = bring_in(lumen, read_people(ines.email), by=marc, address=ADDRESS)
    assert figures(report) == {"Invitations": (1, 0, 0)}


def test_the_page_shows_first_and_does_then(sign_in, lumen, awa, marc):
    client, address = sign_in(marc), reverse("people:bring_in")
    file = SimpleUploadedFile("people.csv", "\ufeffnora@example.org;Nulle part".encode())

    seen = client.post(address, {"file": file, "step": "see"})
    assert "nora@example.org;Nulle part" in seen.text
    assert "Nulle part\N{NO-BREAK SPACE}»" in seen.text
    assert client.post(address, {"people": "", "step": "see"}).status_code == 422
    assert not Invitation.objects.exists()

    client.post(address, {"people": "nora@example.org", "step": "do"})
    assert [one.email for one in Invitation.objects.all()] == ["nora@example.org"]
    assert sign_in(awa).get(address).status_code == 403


def test_a_list_keeps_its_lines_until_it_is_done(lumen, marc, sign_in):
    making.make_unit(lumen, "Ventes")
    text = "nom,courriel,entite\nDiop,pasunmail,Ventes\nNora,nora@example.org,Ventes"
    for step in ("", "do"):
        page = sign_in(marc).post("/organisation/people/list/", {"people": text, "step": step}).text
        assert "ligne 2" in page
        assert "Diop,pasunmail,Ventes" in page
    assert Invitation.objects.get().email == "nora@example.org"
