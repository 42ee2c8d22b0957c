import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from people.actions import invite
from people.models import User
from tests.making import grant_role, make_organisation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotelier():
    return make_user("Awa Mbaye", organisation=make_organisation("Hôtels du Littoral"))


@pytest.mark.parametrize(
    "password",
    [
        "Palabre2026!",
        "palabre-palabre",
        "Littoral-2026",
        "hôtels.du.littoral",
        "HotelsDuLittoral1",
        "Bienvenue2026!",
    ],
)
def test_a_word_of_the_house_with_little_around_it_is_refused(hotelier, password):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, hotelier)
    assert [error.code for error in refusal.value.error_list] == ["password_of_the_house"]


@pytest.mark.parametrize(
    "password", ["trois gabians sur le littoral", "palabre des oiseaux", "xK7-vq2-Tr9-mmB"]
)
def test_words_of_ones_own_around_it_are_enough(hotelier, password):
    validate_password(password, hotelier)


def test_the_name_of_another_organisation_says_nothing(hotelier):
    make_organisation("Quincaillerie Durand")
    validate_password("quincaillerie-9", hotelier)


@pytest.mark.parametrize(
    ("language", "says"),
    [("fr", "Ajoutez des mots à vous"), ("en", "Add words of your own")],
)
def test_whoever_joins_reads_why_on_the_form(client, hotelier, language, says):
    house = hotelier.organisation
    grant_role(hotelier, "hr")
    _invitation, secret = invite(house, by=hotelier)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    client.get(reverse("people:join_link", args=[secret]))
    sent = {"name": "Nora Diop", "email": "nora@example.org", "password1": "Littoral-2026"}
    assert says in client.post(reverse("account_signup"), sent).text
    assert not User.objects.filter(email="nora@example.org").exists()
