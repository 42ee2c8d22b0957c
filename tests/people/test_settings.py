import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from core.errors import Refused
from core.images import recoded


def picture(size=(600, 300), kind="PNG") -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", size, "red").save(written, kind)
    return SimpleUploadedFile("moi.png", written.getvalue())


def test_language_zone_and_theme_follow_the_person(sign_in, awa):
    client = sign_in(awa)
    wanted = {"language": "en", "time_zone": "Africa/Dakar", "theme": "dark", "shortcuts": ""}

    client.post(reverse("people:settings"), wanted)

    page = client.get(reverse("people:settings"), headers={"accept-language": "fr"})
    assert page.headers["Content-Language"] == "en"
    assert 'lang="en"' in page.text
    assert "palabre-night" in page.text
    awa.refresh_from_db()
    assert (awa.time_zone, awa.shortcuts) == ("Africa/Dakar", False)


def test_an_unknown_zone_is_refused_and_nothing_changes(sign_in, awa):
    wanted = {"language": "en", "time_zone": "Mars/Olympus", "theme": "dark"}
    response = sign_in(awa).post(reverse("people:settings"), wanted)

    assert response.status_code == 422
    awa.refresh_from_db()
    assert (awa.language, awa.time_zone) == ("fr", "Europe/Paris")


def test_a_profile_keeps_a_square_picture_written_anew(sign_in, awa, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    fields = {"name": "Awa M.", "job_title": "Vendeuse", "bio": "Bonjour", "picture": picture()}
    response = sign_in(awa).post(reverse("people:profile"), fields)

    assert response.status_code == 302
    awa.refresh_from_db()
    kept = Image.open(awa.profile.picture)
    assert (awa.name, kept.format, kept.size) == ("Awa M.", "WEBP", (300, 300))


def test_a_picture_is_shown_to_colleagues_only(sign_in, client, awa, karim, ines, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    sign_in(awa).post(reverse("people:profile"), {"name": "Awa", "picture": picture()})
    awa.profile.refresh_from_db()
    address = awa.profile.picture.url

    shown = sign_in(karim).get(address)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/webp")
    assert sign_in(ines).get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"GIF89a", b""])
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(Refused):
        recoded(SimpleUploadedFile("x.png", content), side=100)


def test_a_skill_is_declared_and_dropped(sign_in, awa, karim):
    client = sign_in(awa)
    client.post(reverse("people:declare_skill"), {"name": "  Écoute   active "})
    held = awa.skills.get()
    assert held.skill.name == "Écoute active"

    assert sign_in(karim).post(reverse("people:drop_skill", args=[held.pk])).status_code == 404
    sign_in(awa).post(reverse("people:drop_skill", args=[held.pk]))
    assert not awa.skills.exists()
