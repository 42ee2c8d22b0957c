from contextlib import suppress

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from people.actions import change_profile
from people.actions.accounts import free_handle
from people.adapter import name_told
from people.models import User
from people.names import checked_name
from tests.making import make_user


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Awa Mbaye", "Awa Mbaye"),
        ("  Awa   Mbaye ", "Awa Mbaye"),
        ("Jean-Pierre O’Connor", "Jean-Pierre O’Connor"),
        ("d'Été", "d'Été"),
        ("Ａｗａ", "Awa"),
        ("Ольга Иванова", "Ольга Иванова"),
        ("Σπύρος", "Σπύρος"),
        ("نادية", "نادية"),
        ("王 Wang", "王 Wang"),
        ("Ngũgĩ wa Thiong'o", "Ngũgĩ wa Thiong'o"),
        ("Nguyễn Văn Đặng", "Nguyễn Văn Đặng"),
        ("Jean 2", "Jean 2"),
    ],
)
def test_a_name_of_any_language_is_taken_in_one_spelling(written, name):
    assert checked_name(written) == name


@pytest.mark.parametrize(
    "written",
    [
        "Jean\u200bPierre",  # zero width space
        "Aw\u00ada",  # soft hyphen
        "\u202eayabM awA",  # the text runs backwards from here
        "\u2066Awa",
        "Awa\u200d",
        "\u3164",  # a filler: nothing is seen
        "\u2800\u2800",  # braille without a point
        "…",
        "",
        "   ",
        "Awa\nMbaye",
        "Аwa Mbaye",  # the first letter is Cyrillic
        "Οlga",  # the first letter is Greek
        "a" + "\u0323" * 9,
    ],
)
def test_signs_that_hide_turn_or_pass_for_others_are_no_name(written):
    with pytest.raises(Refused):
        checked_name(written)


@given(st.text(max_size=40))
def test_any_text_is_a_name_in_one_spelling_or_is_refused(text):
    with suppress(Refused):
        assert checked_name(checked_name(text)) == checked_name(text)


def test_the_form_and_the_action_refuse_alike(sign_in, awa):
    answer = sign_in(awa).post(reverse("people:profile"), {"name": "Julie\u200b Dubois"})
    assert answer.status_code == 422
    assert 'id="id_name_error"' in answer.text
    with pytest.raises(Refused):
        change_profile(awa, name="\u202eiluJ", job_title="", bio="")
    assert User.objects.get(pk=awa.pk).name == "Awa Mbaye"


@pytest.mark.parametrize("name", ["Admin", "Settings", "me", "Suggest", "Système", "No Reply"])
def test_no_identifier_is_a_word_of_the_house(db, name):
    assert free_handle(name).endswith("-2")


def test_the_second_of_a_reserved_word_gets_the_next_number(lumen):
    make_user("Admin", organisation=lumen, handle="admin-2")
    assert free_handle("Admin") == "admin-3"


def test_a_name_that_a_provider_tells_is_left_out_where_a_form_would_refuse_it():
    assert name_told("Nora  Diop") == "Nora Diop"
    assert name_told("Nora\u202e Diop") == ""
    assert name_told(None) == ""
