"""Whatever a person sends by any form, any call of the API, any name of a file, the house answers: never by its own
fault. The fields are those that the code reads (tests/doors/fields.py): nobody has to list them."""

import json
import random
import re
import string
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django import forms
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import transaction
from rest_framework import serializers

from tests import making
from tests.doors.doors import Door, body_of, doors
from tests.doors.fields import CHOSEN, MARK, fields_read
from tests.doors.visiting import BACKEND, a_machine, client_of

# Words that no index can press together, and more of them than a column of a limited length takes.
LONG = "".join(random.Random(9).choices(string.ascii_letters + "éß ", k=9_000))
ASTRAL = "𝔸"
ODD = "\u200b two\r\nlines\u2028\u202e &#xD800;&#0;\ufeff @a@b [x](http://a\\b) '\"<%_\\$"
NUMBERS = ["9" * 5000, "9" * 19]
DAYS = ["0001-01-01", "9999-12-31", "9999-12-31T23:59"]
# The rows of a formset are all alike: the first one is enough.
ANOTHER_ROW = re.compile(r"\w+-[1-9]\d*-\w+")
SURROGATE = "a\ud800b"
SHAPES: list[Any] = [None, [], {}, [[["x"]]], True, -1, 10**30, 1.5, SURROGATE, "\x00", LONG]
BODIES = [b"[" * 200_000, b"9" * 5000, b'{"a": "\xff', b"NaN", b'"\\ud800"']
# For doors whose plain body is refused, or leaves out what the code would read.
FULLER = {
    "courses:studio-module": {"title": "T", "minutes": "5", "language": "fr", "edition": "0"},
    "courses:studio-question-new": {
        "kind": "single",
        "text": "Which?",
        "language": "fr",
        "key": "7d1b64ab-6f42-4d6f-8a0a-6f4d0d1a7f10",
        "options-TOTAL_FORMS": "2",
        "options-INITIAL_FORMS": "0",
        "options-0-text": "This",
        "options-0-correct": "on",
        "options-1-text": "That",
    },
    "notifications:preferences": dict.fromkeys(["reply", "thread", "mention"], "now"),
    "account_login": {"login": "a@example.org", "password": "some words"},
    "account_reset_password": {"email": "a@example.org"},
    "account_change_password": {"oldpassword": "a", "password1": "b c d e f g"},
    "account_email": {"action_add": "", "email": "a@example.org"},
}
FULLER["courses:studio-question"] = FULLER["courses:studio-question-new"]


class Visitor:
    """Sends to a door what is asked, undoes what it did, and remembers what made the house fall."""

    def __init__(self, world: Any) -> None:
        self.world, self.fallen, self.error = world, list[str](), ""
        person = world.people["facilitator"]
        for role in ["hr", "administrator"]:
            making.grant_role(person, role)
        author = client_of(world, "anonymous")
        author.force_login(world.author, backend=BACKEND)
        self.clients = [client_of(world, "facilitator"), client_of(world, "member"), author]
        self.clients.append(client_of(world, "anonymous"))
        got_request_exception.connect(self.note)

    def note(self, **_signal: Any) -> None:
        self.error = repr(sys.exc_info()[1])[:300]

    def send(self, door: Door, method: str, who: int = 0, **options: Any) -> int:
        with transaction.atomic():
            client, address = self.clients[who], door.address(self.world)
            # Bytes go as they are: the client would read what their head says of them.
            as_is = isinstance(options.get("data"), bytes)
            send = partial(client.generic, method) if as_is else getattr(client, method.lower())
            answer = send(address, REMOTE_ADDR=a_machine(), **options)
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            self.fallen.append(f"{method} {door.name} {str(options)[:200]}: {self.error}")
        return answer.status_code

    def who_may(self, door: Door, method: str, **options: Any) -> int:
        """The first of them for whom the door does something; where none is, the one who may most."""
        everybody = range(len(self.clients))
        refusals = (403, 404) if door.is_ours else (302, 403, 404)
        return next((who for who in everybody if self.send(door, method, who, **options) not in refusals), 0)

    def plain(self, door: Door) -> dict[str, Any]:
        return FULLER.get(door.name) or body_of(door, self.world)


@pytest.fixture
def visitor(world, settings, asked_once):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Visitor(world)


def takes_json(door: Door) -> bool:
    return door.route.startswith("api/") or door.name == "courses:watching"


def form_doors() -> Iterator[Door]:
    """Ours and those of allauth; Django's admin tries its own fields."""
    for door in doors():
        takes_a_form = "POST" in door.methods and not takes_json(door)
        if takes_a_form if door.is_ours else not door.name.startswith("admin:"):
            yield door


def hostile_to(field: Any) -> list[Any]:
    """What to send in place of what this field expects; None is one that a view reads by itself."""
    if isinstance(field, forms.FileField):
        return [SimpleUploadedFile(ASTRAL * 300 + ending, LONG.encode()) for ending in (".vtt", ".png")]
    if isinstance(field, CHOSEN) and not isinstance(field, forms.ModelChoiceField):
        return [LONG]
    if isinstance(field, forms.DateField | forms.DateTimeField):
        return [*DAYS, LONG]
    if isinstance(field, forms.CharField | serializers.CharField):
        longest = getattr(field, "max_length", None)
        return [*([ASTRAL * longest] if longest else []), LONG, ODD]
    return [*NUMBERS, LONG, *([] if field else [DAYS[2], ODD, "²"])]


def test_every_field_of_every_form_stands_whatever_is_sent(visitor):
    with fields_read() as fields:
        for door in form_doors():
            fields.clear()
            plain = visitor.plain(door) | {MARK: "1"}
            who = visitor.who_may(door, "POST", data=plain)
            tried: set[str] = set()
            # What is sent may lead to code that reads more.
            while left := (fields.keys() | plain.keys()) - tried:
                tried |= left
                for name in sorted(name for name in left if not ANOTHER_ROW.fullmatch(name)):
                    for value in hostile_to(fields.get(name)):
                        visitor.send(door, "POST", who, data=plain | {name: value})
    assert visitor.fallen == []


def test_every_field_of_the_api_stands_whatever_is_sent(visitor):
    with fields_read() as fields:
        for door in filter(takes_json, doors()):
            for method in set(door.methods) - {"GET"}:
                cache.clear()
                fields.clear()
                options = {"content_type": "application/json"}
                plain = visitor.plain(door)
                who = visitor.who_may(door, method, data=plain, **options)
                for name in sorted({*fields, *plain}):
                    for shape in [*SHAPES, *hostile_to(fields.get(name))[:1]]:
                        visitor.send(door, method, who, data=json.dumps(plain | {name: shape}), **options)
                for body in BODIES:
                    visitor.send(door, method, who, data=body, **options)
    assert visitor.fallen == []


@pytest.mark.parametrize("charset", ["hex", "utf-7"])
def test_a_body_in_another_charset_is_refused(visitor, charset):
    """+2AA- is a lone surrogate in UTF-7; hex is no text at all."""
    part = b'--of\r\nContent-Disposition: form-data; name="body"\r\n\r\na+2AA-b\r\n--of--\r\n'
    for door in form_doors():
        kind = f"multipart/form-data; boundary=of; charset={charset}"
        assert visitor.send(door, "POST", data=part, content_type=kind) in (302, 400, 404, 405), door.name
    assert visitor.fallen == []


def test_no_cookie_and_no_header_makes_the_house_fall(visitor):
    door = next(door for door in doors() if door.name == "people:directory")
    # \000 inside quotes is how a cookie says U+0000.
    for value in ['"\\000a"', "x" * 200, '"\\355\\240\\200"']:
        for name in ["sessionid", "csrftoken", "messages", "theme", "django_language"]:
            visitor.send(door, "GET", HTTP_COOKIE=f"{name}={value}")
        for header in ["AUTHORIZATION", "ACCEPT_LANGUAGE", "HX_CURRENT_URL", "HX_TARGET", "X_FORWARDED_FOR"]:
            visitor.send(door, "GET", **{f"HTTP_{header}": value, "HTTP_HX_REQUEST": "true"})
    assert visitor.fallen == []
