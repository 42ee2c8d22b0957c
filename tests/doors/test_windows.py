"""Ways in that are no pages: files that lie about what they are, addresses that lead away, accounts that are closed."""

import socket

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.authtoken.models import Token

from community.models import Attachment, Post
from core import live
from people.actions import deactivate
from tests.courses.films import mp4
from tests.doors.visiting import a_machine, client_of
from tests.doors.world import picture_file

PAGE = b"<!doctype html><html><script>alert(1)</script></html>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
LIES = {
    "page.png": PAGE,
    "page.html": PAGE,
    "drawing.svg": DRAWING,
    "drawing.png": DRAWING,
    "drawing.jpg": b"GIF89a=1;" + DRAWING,
    "page.mp4": PAGE,
    "page.webm": PAGE,
    "page.pdf": PAGE,
    "page.docx": PAGE,
    "page.mp3": PAGE,
    "page.vtt": PAGE,
    "nothing.png": b"",
    "page": PAGE,
}


def send_file(world, name: str, content: bytes):
    files = {"file": SimpleUploadedFile(name, content), "place": f"thread:{world.thread.pk}"}
    return client_of(world, "member").post("/attachments/", files)


@pytest.mark.parametrize("name", LIES)
def test_a_file_that_is_not_what_its_name_says_is_refused(world, name):
    before = Attachment.objects.count()

    assert send_file(world, name, LIES[name]).status_code == 422
    assert Attachment.objects.count() == before


def test_a_picture_that_is_also_a_page_is_drawn_again_without_the_page(world):
    answer = send_file(world, "both.jpg", picture_file().read() + PAGE)
    kept = Attachment.objects.latest("pk")

    assert answer.status_code == 201
    assert b"<script" not in kept.file.read()
    assert kept.media_type == "image/webp"


def test_the_name_of_a_file_leads_nowhere(world):
    name = '..\\x"><img src=x onerror=alert(1)>\tSet-Cookie: a=b.pdf'
    answer = send_file(world, name, b"%PDF-1.4")
    kept = Attachment.objects.latest("pk")

    assert answer.status_code == 201
    assert kept.file.name.startswith("attachments/")
    assert not set(kept.name) & set('/\\"<>\r\n')
    served = client_of(world, "member").get(kept.get_absolute_url())
    assert "Set-Cookie" not in served


@pytest.mark.parametrize(
    ("name", "content", "disposition"),
    [
        ("paper.pdf", b"%PDF-1.4" + PAGE, "attachment"),
        ("film.mp4", mp4(5), "inline"),
        ("face.jpg", None, "inline"),
    ],
)
def test_a_file_comes_with_headers_that_let_it_do_nothing(world, name, content, disposition):
    send_file(world, name, content or picture_file().read())
    kept = Attachment.objects.latest("pk")
    answer = client_of(world, "member").get(kept.get_absolute_url())

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].split(";")[0] == disposition
    assert answer["Content-Type"].startswith(kept.media_type)
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize("content", [PAGE, DRAWING, b"\x00" * 40, b"WEBVTT\n\n" + PAGE], ids=range(4))
def test_captions_and_films_that_are_pages_are_refused_or_kept_as_words(world, content):
    client = client_of(world, "facilitator")
    film, caption = world.video.file.read(), world.caption.vtt
    sent = {"file": SimpleUploadedFile("film.mp4", content)}
    assert client.post(f"/studio/modules/{world.film.pk}/film/", sent).status_code == 422
    sent = {"language": "fr", "file": SimpleUploadedFile("fr.vtt", content)}
    client.post(f"/studio/modules/{world.film.pk}/captions/", sent)

    world.video.refresh_from_db()
    world.caption.refresh_from_db()
    assert world.video.file.read() == film
    assert world.caption.vtt == caption
    answer = client.get(f"/captions/{world.caption.pk}.vtt")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        "text/vtt; charset=utf-8",
        "nosniff",
    )


@pytest.fixture
def no_way_out(monkeypatch):
    """The network ends at this machine; what was asked for beyond it is kept."""
    tried, connect = [], socket.socket.connect

    def guarded(self, address):
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            tried.append(address)
            raise OSError("no way out of a test")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_rest, **_more: tried.append(host) or [])
    return tried


def test_nothing_fetches_an_address_that_somebody_wrote(world, no_way_out):
    client = client_of(world, "facilitator")
    body = "![x](http://169.254.169.254/latest/) [y](http://localhost:6379/) <http://internal.example/>"
    text = {"title": "A title", "kind": "discussion", "body": body}
    assert client.post(f"/spaces/{world.space.slug}/threads/new/", text).status_code == 302
    client.post(f"/studio/modules/{world.text.pk}/", {"title": "T", "minutes": "5", "body": body})
    client.post("/settings/profile/", {"name": "Name", "bio": body})
    page = client.get(f"/threads/{Post.objects.latest('pk').thread_id}/").content.decode()

    assert no_way_out == []
    assert '<img src="http' not in page


ELSEWHERE = ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)",
             "https:elsewhere.example", "\thttps://elsewhere.example", "http:///elsewhere.example"]  # fmt: skip


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_door_leads_out_of_the_house(world, address):
    facilitator = client_of(world, "facilitator")
    tried = [
        facilitator.post("/appearance/", {"theme": "dark", "next": address}),
        facilitator.post(f"/posts/{world.flagged.pk}/decision/", {"kind": "keep", "next": address}),
        facilitator.get("/accounts/login/", {"next": address}),
        facilitator.post("/accounts/logout/", {"next": address}),
        Client().get("/accounts/login/", {"next": address}, REMOTE_ADDR=a_machine()),
    ]
    world.people["member"].set_password("palabre-demo")
    world.people["member"].save()
    typed = {"login": world.people["member"].email, "password": "palabre-demo", "next": address}
    tried.append(Client().post("/accounts/login/", typed, REMOTE_ADDR=a_machine()))

    assert tried[-1].status_code == 302
    for answer in tried:
        where = answer.headers.get("Location", "/")
        assert where.startswith("/")
        assert not where.startswith(("//", "/\\"))
        assert 'href="javascript:' not in answer.content.decode()


def test_closing_an_account_ends_its_pages_its_programs_and_its_streams_at_once(
    world, django_capture_on_commit_callbacks, monkeypatch
):
    member, ended = world.people["member"], []
    browser, program = client_of(world, "member"), Client()
    headers = {"Authorization": f"Token {Token.objects.create(user=member).key}"}
    assert browser.get("/settings/").status_code == 200
    assert program.get("/api/v1/spaces/", headers=headers).status_code == 200
    monkeypatch.setattr(live, "_send", ended.append)

    with django_capture_on_commit_callbacks(execute=True):
        deactivate(member, by=world.people["administrator"])

    assert browser.get("/settings/").status_code == 302
    assert browser.get("/live/token/").status_code == 302
    assert program.get("/api/v1/spaces/", headers=headers).status_code in (401, 403)
    assert not Token.objects.filter(user=member).exists()
    assert any(f"user:{member.pk}" in message and live.REVOKE in message for message in ended)
