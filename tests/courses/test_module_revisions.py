"""One page with one state: nothing typed is lost, and nobody's words go under somebody else's."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from courses.actions import ChangedMeanwhile, restore_revision, save_state
from courses.models import Module, ModuleDraft, ModuleRevision
from courses.queries.history import difference, revision_rows
from tests import making
from tests.courses import films


@pytest.fixture
def lesson(course):
    module = making.make_module(course, "Écouter", body="Première version")
    module.rules.create(kind="opened")
    return module


@pytest.fixture
def louis(lumen):
    """Another trainer of the same organisation."""
    return making.make_user("Louis", organisation=lumen, role="trainer")


def typed(**changes):
    return {
        "title": "Écouter", "minutes": 5, "language": "fr", "body": "Première version", "mandatory": "on",
        "opened": "on", "edition": 0,
    } | changes  # fmt: skip


def test_the_second_of_two_trainers_is_shown_what_the_first_saved(sign_in, julie, louis, lesson):
    address = f"/studio/modules/{lesson.pk}/"
    assert sign_in(julie).post(address, typed(body="La version de Julie")).status_code == 302

    answer = sign_in(louis).post(address, typed(body="La version de Louis", title="Bien écouter"))

    assert answer.status_code == 409
    assert "La version de Julie" in answer.text
    assert "La version de Louis" in answer.text
    assert 'name="edition" value="1"' in answer.text
    lesson.refresh_from_db()
    assert (lesson.body, lesson.title) == ("La version de Julie", "Écouter")

    assert sign_in(louis).post(address, typed(body="Les deux", edition=1)).status_code == 302
    lesson.refresh_from_db()
    assert (lesson.body, lesson.html) == ("Les deux", "<p>Les deux</p>\n")
    rows = [(row.number, row.person and row.person.name, row.changed) for row in revision_rows(lesson)]
    assert rows == [(2, "Louis", ("texte",)), (1, julie.name, ("texte",)), (0, None, ())]


def test_going_back_gives_the_module_what_it_said_and_keeps_what_it_says(sign_in, julie, lesson):
    save_state(lesson, by=julie, edition=0, state={"body": "Deuxième", "rules": {"contributed": 2}})
    first = ModuleRevision.objects.get(module=lesson, number=0)
    page = sign_in(julie).get(f"/studio/modules/{lesson.pk}/history/0/").text
    assert "Première version" in page
    assert "Deuxième" in page

    restore_revision(first, by=julie)

    lesson.refresh_from_db()
    assert lesson.body == "Première version"
    assert dict(lesson.rules.values_list("kind", "threshold")) == {"opened": 1}
    assert [row.number for row in revision_rows(lesson)] == [2, 1, 0]


def test_saving_what_is_there_already_makes_no_history(julie, lesson):
    save_state(lesson, by=julie, edition=0, state={"body": "Première version", "rules": {"opened": 1}})
    assert not ModuleRevision.objects.exists()
    with pytest.raises(ChangedMeanwhile):
        save_state(lesson, by=julie, edition=4, state={"body": "Autre"})


def test_what_is_typed_is_kept_for_its_author_alone_and_comes_back(
    sign_in, julie, louis, lesson, awa, course
):
    kept = sign_in(julie).post(
        f"/studio/modules/{lesson.pk}/draft/", typed(body="Pas encore fini", mandatory="")
    )
    assert kept.status_code == 200
    assert kept.json()["changed"] is False
    lesson.refresh_from_db()
    assert lesson.body == "Première version"
    assert "Pas encore fini" in sign_in(julie).get(f"/studio/modules/{lesson.pk}/").text
    others = sign_in(louis).get(f"/studio/modules/{lesson.pk}/").text
    assert "Pas encore fini" not in others
    assert julie.name in others
    assert sign_in(awa).post(f"/studio/modules/{lesson.pk}/draft/", typed()).status_code == 403
    sign_in(julie).post(f"/studio/modules/{lesson.pk}/", typed(wanted="discard"))
    assert not ModuleDraft.objects.exists()


def test_a_draft_says_when_somebody_saved_meanwhile(sign_in, julie, louis, lesson):
    save_state(lesson, by=louis, edition=0, state={"body": "La version de Louis"})
    said = sign_in(julie).post(f"/studio/modules/{lesson.pk}/draft/", typed(body="La mienne")).json()
    assert said["changed"] is True
    assert "Louis" in said["words"]


def test_sending_a_film_wipes_nothing_of_what_is_typed(sign_in, julie, film_module):
    client = sign_in(julie)
    film = SimpleUploadedFile("film.mp4", films.mp4(30), "video/mp4")
    sent = typed(title="Titre tapé", watched=80, **{"film-file": film})
    assert client.post(f"/studio/modules/{film_module.pk}/film/", sent).status_code == 302
    film_module.video.refresh_from_db()
    assert film_module.video.duration == 30
    assert 'value="Titre tapé"' in client.get(f"/studio/modules/{film_module.pk}/").text


def test_publishing_publishes_what_stands_in_the_page(sign_in, julie, course):
    draft = making.make_module(course, "Brouillon", published_at=None)
    draft.rules.create(kind="opened")
    sign_in(julie).post(
        f"/studio/modules/{draft.pk}/publication/", typed(body="Tout est là", wanted="published")
    )
    draft.refresh_from_db()
    assert draft.body == "Tout est là"
    assert draft.published_at is not None


def test_a_difference_is_told_line_by_line():
    assert difference({"body": "un\ndeux"}, {"body": "un\r\ndeux"}) == []
    (rules,) = difference({"rules": {}}, {"rules": {"read": 1}})
    assert [line.kind for line in rules.lines] == ["added"], "a module without conditions says nothing"
    (body,) = difference({"body": "un\ndeux", "title": "a"}, {"body": "un\ntrois", "title": "a"})
    assert [(line.kind, line.text) for line in body.lines] == [
        ("same", "un"), ("removed", "deux"), ("added", "trois"),
    ]  # fmt: skip


def test_a_trainer_of_another_organisation_gets_404(sign_in, ines, lesson):
    making.grant_role(ines, "trainer")
    client = sign_in(ines)
    for address in ("history/", "history/0/"):
        assert client.get(f"/studio/modules/{lesson.pk}/{address}").status_code == 404
    assert client.post(f"/studio/modules/{lesson.pk}/draft/", typed()).status_code == 404
    assert not Module.objects.exclude(edition=0).exists()
