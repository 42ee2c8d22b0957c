"""How a module ends: a film offers what comes next, a text is done when it is said or can have been read."""

import re

from playwright.sync_api import expect

from tests.browser.test_journeys import go_to_module

UNREAD = """
from datetime import timedelta
from django.utils import timezone
from courses.models import Progress
mine = Progress.objects.filter(enrolment__user__email="awa@demo.palabre.test", module__title="Dire non sans fermer la porte")
opened = timezone.now() - timedelta(minutes={ago})
print("UNREAD", mine.update(opened_at=opened, read_at=None, completed_at=None))
"""


def test_a_film_that_ends_offers_the_next_module_the_conversation_and_the_film_again(sign_in):
    awa = sign_in("awa")
    go_to_module(awa, "Désamorcer une discussion tendue")
    screen, video = awa.locator("[data-end-screen]"), awa.locator("video")

    def play_the_end():
        video.evaluate("v => { v.muted = true; v.currentTime = v.duration - 0.6; return v.play() }")
        expect(screen).to_be_visible(timeout=10_000)

    awa.wait_for_function("() => document.querySelector('video').readyState >= 1")
    expect(screen).to_be_hidden()
    play_the_end()
    following = screen.get_by_role("link", name=re.compile("Suivant.*Quiz.*à vous de jouer"))
    expect(following).to_be_focused()

    screen.get_by_role("button", name="Revoir la vidéo").click()
    expect(screen).to_be_hidden()
    awa.wait_for_function("() => document.querySelector('video').currentTime < 10")

    play_the_end()
    screen.get_by_role("button", name="Dire ce que j’en retiens").click()
    expect(awa.locator("#conversation-composer textarea[name=body]")).to_be_focused()

    following.click()
    expect(awa.get_by_role("heading", level=1)).to_contain_text("à vous de jouer")
    assert awa.errors == []


def test_a_text_is_done_when_its_reader_says_so_or_reached_its_end_in_a_plausible_time(sign_in, academy):
    awa = sign_in("awa")
    go_to_module(awa, "Dire non sans fermer la porte")
    form, rule, title = (
        awa.locator("[data-reading]"),
        awa.locator("[data-rule=read]"),
        awa.locator("#rules-title"),
    )

    def begin_again(ago):
        # A page that was fetched before the click tells of the visit a moment after it.
        assert any("UNREAD 1" in academy.manage("shell", "-c", UNREAD.format(ago=ago)) for _ in range(4))
        awa.reload()

    def reach_the_end():
        with awa.expect_response(lambda answer: answer.url.endswith("/reading/")):
            form.scroll_into_view_if_needed()

    begin_again(ago=0)
    reach_the_end()
    expect(form).to_be_visible()  # nobody reads it in a second
    expect(rule).to_have_attribute("data-state", "open")
    form.get_by_role("button", name="J’ai lu ce texte").click()
    expect(awa.locator("#toasts")).to_contain_text("Module terminé")
    expect(title).to_have_text("Module terminé")

    begin_again(ago=30)
    expect(title).not_to_have_text("Module terminé")
    reach_the_end()
    expect(form).to_have_count(0)
    expect(title).to_have_text("Module terminé")
    expect(rule).to_have_attribute("data-state", "done")
    assert awa.errors == []
