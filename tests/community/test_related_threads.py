"""Discussions on the same subject, beside a thread."""

import pytest

from community.models import Tag, Thread
from community.queries import threads
from community.queries.threads import related_threads, telling_words
from tests import making


@pytest.fixture
def space(lumen, awa):
    space = making.make_space(lumen, "Managers")
    making.join(space, awa)
    return space


def shown(thread: Thread, user) -> list[str]:
    thread.__dict__["tag_names"] = list(thread.tags.values_list("name", flat=True))
    return [near.title for near in related_threads(thread, user)]


def test_titles_alike_come_most_alike_first_and_others_not_at_all(space, awa, karim):
    asked = making.make_thread(space, awa, "Préparer un entretien annuel")
    making.make_thread(space, karim, "Bien préparer les entretiens annuels")
    making.make_thread(space, karim, "Préparer un entretien annuel difficile")
    making.make_thread(space, karim, "Notes de frais : qui valide ?")
    assert shown(asked, awa) == [
        "Préparer un entretien annuel difficile",
        "Bien préparer les entretiens annuels",
    ]


def test_a_title_alike_that_a_person_may_not_read_is_not_shown(lumen, atelier, space, awa, karim, ines):
    asked = making.make_thread(space, awa, "Préparer un entretien annuel")
    closed = making.make_space(lumen, "Direction", visibility="closed")
    making.make_thread(closed, karim, "Préparer un entretien annuel confidentiel")
    making.make_thread(making.make_space(atelier, "Atelier"), ines, "Préparer un entretien annuel ailleurs")
    gone = making.make_thread(space, karim, "Préparer un entretien annuel bis")
    Thread.objects.filter(pk=gone.pk).update(deleted_at=gone.created_at)
    assert shown(asked, awa) == []


def test_of_many_that_share_a_word_only_the_newest_are_compared(space, awa, karim, monkeypatch):
    asked = making.make_thread(space, awa, "Préparer un entretien")
    for number in range(4):
        making.make_thread(space, karim, f"Préparer un entretien {number}")
    monkeypatch.setattr(threads, "COMPARED", 2)
    # The SQL of the page is written once, with the bound of the house: it is written anew here.
    build = threads._threads_like.__wrapped__
    monkeypatch.setattr(threads, "_threads_like", lambda **values: list(build(**values)))
    assert shown(asked, awa) == ["Préparer un entretien 3", "Préparer un entretien 2"]


def test_shared_tags_say_more_than_titles(space, awa, karim, lumen):
    tag = Tag.objects.create(organisation=lumen, name="écoute")
    asked = making.make_thread(space, awa, "Préparer un entretien")
    other = making.make_thread(space, karim, "Une histoire de silence")
    making.make_thread(space, karim, "Préparer un entretien encore")
    for thread in (asked, other):
        thread.tags.add(tag)
    assert shown(asked, awa) == ["Une histoire de silence"]


@pytest.mark.parametrize("title", ["?", "—", "or or or", "'", '"', "a -b", "%_\\", "é" * 200])
def test_any_title_can_be_compared(space, awa, title):
    assert shown(making.make_thread(space, awa, title), awa) == []


def test_the_longest_words_tell_most():
    assert telling_words("Le devis du client, avant l'entretien annuel") == "entretien or annuel or client"
