from celery import shared_task

from community.actions import rendering
from community.actions.attachments import forget_orphans


@shared_task(name="community.forget_orphans")
def forget_orphan_attachments() -> None:
    forget_orphans()


@shared_task(name="community.render_posts_again", soft_time_limit=120, time_limit=150)
def render_posts_again(after: int = 0) -> None:
    """Batch by batch, each one a task, so that other work comes in between."""
    last = rendering.render_posts_again(after=after)
    if last is not None:
        render_posts_again.delay(after=last)
