"""Somebody tries a door, and everything they changed is undone."""

import html
import io
import itertools
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.doors.doors import Door, body_of
from tests.doors.world import MAY_READ, World

BACKEND = "people.backends.PersonBackend"
CANARY = re.compile(r"qz[a-z]{10}")
WRITES = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
# What any request of somebody signed in may write: their session and that they were here.
ALWAYS = {"django_session", "usersessions_usersession", "people_user"}
machines = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    told: str
    written: set[str]
    # The canaries it shows, those of its own address aside.
    words: set[str]

    @property
    def is_refusal(self) -> bool:
        """503 is how the house says that it is not ready; to see that, it writes."""
        return "login" in self.told or (self.told >= "400" and self.told != "503")


def client_of(world: World, who: str) -> Client:
    client = Client(raise_request_exception=False)
    client.is_known = who != "anonymous"
    if client.is_known:
        client.force_login(world.people[who], backend=BACKEND)
    return client


def a_machine() -> str:
    """Limits count by address: each visit comes from a machine of its own."""
    number = next(machines)
    return f"10.{number // 62500 % 250}.{number // 250 % 250}.{number % 250 + 1}"


def visit(world: World, client: Client, door: Door, method: str, variant: str = "") -> Answer:
    options: dict[str, Any] = {"REMOTE_ADDR": a_machine()}
    if method != "GET":
        options["data"] = body_of(door, world)
        if door.route.startswith("api/") or door.name == "courses:watching":
            options["content_type"] = "application/json"
    address = door.address(world, variant)
    if not client.is_known:
        # What was undone after the last visit is not there for the session that its cookie names.
        client.cookies.clear()
    connection.queries_log.clear()
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        response = getattr(client, method.lower())(address, **options)
        text = text_of(response)
        transaction.set_rollback(True)
    # Django's log has no words for a prepared query (core/prepared.py), which only reads.
    written = {found[1] for query in queries if (found := WRITES.match(query["sql"] or ""))}
    return Answer(told(response), written - ALWAYS, words_in(text) - words_in(address))


def told(response: Any) -> str:
    where = response.headers.get("Location", "")
    sent_to_sign_in = where.startswith(("/accounts/login/", "/admin/login/"))
    return f"{response.status_code}>login" if sent_to_sign_in else str(response.status_code)


def text_of(response: Any) -> str:
    """Everything the answer says: its headers, its body, and what an archive holds."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return headers + html.unescape(body.decode(errors="replace"))


def words_in(text: str) -> set[str]:
    return set(CANARY.findall(text.lower()))


def leaks(world: World, who: str, words: set[str]) -> list[str]:
    """What of these words the person should not have read."""
    known = [world.canaries[word] for word in words if word in world.canaries]
    return sorted(what for what, audience in known if audience not in MAY_READ[who])
