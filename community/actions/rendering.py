from __future__ import annotations

from community.actions.writing import rendered_for
from community.models import Post
from core.markdown import RENDERER_VERSION

BATCH = 200


def render_posts_again(*, after: int = 0) -> int | None:
    """Render a batch of the posts past this id that an older renderer drew; the id to go on after, None at the end.

    A post that is edited meanwhile is left alone: it was rendered by the edit.
    """
    old = Post.objects.filter(pk__gt=after, renderer__lt=RENDERER_VERSION).select_related("thread__space")
    last = None
    for post in old.defer("search", "thread__search").order_by("pk")[:BATCH]:
        html = rendered_for(post.thread.space, post.body)[0].html
        same = Post.objects.filter(pk=post.pk, body=post.body, renderer=post.renderer)
        same.update(html=html, renderer=RENDERER_VERSION)
        last = post.pk
    return last
