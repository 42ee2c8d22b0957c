"""Nothing a person can send is too much for its column: neither a name that is there already, nor a file of a long name."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from community.actions.attachments import FILES, PICTURES
from community.models import Attachment
from people.models import Unit
from tests import making
from tests.doors.doors import body_of, doors
from tests.doors.test_typing import send
from tests.doors.visiting import client_of


@pytest.fixture
def everybody(world):
    person = world.people["facilitator"]
    for role in ["hr", "administrator"]:
        making.grant_role(person, role)
    return client_of(world, "facilitator")


def test_a_form_stands_a_name_that_is_there_already(world, everybody):
    """What stands in a unique column, sent by every form that sends a name."""
    world.other_unit.parent = None
    world.other_unit.save()
    sibling = making.make_unit(world.other_unit.organisation, "Sibling")
    there = [sibling.name, world.space.name, world.course.title, world.author.handle]
    fallen = []
    for door in doors():
        if not door.is_ours or door.route.startswith("api/") or "POST" not in door.methods:
            continue
        for name in {"name", "title", "handle", "email"} & body_of(door, world).keys():
            for taken in there:
                body = body_of(door, world) | {name: taken}
                if send(everybody, "post", door.address(world), data=body) >= 500:
                    fallen.append(f"{door.name} {name}={taken}")
    assert fallen == []


def test_a_unit_does_not_take_the_name_of_its_sibling(world, everybody):
    unit = world.other_unit
    sibling = making.make_unit(unit.organisation, "Sibling", parent=unit.parent)
    before = unit.name
    answer = everybody.post(f"/organisation/units/{unit.pk}/name/", {"name": sibling.name}, follow=True)
    assert answer.status_code == 200
    assert Unit.objects.get(pk=unit.pk).name == before
    assert "Il y a déjà une entité de ce nom ici" in answer.text.replace("&#x27;", "'")


def contents(ending: str) -> bytes:
    if ending in PICTURES:
        picture = io.BytesIO()
        Image.new("RGB", (4, 4)).save(picture, {".jpg": "jpeg"}.get(ending, ending[1:]))
        return picture.getvalue()
    if ending == ".mp4":
        return b"\x00\x00\x00\x18ftypisom"
    return FILES[ending][1][0] + b"rest of it"


@pytest.mark.parametrize("ending", sorted([*FILES, *PICTURES]))
@pytest.mark.parametrize("stem", ["note", "é" * 300])
def test_every_kind_of_file_is_attached_whatever_it_is_called(world, everybody, ending, stem):
    file = SimpleUploadedFile(stem + ending, contents(ending))
    place = f"thread:{world.thread.pk}"
    answer = everybody.post("/attachments/", {"file": file, "place": place})
    assert answer.status_code in (200, 201), answer.text
    found = Attachment.objects.latest("pk")
    assert found.media_type == (FILES[ending][0] if ending in FILES else "image/webp")
    assert everybody.get(found.get_absolute_url()).status_code == 200
