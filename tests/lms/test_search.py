import re

import pytest
from django.core.cache import cache

from community.models import Thread
from lms.queries.search import Piece, pieces, search
from tests import making


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


def said(hit) -> str:
    return "".join(piece.text for piece in hit.snippet)


def titles(found: dict) -> dict[str, list[str]]:
    return {kind: [hit.title for hit in hits] for kind, hits in found.items()}


@pytest.fixture
def space(lumen, awa):
    space = making.make_space(lumen, "Managers")
    making.join(space, awa)
    return space


def test_words_are_found_in_french_and_in_english_whatever_their_ending_and_accents(space, awa, karim):
    making.make_thread(space, karim, "Les réunions trop longues", language="fr")
    making.make_thread(space, karim, "Running a short meeting", language="en")
    assert titles(search(awa, "reunion", "threads")) == {"threads": ["Les réunions trop longues"]}
    assert titles(search(awa, "meetings", "threads")) == {"threads": ["Running a short meeting"]}


def test_a_title_forgives_a_typing_mistake(space, awa, karim):
    making.make_thread(space, karim, "Négociation difficile")
    assert titles(search(awa, "négotiation", "threads")) == {"threads": ["Négociation difficile"]}


def test_what_a_person_may_not_read_is_not_found_by_any_kind(lumen, atelier, awa, ines, karim):
    foreign = making.make_space(atelier, "Atelier")
    closed = making.make_space(lumen, "Direction", visibility="closed")
    making.make_thread(foreign, ines, "Licorne étrangère", "licorne")
    secret = making.make_thread(closed, karim, "Licorne secrète", "licorne")
    making.make_user("Licorne Dupont", organisation=atelier)
    assert search(awa, "licorne") == {}
    making.join(closed, awa)
    assert titles(search(awa, "licorne")) == {"threads": ["Licorne secrète"], "posts": ["Licorne secrète"]}
    Thread.objects.filter(pk=secret.pk).update(deleted_at=secret.created_at)
    assert search(awa, "licorne") == {}


def test_replies_behind_a_gate_stay_hidden_until_it_opens(space, awa, karim, julie):
    thread = making.make_thread(space, julie, "Que feriez-vous ?", "Un cas", gate="after_reply")
    making.make_post(thread, karim, "Je proposerais un escabeau.")
    assert search(awa, "escabeau", "posts") == {}
    thread.passes.create(user=awa)
    assert titles(search(awa, "escabeau", "posts")) == {"posts": ["Que feriez-vous ?"]}


def test_hidden_posts_are_not_found(space, awa, karim):
    thread = making.make_thread(space, karim, "Outils", "Un escabeau")
    thread.posts.update(hidden_at=thread.created_at)
    assert search(awa, "escabeau", "posts") == {}


def test_a_snippet_marks_the_words_and_nothing_that_was_written_passes_for_markup(space, awa, karim):
    making.make_thread(
        space, karim, "Sécurité", "Le <script>alert(1)</script> **mot** de passe & <mark>faux</mark>"
    )
    [hit] = search(awa, "passe", "posts")["posts"]
    assert not re.search(r"[<>*]", said(hit))
    assert [piece.text for piece in hit.snippet if piece.found] == ["passe"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Avant ![capture.webp](/media/attachments/1) après", "Avant  après"),
        ("Avant ![capture.webp](/media/attachm", "Avant "),
        ("Voir [la fiche](/posts/3) et [le guide](https://pal", "Voir la fiche et le guide"),
    ],
)
def test_pictures_say_nothing_in_a_snippet_and_links_their_words(written, read):
    assert "".join(piece.text for piece in pieces(written)) == read


def test_the_page_escapes_what_people_wrote_and_marks_what_was_found(sign_in, space, awa, karim):
    making.make_thread(space, karim, "R&D", "Le mot de passe")
    page = sign_in(awa).get("/search/", {"q": "passe"}).text
    assert ">R&amp;D</a>" in page
    assert "<mark>passe</mark>" in page


def test_a_passage_says_where_it_was_cut_out_of_the_text(space, awa, karim):
    around = " ".join(f"mot{number}" for number in range(60))
    thread = making.make_thread(space, karim, "Outils", f"{around} escabeau {around}")
    making.make_post(thread, karim, f"Escabeau {around}")
    making.make_post(thread, karim, f"{around} escabeau.")
    making.make_post(thread, karim, "Escabeau\net rien d’autre")
    found = [hit.snippet for hit in search(awa, "escabeau", "posts")["posts"]]
    cut = sorted((words[0].text == "… ", words[-1].text == " …") for words in found)
    assert cut == [(False, False), (False, True), (True, False), (True, True)]


def test_of_many_matches_the_newest_are_ranked_among_those_a_person_may_read(
    lumen, space, awa, karim, monkeypatch
):
    thread = making.make_thread(space, karim, "Outils", "Un escabeau, deux escabeaux, escabeau")
    making.make_post(thread, karim, "Un escabeau pour deux, le vieil escabeau.")
    making.make_post(thread, karim, "Encore un escabeau.")
    closed = making.make_thread(making.make_space(lumen, "Direction", visibility="closed"), karim)
    making.make_post(closed, karim, "Un escabeau secret.")
    monkeypatch.setattr("lms.queries.search.RANKED", 2)
    snippets = [said(hit) for hit in search(awa, "escabeau", "posts")["posts"]]
    assert ["deux" in snippet for snippet in snippets] == [True, False]
    assert "Encore" in snippets[1]


def test_a_colleague_whose_name_is_mistyped_is_found_and_one_of_another_organisation_is_not(
    awa, lumen, atelier
):
    making.make_user("Sébastien Marchand", organisation=lumen, handle="sebastien")
    making.make_user("Sébastien Marchal", organisation=atelier, handle="sebastien-m")
    assert titles(search(awa, "sebastian", "people")) == {"people": ["Sébastien Marchand"]}


def test_marks_are_only_ours():
    assert pieces("a < b <b>gras</b> \ue000mot\ue001") == (Piece("a < b gras "), Piece("mot", found=True))


def test_colleagues_are_found_by_name_job_and_near_spelling(awa, lumen):
    karim = making.make_user("Karim Touré", organisation=lumen, handle="karim-t")
    karim.profile.job_title = "Négociateur"
    karim.profile.save()
    assert titles(search(awa, "toure", "people")) == {"people": ["Karim Touré"]}
    assert titles(search(awa, "negociateur", "people")) == {"people": ["Karim Touré"]}


@pytest.mark.parametrize("words", ["", "   ", "\x00", "'", "a & | ! <-> (", "%_\\", "é" * 500, "-", '"'])
def test_any_words_are_accepted(sign_in, awa, words):
    assert sign_in(awa).get("/search/", {"q": words}).status_code == 200


def test_the_page_keeps_the_words_says_where_and_filters_by_kind(sign_in, space, awa, karim):
    thread = making.make_thread(space, karim, "Notes de frais", "Qui valide les frais ?")
    page = sign_in(awa).get("/search/", {"q": "frais"}).content.decode()
    assert 'value="frais"' in page
    assert f'href="/threads/{thread.pk}/"' in page
    assert "Managers" in page
    assert "?q=frais&amp;kind=posts" in page
    only = sign_in(awa).get("/search/", {"q": "frais", "kind": "people"}).content.decode()
    assert f'href="/threads/{thread.pk}/"' not in only
    assert "Rien trouvé avec ces mots" in only


@pytest.mark.parametrize("number", [1, 3])
def test_a_search_costs_the_same_with_one_and_with_three_of_each(
    number, sign_in, space, awa, karim, django_assert_num_queries
):
    for index in range(number):
        making.make_thread(space, karim if index else None, f"Escabeau {index}", "escabeau")
        making.make_user(f"Escabeau {index}", organisation=space.organisation)
        course = making.make_course(space.organisation, f"Escabeau {index}")
        making.make_module(course, "Escabeau")
        making.enrol(awa, course)
    client = sign_in(awa)
    client.get("/search/", {"q": "escabeau"})
    with django_assert_num_queries(14):
        page = client.get("/search/", {"q": "escabeau"})
    kinds = ["threads", "posts", "courses", "modules", "people"]
    assert re.findall(r'id="found-(\w+)"', page.text) == kinds


def test_nothing_that_somebody_wrote_becomes_markup_of_the_page(sign_in, lumen, awa):
    evil = "<b>escabeau</b> & <img src=x>"
    zoe = making.make_user(evil, organisation=lumen, handle="zoe")
    making.make_thread(making.make_space(lumen, evil), zoe, evil, evil)
    course = making.make_course(lumen, evil)
    making.make_module(course, evil)
    making.enrol(awa, course)
    page = sign_in(awa).get("/search/", {"q": "escabeau"}).text
    assert page.count('data-item tabindex="-1"') == 5
    main = page[page.index("<main") : page.index("</main>")]
    assert "<img" not in main
    assert "<b>escabeau" not in main
    # The names of a space, of an author and of a course, each where it is said.
    assert main.count("&lt;b&gt;escabeau&lt;/b&gt; &amp; &lt;img src=x&gt;") >= 4


def test_what_is_found_is_the_readers_own_whoever_asked_before(lumen, atelier, space, awa, ines, karim):
    making.make_thread(space, karim, "Escabeau", "Un escabeau.")
    for _ in range(2):
        assert titles(search(awa, "escabeau")) == {"threads": ["Escabeau"], "posts": ["Escabeau"]}
        assert search(ines, "escabeau") == {}
        assert search(awa, "perceuse") == {}
