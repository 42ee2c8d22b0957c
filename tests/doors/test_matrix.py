"""Who is let in where: every address and method, for each of those who stand at the doors of Lumen.

The answers are kept in expected.txt, which is read by people: `pytest tests/doors --write-doors` writes it anew.
"""

import difflib
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings

from tests.doors import world as building
from tests.doors.doors import Door, doors, variants_of
from tests.doors.visiting import client_of, leaks, visit
from tests.doors.world import PERSONS, World

EXPECTED = Path(__file__).parent / "expected.txt"
HEADER = [
    "# Who is let in where. A line per address and method; a word in brackets names another thing behind the door:",
    "# [closed] a space everyone knows of, [gated] a reply behind a gate, [hidden] and [deleted] a post taken away,",
    "# [flagged] a post that waits for a decision, [draft] a course that is not published, [others] what is another's.",
    "# Everything else belongs to a hidden space, a published course or the administration of Lumen (world.py).",
]
# The walk needs the database to be made, and pytest-django makes it for tests that say so.
pytestmark = pytest.mark.django_db
# Django's admin asks for staff, which none of them is: two of them are enough to see it.
ADMIN = ("anonymous", "administrator")


@dataclass
class Walk:
    lines: dict[str, dict[str, str]] = field(default_factory=dict)
    wrote: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)

    def note(self, world: World, clients: dict, door: Door, variant: str, method: str) -> None:
        label = f"{door.name}{f' [{variant}]' if variant else ''} {method}"
        line = self.lines[label] = dict.fromkeys(PERSONS, "-")
        for who in ADMIN if door.name.startswith("admin:") else PERSONS:
            answer = visit(world, clients[who], door, method, variant)
            line[who] = answer.told
            if answer.is_refusal and answer.written:
                self.wrote.append(f"{label} refused {who} and wrote to {sorted(answer.written)}")
            self.leaked += [f"{label} showed {who}: {what}" for what in leaks(world, who, answer.words)]


@pytest.fixture(scope="module")
def walk(django_db_setup, django_db_blocker, tmp_path_factory):
    """Everybody at every door, once; nothing stays."""
    media = tmp_path_factory.mktemp("doors")
    found = Walk()
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        world = building.build()
        clients = {who: client_of(world, who) for who in PERSONS}
        for door in doors():
            for variant in variants_of(door):
                for method in door.methods:
                    found.note(world, clients, door, variant, method)
        transaction.set_rollback(True)
    return found


def drawn(lines: dict[str, dict[str, str]]) -> list[str]:
    wide = max(map(len, lines)) + 2
    columns = {who: max(len(who), 9) + 2 for who in PERSONS}
    head = "door".ljust(wide) + "".join(who.ljust(width) for who, width in columns.items())
    rows = [
        label.ljust(wide) + "".join(line[who].ljust(width) for who, width in columns.items())
        for label, line in lines.items()
    ]
    return [*HEADER, head.rstrip(), *(row.rstrip() for row in rows)]


def test_every_door_answers_each_person_as_the_file_says(walk, pytestconfig):
    found = drawn(walk.lines)
    if pytestconfig.getoption("--write-doors"):
        EXPECTED.write_text("\n".join(found) + "\n")
    expected = EXPECTED.read_text().splitlines() if EXPECTED.exists() else []
    known = {line.split("  ")[0] for line in expected}
    new = [line for line in found[len(HEADER) + 1 :] if line.split("  ")[0] not in known]
    assert not new, "these doors are not in expected.txt; look at each, then add:\n" + "\n".join(new)
    changed = "\n".join(difflib.unified_diff(expected, found, "expected.txt", "answers", lineterm="", n=0))
    assert not changed, changed


def test_no_door_breaks(walk):
    broken = [label for label, line in walk.lines.items() if any(a.startswith("5") for a in line.values())]

    # Both say so on purpose: no worker ticks while tests run.
    assert broken == ["maintenance GET", "readyz GET"]


def test_a_refusal_changes_nothing(walk):
    assert walk.wrote == []


def test_no_answer_shows_a_word_to_somebody_it_was_not_written_for(walk):
    # Whoever has answered a question reads why; nobody before.
    assert walk.leaked == ["courses-api:answers POST showed member: feedback of a question"]
