"""A backup taken while people write comes back whole, or not at all."""

import json
import threading
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections

from events.models import BEGINNING, Cursor, Event
from events.recording import record
from lms.backup import copy_out, tables, write_backup
from lms.restore import Nowhere
from people.models import Organisation, Profile, User
from tests.making import make_organisation, make_post, make_space, make_thread, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def state() -> dict:
    """Count and digest of every table."""
    return {table.name: copy_out(table, Nowhere(), secrets=True) for table in tables()}


def quietly(what, number): ...


@pytest.fixture
def academy(settings, tmp_path):
    from django.db import transaction

    settings.MEDIA_ROOT = tmp_path / "media"
    lumen = make_organisation("Lumen")
    awa = make_user("Awa Mbaye", organisation=lumen)
    awa.set_password("palabre-demo")
    awa.save()
    thread = make_thread(make_space(lumen), awa, body="Tabulation\tet\nretour, \\ et « accents »")
    make_post(thread, awa, body="N'oubliez rien: \\N")
    profile = Profile.objects.get(user=awa)
    profile.picture.save("awa.webp", ContentFile(b"une image"))
    with transaction.atomic():
        event = record("people.user_joined", actor=awa, subject=awa)
    event.refresh_from_db()
    Cursor.objects.create(reader="test", txid=event.txid, event_id=event.pk)
    return lumen


def empty_the_system():
    call_command("flush", interactive=False, verbosity=0)


def test_what_was_backed_up_comes_back_row_by_row(academy, tmp_path, settings):
    before = state()
    call_command("backup", tmp_path / "academy.zip", secrets=True)
    empty_the_system()
    settings.MEDIA_ROOT = tmp_path / "elsewhere"

    call_command("restore", tmp_path / "academy.zip")

    after = state()
    moved = {"events_event", "events_cursor"}  # their transaction numbers are this server's now
    assert {n: e for n, e in after.items() if n not in moved} == {
        n: e for n, e in before.items() if n not in moved
    }
    assert {n: after[n]["rows"] for n in moved} == {n: before[n]["rows"] for n in moved}
    assert User.objects.get(name="Awa Mbaye").check_password("palabre-demo")
    assert Profile.objects.get().picture.read() == b"une image"


def test_after_a_restore_new_rows_get_new_numbers_and_readers_go_on_where_they_were(academy, tmp_path):
    write_backup(tmp_path / "academy.zip", secrets=True, progress=quietly)
    last = User.objects.latest("pk").pk
    empty_the_system()

    call_command("restore", tmp_path / "academy.zip")

    assert make_user("Nora", organisation=Organisation.objects.get()).pk > last
    event, cursor = Event.objects.get(), Cursor.objects.get(reader="test")
    assert BEGINNING < event.txid < 0
    assert (cursor.txid, cursor.event_id) == (event.txid, event.pk)


def test_secrets_stay_out_unless_asked_for(academy, tmp_path):
    hashed = User.objects.get(name="Awa Mbaye").password
    write_backup(tmp_path / "academy.zip", secrets=False, progress=quietly)

    with zipfile.ZipFile(tmp_path / "academy.zip") as archive:
        kept = b"".join(archive.read(name) for name in archive.namelist())
    assert hashed.encode() not in kept
    empty_the_system()
    call_command("restore", tmp_path / "academy.zip")
    assert not User.objects.get(name="Awa Mbaye").has_usable_password()


def test_a_backup_is_one_instant_while_others_write(academy, tmp_path):
    """Threads and posts are written in one transaction each: no backup holds half of one."""
    stop = threading.Event()

    def write():
        awa = User.objects.get(name="Awa Mbaye")
        space = make_space(awa.organisation, "Pendant")
        while not stop.is_set():
            from django.db import transaction

            with transaction.atomic():
                make_post(make_thread(space, awa), awa)
        connections.close_all()

    writers = [threading.Thread(target=write) for _n in range(3)]
    for writer in writers:
        writer.start()
    try:
        manifest = write_backup(tmp_path / "academy.zip", secrets=True, progress=quietly)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    empty_the_system()
    call_command("restore", tmp_path / "academy.zip")

    counted = {name: entry["rows"] for name, entry in state().items()}
    assert counted == {name: entry["rows"] for name, entry in manifest["tables"].items()}
    assert counted["community_post"] == 2 * counted["community_thread"]


def test_a_system_that_holds_people_is_left_alone(academy, tmp_path):
    write_backup(tmp_path / "academy.zip", secrets=True, progress=quietly)
    before = state()

    with pytest.raises(CommandError):
        call_command("restore", tmp_path / "academy.zip")

    assert state() == before


@pytest.mark.parametrize("damage", ["cut", "changed", "newer", "unknown migration", "no backup"])
def test_a_damaged_or_newer_backup_is_refused_and_nothing_is_touched(academy, tmp_path, damage):
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    write_backup(good, secrets=True, progress=quietly)
    if damage == "cut":
        bad.write_bytes(good.read_bytes()[:-500])
    elif damage == "no backup":
        bad.write_text("bonjour")
    else:
        with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
            for name in old.namelist():
                data = old.read(name)
                if damage == "changed" and name == "tables/community_post.tsv":
                    data = data.replace(b"oubliez", b"oublions")
                if name == "manifest.json":
                    manifest = json.loads(data)
                    if damage == "newer":
                        manifest["format"] = 99
                    elif damage == "unknown migration":
                        manifest["migrations"].append(["community", "9999_from_the_future"])
                    data = json.dumps(manifest).encode()
                new.writestr(name, data)
    empty_the_system()
    before = state()

    with pytest.raises(CommandError):
        call_command("restore", bad)

    assert state() == before


def test_a_backup_that_fails_leaves_no_file_that_looks_like_one(academy, tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("lms.backup.file_names", fail)

    with pytest.raises(OSError, match="disk full"):
        write_backup(tmp_path / "academy.zip", secrets=True, progress=quietly)

    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("academy")] == []
    assert connection.in_atomic_block is False
