from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMultiAlternatives

from core.mail import Letter, Part, drawn_from_text, parts_of, tidy

LETTER = """Somebody invites you, and says so in a sentence that is much longer than what a narrow window shows at once.

Create my account :
https://palabre.example.org/join/a-very-long-token-that-must-never-be-broken-in-two-parts/

That is <b>all</b>.

{mark}
Palabre · https://palabre.example.org
Why you get this.
""".replace("{mark}", "-- ")


def drawn() -> EmailMultiAlternatives:
    return drawn_from_text(EmailMultiAlternatives("Join & learn", LETTER, "a@example.org", ["b@example.org"]))


def test_plain_text_keeps_to_a_width_and_addresses_stay_whole():
    lines = drawn().body.splitlines()
    assert max(len(line) for line in lines if "://" not in line) <= 72
    assert (
        "https://palabre.example.org/join/a-very-long-token-that-must-never-be-broken-in-two-parts/" in lines
    )
    assert "-- " in lines


@pytest.mark.parametrize(
    "subject", ["é" * 80, "Répondre à une discussion au titre très long, " * 4, "Court", "déjà"]
)
def test_a_subject_begins_on_its_own_line_and_reads_as_written(subject):
    message = Letter(subject.strip(), "x", "a@example.org", ["b@example.org"]).message().as_bytes()
    line = next(line for line in message.splitlines() if line.startswith(b"Subject:"))
    assert len(line) > len("Subject: ")
    assert message_from_bytes(message, policy=policy.default)["Subject"] == subject.strip()


def test_a_quote_stays_a_quote_when_it_is_folded():
    quoted = tidy("> " + "mot " * 30)
    assert quoted.count("\n") == 2
    assert all(line.startswith("> ") for line in quoted.splitlines())


def test_the_html_is_drawn_from_the_text_with_its_address_as_a_button():
    html = str(drawn().alternatives[0][0])
    assert 'href="https://palabre.example.org/join/a-very-long-token' in html
    assert ">Create my account</a>" in html
    assert "That is &lt;b&gt;all&lt;/b&gt;." in html
    assert ">Join &amp; learn</h1>" in html
    assert "prefers-color-scheme: dark" in html
    assert 'style="' in html


def test_a_paragraph_is_a_button_only_above_an_address():
    assert parts_of("One:\ntwo\n\nGo:\nhttps://a.example/") == [
        Part("One:\ntwo"),
        Part("Go", "https://a.example/"),
    ]
