"""Two authors in one page that keeps no history: the second is shown both texts, and nobody's words are lost."""

import re

import pytest

from courses.models import Question
from tests import making
from tests.courses.test_studio import VTT, question_form


def edition_in(page):
    return re.search(r'name="edition" value="(\w+)"', page.text)[1]


@pytest.fixture
def places(course, film_module, quiz_module):
    """Each page with what two people send to it, and what the page holds of it afterwards."""
    question = Question.objects.first()
    caption = film_module.video.captions.create(language="fr", vtt=VTT.decode())
    pks = list(question.options.values_list("pk", flat=True))
    rows = {"options-INITIAL_FORMS": 2, "options-0-pk": pks[0], "options-1-pk": pks[1]}
    settings = {"title": course.title, "language": "fr", "summary": ""}

    def asked(words):
        return question_form(text=words, **rows)

    return {
        f"/studio/courses/{course.slug}/settings/": lambda words: settings | {"summary": words},
        f"/studio/questions/{question.pk}/": asked,
        f"/studio/captions/{caption.pk}/": lambda words: {
            "vtt": f"WEBVTT\n\n00:00.000 --> 00:02.000\n{words}\n"
        },
    }


@pytest.mark.parametrize("place", [0, 1, 2], ids=["settings", "question", "captions"])
def test_whoever_saves_second_is_shown_both_texts(sign_in, julie, lumen, places, place):
    address, typed = list(places.items())[place]
    other = making.make_user("Paul Martin", organisation=lumen, role="trainer")
    first, second = sign_in(julie), sign_in(other)
    edition = edition_in(first.get(address))

    saved = first.post(address, typed("Paroles de Julie") | {"edition": edition})
    refused = second.post(address, typed("Paroles de Paul") | {"edition": edition})

    assert (saved.status_code, refused.status_code) == (302, 409)
    assert "Paroles de Julie" in refused.text
    assert "Paroles de Paul" in refused.text
    assert "Paroles de Julie" in first.get(address).text

    knowing = second.post(address, typed("Paroles de Paul") | {"edition": edition_in(refused)})
    assert knowing.status_code == 302
    assert "Paroles de Paul" in second.get(address).text


@pytest.mark.parametrize("place", [0, 1, 2], ids=["settings", "question", "captions"])
def test_the_same_words_sent_twice_are_no_conflict(sign_in, julie, places, place):
    address, typed = list(places.items())[place]
    client = sign_in(julie)
    edition = edition_in(client.get(address))
    answers = [client.post(address, typed("Bonjour à tous") | {"edition": edition}) for _n in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
