from celery import shared_task

from analytics.rollups import rebuilding


@shared_task(name="analytics.rebuild_dirty_days", soft_time_limit=55)
def rebuild_dirty_days() -> None:
    """Twenty weeks a turn at most: the next turn goes on."""
    rebuilding.rebuild_dirty(limit=100)


@shared_task(name="analytics.mark_missing_days")
def mark_missing_days() -> None:
    rebuilding.mark_missing_days()
