import pytest
from django.test import Client
from django.urls import reverse

from people.devices import name_device
from tests.making import PASSWORD


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
            "Firefox · Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
            "Safari/537.36 Edg/131.0.0.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
            "Chrome · Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.6 Mobile/15E148 Safari/604.1",
            "Safari · iPhone",
        ),
        ("curl/8.5.0", ""),
    ],
)
def test_a_browser_is_named_in_two_words(said, name):
    assert name_device(said) == name


def test_the_page_of_devices_shows_each_and_signs_the_others_out(client, awa):
    windows = "Mozilla/5.0 (Windows NT 10.0; rv:133.0) Gecko/20100101 Firefox/133.0"
    phone = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36"
    awa.set_password(PASSWORD)
    awa.save()
    other = Client(headers={"user-agent": phone})
    for browser, agent in ((client, windows), (other, phone)):
        browser.post(
            reverse("account_login"),
            {"login": awa.email, "password": PASSWORD},
            headers={"user-agent": agent},
        )
    page = client.get(reverse("usersessions_list"), headers={"user-agent": windows})
    assert "Firefox · Windows" in page.text
    assert "Chrome · Android" in page.text
    client.post(reverse("usersessions_list"), headers={"user-agent": windows})
    assert other.get(reverse("usersessions_list")).status_code == 302
    assert "Chrome · Android" not in client.get(reverse("usersessions_list")).text
