"""Words that only some may read: asked for in every search, waited for in mails, streams, the log and the files.

tests/doors/test_matrix.py looks for them in the answers of every address.
"""

import difflib
import re

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.utils import timezone

from community import actions as community
from core import live
from courses import actions as courses
from events import deliveries, reading
from events.models import Delivery, Event
from tests.doors import world as building
from tests.doors.visiting import a_machine, client_of, leaks, text_of, words_in

# What changes from one answer to the next, whatever was asked.
CHANGES = re.compile(
    r'(csrf\w*|token|nonce|x-request-id|key)["\']?[=:]? ?["\']?[\w.:+/=-]{16,}|content-length: \d+|(value=|content=)"[\w.:-]{36,}"',
    re.I,
)
NOBODY = building.canary(10_000)
SEARCHES = [
    "/search/?q={}",
    "/people/suggest/?q={}",
    "/people/?q={}",
    "/spaces/?q={}",
    "/courses/?q={}",
    "/api/v1/courses/?q={}",
    "/studio/?q={}",
    "/studio/questions/?q={}",
    "/organisation/?q={}",
]


def asked(client, address: str, word: str) -> list[str]:
    text = text_of(client.get(address.format(word), REMOTE_ADDR=a_machine()))
    return CHANGES.sub("", text).lower().replace(word, "word").splitlines()


@pytest.mark.parametrize(
    ("who", "searches"),
    [
        ("staff_elsewhere", SEARCHES),
        ("removed", SEARCHES[:5]),
        ("facilitator_elsewhere", SEARCHES[:1]),
        ("trainer", SEARCHES[:1]),
        ("administrator", SEARCHES[:1]),
        ("member", SEARCHES[:1]),
    ],
)
def test_a_search_for_a_secret_word_answers_as_for_a_word_nobody_wrote(world, asked_once, who, searches):
    client = client_of(world, who)
    secrets = [word for word in world.canaries if leaks(world, who, {word})]
    assert secrets
    for address in searches:
        nothing = asked(client, address, NOBODY)
        for word in secrets:
            more = difflib.unified_diff(nothing, asked(client, address, word), lineterm="", n=0)
            assert "\n".join(more) == "", f"{address} tells of {world.canaries[word]}"


def test_a_search_finds_the_word_for_who_may_read_it(world):
    """The proof that the test above could fail."""
    client = client_of(world, "member")
    word = next(word for word, (what, _who) in world.canaries.items() if what == "an answer")

    assert asked(client, SEARCHES[0], word) != asked(client, SEARCHES[0], NOBODY)


@pytest.fixture
def world_before_leaving(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return building.build(with_departure=False)


def read_everything():
    for reader in reading.READERS.values():
        reading.read(reader, fenced=False)


def send_everything():
    Delivery.objects.update(due_at=timezone.now())
    while deliveries.send_due():
        pass


def test_mails_go_to_those_who_may_read_them_and_none_to_who_has_left(world_before_leaving):
    world = world_before_leaving
    read_everything()
    removed = world.people["removed"]
    assert Delivery.objects.filter(recipient_id=removed.pk, state="waiting").exists()

    building.leave(world)
    send_everything()

    assert mail.outbox
    emails = {person.email: who for who, person in world.people.items()}
    assert removed.email not in {message.to[0] for message in mail.outbox}
    for message in mail.outbox:
        who = emails.get(message.to[0])
        if who:
            assert leaks(world, who, words_in(str(message.message()))) == []


def test_the_log_and_the_waiting_mails_about_talk_hold_numbers_and_no_words(world):
    read_everything()

    for event in Event.objects.all():
        assert not words_in(str(event.data)), event.verb
    for delivery in Delivery.objects.exclude(kind="mail"):
        assert not words_in(str(delivery.payload)), delivery.kind


def test_a_stranger_is_given_no_topic_of_the_stream(world):
    things = {
        "thread": world.thread.pk,
        "space": world.space.pk,
        "user": world.author.pk,
        "course": world.course.pk,
        "module": world.text.pk,
        "session": world.session.pk,
    }
    assert set(live.TOPICS) <= set(things), "say here which private thing stands for the new topic"
    names = [f"{kind}:{pk}" for kind, pk in things.items()]
    for who in [
        "stranger",
        "hr_elsewhere",
        "staff_elsewhere",
        "removed",
        "facilitator_elsewhere",
        "administrator",
    ]:
        answer = client_of(world, who).get("/live/token/", {"topics": ",".join(names)})
        assert answer.json()["topics"] == [], who
    answer = client_of(world, "member").get("/live/token/", {"topics": ",".join(names)})
    assert f"thread:{world.thread.pk}" in answer.json()["topics"]


def test_files_have_no_address_but_the_views_that_ask_who_reads(world):
    files = [
        world.attachment.file,
        world.lesson_file.file,
        world.video.file,
        world.video.poster,
        world.data_request.file,
    ]
    for file in files:
        for who in ["stranger", "member", "anonymous"]:
            answer = client_of(world, who).get(f"{django_settings.MEDIA_URL}{file.name}")
            assert answer.status_code in (302, 404), file.name
            assert not leaks(world, who, words_in(text_of(answer)) - words_in(file.name))


def test_leaving_a_course_closes_its_talk_and_its_files_at_once(world):
    member, client = world.people["member"], client_of(world, "member")
    film, paper = f"/videos/{world.video.pk}/", world.lesson_file.get_absolute_url()
    assert [client.get(film).status_code, client.get(paper).status_code] == [200, 200]

    courses.unenrol(world.session.enrolments.get(user=member))
    community.leave_space(world.space, user=member)

    assert [client.get(film).status_code, client.get(paper).status_code] == [404, 404]
    assert client.get(f"/threads/{world.thread.pk}/").status_code == 404
    assert client.get(f"/media/attachments/{world.attachment.pk}/x").status_code == 404
