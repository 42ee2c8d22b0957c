from celery import shared_task
from celery.signals import worker_ready

from community.tasks import render_posts_again
from lms import integrity, orphan_files
from lms.beat import mark


@shared_task(name="lms.say_alive", soft_time_limit=15, time_limit=20)
def say_alive() -> None:
    """Went through schedule, broker and worker: /readyz shows its age."""
    mark("worker")


@shared_task(name="lms.forget_files")
def forget_files() -> None:
    orphan_files.delete_orphan_files()


@shared_task(name="lms.check_integrity", soft_time_limit=900, time_limit=960)
def check_integrity() -> None:
    integrity.mend()


@worker_ready.connect
def say_alive_at_once(**kwargs: object) -> None:
    mark("worker")


@worker_ready.connect
def render_after_an_upgrade(**kwargs: object) -> None:
    """The new release may render texts otherwise than the one that stored them."""
    render_posts_again.delay()
