from celery import shared_task

from people import actions
from people.models import DataRequest


@shared_task(name="people.fill_export")
def fill_export(request_id: int) -> None:
    request = DataRequest.objects.filter(pk=request_id).select_related("user").first()
    if request:
        actions.fill_export(request)


@shared_task(name="people.fill_waiting_exports")
def fill_waiting_exports() -> None:
    """What a lost wake-up left: the schedule finds it."""
    for request in DataRequest.objects.filter(kind=DataRequest.Kind.EXPORT, done_at=None).select_related(
        "user"
    ):
        actions.fill_export(request)


@shared_task(name="people.carry_out_erasures")
def carry_out_erasures() -> None:
    actions.carry_out_erasures()
