import re

from tests import making


def handles(page) -> list[str]:
    return re.findall(r'data-value="@([^"]+)"', page.content.decode())


def test_a_mention_offers_colleagues_by_name_or_identifier(sign_in, awa, lumen):
    making.make_user("Élodie Martin", organisation=lumen, handle="elodie-m")
    making.make_user("Karim Toure", organisation=lumen, handle="karim-t")
    assert handles(sign_in(awa).get("/people/suggest/", {"q": "elo"})) == ["elodie-m"]
    assert handles(sign_in(awa).get("/people/suggest/", {"q": "tou"})) == ["karim-t"]
    assert handles(sign_in(awa).get("/people/suggest/", {"q": "karim-"})) == ["karim-t"]


def test_a_mention_never_offers_people_of_another_organisation(sign_in, awa, lumen, ines):
    making.make_user("Ines Bernard", organisation=lumen, handle="ines-b")
    assert handles(sign_in(awa).get("/people/suggest/", {"q": "ines"})) == ["ines-b"]


def test_a_mention_offers_nobody_who_left_and_nobody_for_no_letter(sign_in, awa, lumen):
    making.make_user("Paul Gone", organisation=lumen, is_active=False)
    assert handles(sign_in(awa).get("/people/suggest/", {"q": "paul"})) == []
    assert handles(sign_in(awa).get("/people/suggest/")) == []
