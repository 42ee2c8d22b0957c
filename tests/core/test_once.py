"""What is written once: in each language its own words, for each value its own piece, and never anybody else's."""

import pytest
from django.template import engines
from django.urls import NoReverseMatch
from django.utils.translation import override

from core.drawn import Drawn


def drawn(source: str, *contexts: dict, language: str = "en") -> list[str]:
    template = engines["django"].from_string(source)
    with override(language):
        return [template.render(context) for context in contexts]


def test_words_are_those_of_each_reader():
    template = engines["django"].from_string(
        "{% translate 'Reply' %}{% translate 'Reply' as word %}|{{ word }}"
    )
    for language, word in (("fr", "Répondre"), ("en", "Reply"), ("fr", "Répondre")):
        with override(language):
            assert template.render({}) == f"{word}|{word}"


def test_words_in_a_variable_are_looked_up_each_time():
    assert drawn("{% translate word %}", {"word": "Reply"}, {"word": "Cancel"}, language="fr") == [
        "Répondre",
        "Annuler",
    ]


def test_an_address_is_that_of_its_arguments():
    source = "{% url 'community:thread' pk %}{% url 'home' as house %} {{ house }}"
    assert drawn(source, {"pk": 1}, {"pk": 2}, {"pk": 1}) == [
        "/threads/1/ /",
        "/threads/2/ /",
        "/threads/1/ /",
    ]


def test_a_page_that_is_not_there_leaves_its_variable_empty_and_is_an_error_as_a_link():
    assert drawn("{% url 'nowhere' as there %}[{{ there }}]", {}, {}) == ["[]", "[]"]
    with pytest.raises(NoReverseMatch):
        drawn("{% url 'nowhere' %}", {})


def test_a_piece_is_drawn_again_for_other_values_and_other_languages():
    source = "{% once a %}{{ a }}{{ b }}{% translate 'Reply' %}{% endonce %}"
    template = engines["django"].from_string(source)
    with override("en"):
        assert template.render({"a": "<1>", "b": "x"}) == "&lt;1&gt;xReply"
        assert template.render({"a": "<1>", "b": "y"}) == "&lt;1&gt;xReply", (
            "drawn once, whatever else changed"
        )
        assert template.render({"a": 2, "b": "y"}) == "2yReply"
    with override("fr"):
        assert template.render({"a": 2, "b": "z"}) == "2zRépondre"


def test_pieces_are_forgotten_when_there_are_too_many():
    pieces: Drawn[str] = Drawn(at_most=2)
    for look in ("a", "b", "c"):
        assert pieces.get(look, look.upper) == look.upper()
    assert set(pieces.pieces) == {"c"}
    assert pieces.get("c", lambda: "another") == "C"
