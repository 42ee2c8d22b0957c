from celery import shared_task
from celery.signals import worker_ready

from lms.beat import mark


@shared_task(name="lms.say_alive", soft_time_limit=15, time_limit=20)
def say_alive() -> None:
    """Went through schedule, broker and worker: /readyz shows its age."""
    mark("worker")


@worker_ready.connect
def say_alive_at_once(**kwargs: object) -> None:
    mark("worker")
