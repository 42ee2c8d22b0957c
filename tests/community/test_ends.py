"""Until when a challenge runs: said when it is set, changed later, shown on its page."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from community.models import Thread
from events.models import Event
from tests import making

pytestmark = pytest.mark.django_db
SOON = (timezone.now() + timedelta(days=9)).replace(hour=7, minute=30, second=0, microsecond=0, tzinfo=UTC)


@pytest.fixture
def challenge(space, awa) -> Thread:
    return making.make_thread(space, awa, "Un mot par jour", kind="challenge")


def in_paris(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("Europe/Paris")).strftime("%Y-%m-%dT%H:%M")


def send(client, thread: Thread, ends_at: str):
    return client.post(f"/threads/{thread.pk}/end/", {"ends_at": ends_at}, follow=True)


def test_a_challenge_is_set_with_its_end_in_the_zone_of_who_sets_it(space, awa, sign_in):
    address, client = f"/spaces/{space.slug}/threads/new/", sign_in(awa)
    assert 'name="ends_at"' in client.get(address).text
    sent = {"kind": "challenge", "title": "T", "body": "B", "ends_at": in_paris(SOON)}
    page = client.post(address, sent, follow=True).text
    assert Thread.objects.get().ends_at == SOON
    assert re.search(r"Se termine le \d+ \w+ \d{4}", page)


@pytest.mark.parametrize(
    ("kind", "ends_at", "sentence"),
    [
        ("challenge", "demain", "Choisissez un jour et une heure."),
        ("challenge", "2020-01-01T10:00", "Ce moment est passé : choisissez-en un plus tard."),
        (
            "challenge",
            "9999-12-31T23:59",
            "Un défi se termine dans l’année : choisissez un moment plus proche.",
        ),
        ("question", in_paris(SOON), "Seul un défi a une fin."),
    ],
    ids=["no date", "past", "far", "of a question"],
)
def test_a_bad_end_is_told_by_a_sentence_and_opens_nothing(space, awa, sign_in, kind, ends_at, sentence):
    sent = {"kind": kind, "title": "T", "body": "B", "ends_at": ends_at}
    answer = sign_in(awa).post(f"/spaces/{space.slug}/threads/new/", sent)
    assert answer.status_code == 422
    assert sentence in answer.text.replace("\N{NO-BREAK SPACE}", " ").replace(
        "\N{NARROW NO-BREAK SPACE}", " "
    )
    assert f'value="{ends_at}"' in answer.text
    assert not Thread.objects.exists()


def test_the_draft_of_a_challenge_keeps_its_end(space, awa, sign_in):
    draft = {
        "place": f"space:{space.pk}",
        "kind": "challenge",
        "body": "B",
        "sequence": 7,
        "ends_at": in_paris(SOON),
    }
    client = sign_in(awa)
    assert client.post("/drafts/", draft).status_code == 204
    assert f'value="{in_paris(SOON)}"' in client.get(f"/spaces/{space.slug}/threads/new/").text


@pytest.mark.parametrize("who", ["awa", "julie"])
def test_its_author_and_a_facilitator_change_the_end_once(challenge, who, request, sign_in):
    client = sign_in(request.getfixturevalue(who))
    assert f'action="/threads/{challenge.pk}/end/"' in client.get(challenge.get_absolute_url()).text
    for _time in range(2):
        assert "Se termine le" in send(client, challenge, in_paris(SOON)).text
    challenge.refresh_from_db()
    assert challenge.ends_at == SOON
    told = Event.objects.filter(verb="community.end_changed").values_list("thread_id", "data")
    assert list(told) == [(challenge.pk, {"ends_at": int(SOON.timestamp())})]
    assert "Se termine le" not in send(client, challenge, "").text
    challenge.refresh_from_db()
    assert challenge.ends_at is None


def test_nobody_else_changes_the_end(challenge, space, karim, ines, awa, sign_in):
    client = sign_in(karim)
    assert "/end/" not in client.get(challenge.get_absolute_url()).text
    assert send(client, challenge, in_paris(SOON)).status_code == 403
    assert send(sign_in(ines), challenge, in_paris(SOON)).status_code == 404
    question = making.make_thread(space, awa, kind="question")
    assert send(sign_in(awa), question, in_paris(SOON)).status_code == 403
    assert not Thread.objects.exclude(ends_at=None).exists()
    assert not Event.objects.filter(verb="community.end_changed").exists()


@pytest.mark.parametrize("ends_at", ["demain", "2020-01-01T10:00"])
def test_a_bad_change_is_told_and_changes_nothing(challenge, awa, sign_in, ends_at):
    page = send(sign_in(awa), challenge, ends_at).text
    assert re.search(r"Choisissez un jour et une heure\.|Ce moment est passé", page)
    challenge.refresh_from_db()
    assert challenge.ends_at is None


def test_a_challenge_that_is_over_says_so(challenge, karim, sign_in):
    Thread.objects.update(ends_at=timezone.now() - timedelta(days=1))
    page = sign_in(karim).get(challenge.get_absolute_url()).text
    assert "Terminé le" in page
    assert "Se termine le" not in page
