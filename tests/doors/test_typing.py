"""Whatever is typed into an address, the house stands: it answers, and never with its own fault (what is sent:
test_fuzz.py)."""

from importlib import import_module

import pytest
from django.db import transaction

from tests import making
from tests.doors.doors import doors
from tests.doors.visiting import a_machine, client_of

# Every parameter that a page reads from its address.
PARAMETERS = [
    "q",
    "page",
    "kind",
    "show",
    "sort",
    "words",
    "after",
    "since",
    "unit",
    "skill",
    "question",
    "t",
    "talk",
    "talk_page",
    "language",
    "state",
    "mandatory",
    "mine",
    "category",
    "period",
    "from",
    "to",
    "course",
    "session",
    "space",
    "scope",
    "view",
    "quote",
    "topics",
    "narrow",
    "more",
    "dialect",
    "next",
    "parent",
    "moment",
]
HOSTILE = {
    "null": "\x00",
    "superscript": "²",
    "endless number": "9" * 5000,
    "negative": "-1",
    "long": "é<'\"&%_\\" * 1500,
}


@pytest.fixture
def everybody(world):
    """Somebody who may open every page: what is typed reaches the code behind the door."""
    person = world.people["facilitator"]
    for role in ["hr", "administrator"]:
        making.grant_role(person, role)
    return client_of(world, "facilitator")


def send(client, method: str, address: str, **options) -> int:
    with transaction.atomic():
        answer = getattr(client, method)(address, REMOTE_ADDR=a_machine(), **options)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return answer.status_code


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_page_stands_whatever_is_in_its_address(world, everybody, typed):
    query = dict.fromkeys(PARAMETERS, typed)
    opened = [
        door
        for door in doors()
        if door.is_ours and "GET" in door.methods and door.name not in {"maintenance", "readyz"}
    ]
    fallen = [door.name for door in opened if send(everybody, "get", door.address(world), data=query) >= 500]

    assert fallen == []


@pytest.mark.parametrize(
    "app", ["analytics", "community", "courses", "gamification", "lms", "notifications", "people"]
)
def test_a_number_in_an_address_is_read_by_a_converter(app):
    """A pattern that reads digits by itself hands on numbers that no column holds."""
    patterns = [str(one.pattern) for one in import_module(f"{app}.urls").urlpatterns]
    assert patterns
    assert [one for one in patterns if r"\d" in one] == []
