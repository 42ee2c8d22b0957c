"""Texts that an older renderer drew are drawn again from their source, batch by batch, by themselves."""

import pytest

from community import actions, tasks
from community.actions import rendering
from community.models import Post
from core.markdown import RENDERER_VERSION
from lms import tasks as lms_tasks
from lms.schedule import SCHEDULE
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(thread, karim):
    """Five posts as version 1 of the renderer left them: a link that read another site's address."""
    body = f"[https://lumen.example](https://ailleurs.example) @{karim.handle}"
    return [
        making.make_post(thread, karim, body=body, renderer=RENDERER_VERSION - 1, edited_at=None)
        for _n in range(5)
    ]


@pytest.fixture
def asked(monkeypatch):
    """What the tasks ask the broker for."""
    calls: list[dict] = []
    monkeypatch.setattr(tasks.render_posts_again, "delay", lambda **words: calls.append(words))
    return calls


def test_old_texts_are_rendered_again_batch_by_batch(old, thread, awa, karim, asked, monkeypatch):
    monkeypatch.setattr(rendering, "BATCH", 2)
    written = actions.write_post(thread, author=awa, body=old[0].body)
    changed = Post.objects.get(pk=old[0].pk).changed_at
    tasks.render_posts_again()
    assert asked == [{"after": old[1].pk}]
    assert Post.objects.filter(renderer=RENDERER_VERSION - 1).count() == 3
    while asked:
        tasks.render_posts_again(**asked.pop())
    shown = {post.html for post in Post.objects.filter(pk__in=[post.pk for post in old])}
    assert shown == {written.html}
    assert karim.get_absolute_url() in written.html
    assert not Post.objects.filter(number__gt=1, renderer__lt=RENDERER_VERSION).exists()
    assert Post.objects.get(pk=old[0].pk).changed_at == changed
    tasks.render_posts_again()
    assert asked == []


def test_what_is_edited_meanwhile_is_left_as_it_was_written(old, monkeypatch):
    first = old[0]
    render = rendering.rendered_for

    def edited_meanwhile(space, body):
        Post.objects.filter(pk=first.pk).update(body="Autre", html="<p>Autre</p>")
        return render(space, body)

    monkeypatch.setattr(rendering, "rendered_for", edited_meanwhile)
    rendering.render_posts_again()
    assert Post.objects.get(pk=first.pk).html == "<p>Autre</p>"


def test_a_worker_that_starts_asks_for_it_and_the_schedule_finds_what_was_left(asked):
    lms_tasks.render_after_an_upgrade()
    assert asked == [{}]
    names = [entry["task"] for entry in SCHEDULE.values()]
    assert tasks.render_posts_again.name in names
