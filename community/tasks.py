from celery import shared_task

from community.actions.attachments import forget_orphans


@shared_task(name="community.forget_orphans")
def forget_orphan_attachments() -> None:
    forget_orphans()
