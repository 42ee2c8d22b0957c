import re

import pytest
from django.urls import reverse

from people.actions import declare_skill, validate_skill
from tests import making


def named(page) -> set[str]:
    """The identifiers of those the page leads to."""
    return set(
        re.findall(r'href="/people/([\w-]+)/"', page.text.partition('id="main"')[2].partition("</main>")[0])
    )


def test_one_finds_colleagues_and_nobody_else(sign_in, awa, karim, ines):
    page = sign_in(awa).get(reverse("people:directory"))

    assert named(page) == {awa.handle, karim.handle}
    assert ines.name not in page.text


@pytest.mark.parametrize("words", ["karim", "Karîm", "Karin Toure", "négociation", "NEGOCIATION"])
def test_a_colleague_is_found_by_name_or_skill_with_small_mistakes(sign_in, awa, karim, words):
    declare_skill(karim, name="Négociation")

    page = sign_in(awa).get(reverse("people:directory"), {"q": words})

    assert named(page) == {karim.handle}


def test_the_person_of_another_organisation_is_not_there(sign_in, awa, ines):
    assert sign_in(ines).get(awa.get_absolute_url()).status_code == 404
    assert sign_in(ines).get(ines.get_absolute_url()).status_code == 200


def test_a_skill_validated_by_a_trainer_makes_an_expert(sign_in, julie, karim):
    held = declare_skill(karim, name="Négociation")

    sign_in(julie).post(reverse("people:validate_skill", args=[held.pk]))

    karim.standing.refresh_from_db()
    assert karim.standing.expertise == "Négociation"


def test_a_learner_or_a_stranger_validates_nothing(sign_in, awa, karim, ines):
    held = declare_skill(karim, name="Négociation")
    making.grant_role(ines, "trainer")

    sign_in(awa).post(reverse("people:validate_skill", args=[held.pk]))
    assert sign_in(ines).post(reverse("people:validate_skill", args=[held.pk])).status_code == 404

    held.refresh_from_db()
    assert held.validated_at is None


def test_nobody_validates_their_own_skill(julie):
    from core.errors import Refused

    with pytest.raises(Refused):
        validate_skill(declare_skill(julie, name="Écoute"), by=julie)


@pytest.mark.parametrize("number", [1, 12])
def test_the_directory_asks_the_same_number_of_questions_for_one_and_for_many(
    sign_in, lumen, awa, number, django_assert_max_num_queries
):
    for n in range(number):
        person = making.make_user(
            f"Personne {n}", organisation=lumen, unit=making.make_unit(lumen, f"Unité {n}")
        )
        declare_skill(person, name=f"Savoir {n}")
    client = sign_in(awa)
    client.get(reverse("people:directory"))

    with django_assert_max_num_queries(10):
        client.get(reverse("people:directory"))


def test_nobody_found_is_not_counted(sign_in, awa):
    page = sign_in(awa).get(reverse("people:directory"), {"q": "Zirconeige"}).text
    assert "Personne ne correspond" in page
    assert "0 personne" not in page
